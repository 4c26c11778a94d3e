//! Who is told what, at once or with which digest: by the rules alone.

use liandong_engine::{
    rules::{
        actor::Actor,
        id::RequestId,
        instant::{Instant, Zone},
        notice::{Notice, notices},
        request::{
            Request,
            command::Command,
            decide::{self, Fresh},
            event::{Event, Recorded},
            evolve::evolve,
            running,
        },
        routing::Loads,
        world::{Register, World},
    },
    run::source::Entropy,
};
use liandong_tests::{
    fixtures,
    town::{self, instant},
};

/// What happens to one request in a town, and what everybody is told by it.
struct Tale {
    world: World,
    request: Option<Request>,
    told: Vec<Notice>,
}

fn at(text: &str) -> Instant {
    instant(&format!("{}:00+08:00", text.replace(' ', "T"))).unwrap()
}

impl Tale {
    fn of(rows: Register) -> Self {
        Self { world: World::build(rows, 1, Zone::china()).unwrap(), request: None, told: Vec::new() }
    }

    fn happens(&mut self, at: Instant, records: Vec<Recorded>) {
        for recorded in records {
            let before = self.request.take();
            let id = match (&before, &recorded.event) {
                (Some(request), _) => request.id,
                (None, Event::RequestLogged(logged)) => logged.id,
                (None, other) => panic!("{other:?}"),
            };
            self.told.extend(notices(&self.world, at, id, before.as_ref(), &recorded));
            self.request = Some(evolve(before, at, &recorded.event).unwrap());
        }
    }

    fn logged(mut self, who: &str, place: &str, matter: &str, when: &str) -> Self {
        let (log, actor) = (town::request(place, matter).unwrap(), town::person(who).unwrap());
        let fresh: Fresh = Entropy::seeded(1).fresh(at(when), &town::SECRET).unwrap();
        let records = decide::log(&self.world, at(when), &actor, fresh, &log, &Loads::default()).unwrap();
        self.happens(at(when), records);
        self
    }

    fn act(mut self, who: &str, when: &str, command: &Command) -> Self {
        let (request, actor) = (self.request.clone().unwrap(), town::person(who).unwrap());
        let records = decide::decide(&self.world, &request, at(when), &actor, command, &Loads::default()).unwrap();
        self.happens(at(when), records);
        self
    }

    /// Everything that is over by then takes effect, each at its own time.
    fn until(mut self, when: &str) -> Self {
        loop {
            let request = self.request.clone().unwrap();
            let Some(due) = running(&request).into_iter().filter(|due| due.at <= at(when)).min() else { return self };
            let records = decide::run_out(&self.world, &request, due.at, due, &Loads::default()).unwrap();
            self.happens(due.at, records);
        }
    }

    /// `PERSON KIND URGENCY WHEN`, one for each notice, in the order in which they came.
    #[track_caller]
    fn tells(&self, expected: &[&str]) {
        let text = |notice: &Notice| {
            let when: String = notice.deliver_at.rfc3339(&Zone::china()).chars().take(16).collect();
            format!("{} {} {} {}", notice.person, notice.kind, notice.urgency, when.replace('T', " "))
        };
        assert_eq!(self.told.iter().map(text).collect::<Vec<_>>(), expected);
    }
}

/// Households, a village, a town; time to accept is four working hours, for lamps half an hour by the clock.
fn town() -> Tale {
    Tale::of(fixtures::register("story-limits"))
}

/// The same, with a village that works in the mornings of all days, and a first group that keeps the town's hours.
fn two_desks() -> Tale {
    let mut rows = fixtures::register("story-limits");
    let village = "village".parse::<liandong_engine::rules::id::CalendarCode>().unwrap();
    let mut calendar = rows.calendars[1].clone();
    calendar.code = village.clone();
    for mut on in rows.hours.clone() {
        on.calendar = village.clone();
        on.periods = vec!["07:30-10:00".parse().unwrap()];
        rows.hours.push(on);
    }
    rows.calendars.push(calendar);
    let mut kept = rows.unit_calendars[0].clone();
    let town = kept.clone();
    kept.unit = "V".parse().unwrap();
    kept.calendar = village;
    rows.unit_calendars.push(kept);
    rows.unit_calendars.push(liandong_engine::rules::calendar::UnitCalendar { unit: "G1".parse().unwrap(), ..town });
    Tale::of(rows)
}

#[test]
fn what_comes_by_day_and_ends_by_day_is_told_at_once() {
    town().logged("P1", "H11", "water-pipe", "2024-05-06 09:00").tells(&["P2 Assigned Prompt 2024-05-06 09:00"]);
}

#[test]
fn what_comes_in_the_evening_waits_for_the_morning() {
    town().logged("P1", "H11", "water-pipe", "2024-05-06 19:00").tells(&["P2 Assigned Digest 2024-05-07 08:35"]);
    // An hour before the end of work, three quarters of the time are left for tomorrow.
    town().logged("P1", "H11", "water-pipe", "2024-05-06 16:30").tells(&["P2 Assigned Digest 2024-05-07 08:35"]);
}

#[test]
fn the_morning_after_a_friday_may_be_a_sunday_and_after_a_holiday_the_week_after() {
    town().logged("P1", "H11", "water-pipe", "2024-04-26 20:00").tells(&["P2 Assigned Digest 2024-04-28 08:35"]);
    town().logged("P1", "H11", "water-pipe", "2024-05-02 20:00").tells(&["P2 Assigned Digest 2024-05-06 08:35"]);
}

#[test]
fn what_cannot_wait_is_told_at_night() {
    town().logged("P1", "H11", "street-lamp", "2024-05-06 23:00").tells(&["P6 Assigned Urgent 2024-05-06 23:00"]);
    let fire = Tale::of(fixtures::register("lugong")).logged(
        "P0570",
        "522325105220-G01-H007",
        "house-fire",
        "2024-05-05 02:10",
    );
    fire.tells(&["P0567 Assigned Urgent 2024-05-05 02:10"]);
}

#[test]
fn time_that_ran_out_takes_work_away_quietly_and_tells_the_leaders_aloud() {
    // Up the ladder by day. What came at three is not due soon before nine; what came at ten is, and at the top
    // the leader is told at once while at work, and each morning in the digest.
    town().logged("P1", "H11", "water-pipe", "2024-05-06 09:00").until("2024-05-09 12:00").tells(&[
        "P2 Assigned Prompt 2024-05-06 09:00",
        "P5 Assigned Digest 2024-05-07 08:35",
        "P2 TakenUp Digest 2024-05-07 08:35",
        "P8 Assigned Prompt 2024-05-07 10:00",
        "P5 TakenUp Digest 2024-05-08 08:35",
        "P8 Overdue Prompt 2024-05-07 16:00",
        "P8 Overdue Digest 2024-05-08 08:35",
        "P8 Overdue Digest 2024-05-09 08:35",
    ]);
}

#[test]
fn an_emergency_that_nobody_took_wakes_the_leader() {
    town().logged("P1", "H11", "street-lamp", "2024-05-06 23:00").until("2024-05-07 00:00").tells(&[
        "P6 Assigned Urgent 2024-05-06 23:00",
        "P8 Assigned Urgent 2024-05-06 23:30",
        "P6 TakenUp Digest 2024-05-07 08:35",
        "P8 Overdue Urgent 2024-05-07 00:00",
    ]);
}

#[test]
fn everybody_is_told_by_the_hours_of_their_own_desk() {
    let reason = || "要换主管".to_owned();
    let evening = "2024-05-10 19:00";
    let up = two_desks().logged("P1", "H11", "water-pipe", "2024-05-10 18:00").act(
        "P2",
        evening,
        &Command::Escalate { reason: reason() },
    );
    up.tells(&["P2 Assigned Digest 2024-05-11 08:35", "P5 Assigned Digest 2024-05-11 07:35"]);
    // The eleventh is a make-up day; on the weekend after it neither works.
    let later = two_desks().logged("P1", "H11", "water-pipe", "2024-05-11 19:00").act(
        "P2",
        "2024-05-11 20:00",
        &Command::Escalate { reason: reason() },
    );
    later.tells(&["P2 Assigned Digest 2024-05-13 08:35", "P5 Assigned Digest 2024-05-13 07:35"]);
}

#[test]
fn nobody_is_told_what_they_did_themselves() {
    let itself = town().logged("P2", "H11", "water-pipe", "2024-05-06 19:00");
    itself.tells(&[]);
    let id: RequestId = itself.request.clone().unwrap().id;
    assert_eq!(itself.request.unwrap().logged_by, Actor::Person("P2".parse().unwrap()), "{id}");
}
