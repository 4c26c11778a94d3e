//! What time demands: a limit that ran out, decided like any command.

use std::collections::BTreeSet;

use super::{Case, Decision, Refusal};
use crate::rules::{
    actor::{Actor, Step},
    calendar::{Allowance, Calendar},
    id::{PersonCode, PostCode},
    instant::Instant,
    limit::{Due, Limit, LimitKind, Reckoned, reckon},
    post::PostKind,
    request::{
        Assignment, Duty, Request, Stage,
        event::{Cause, Event, Limits, Recorded},
        relay, running,
    },
    routing::{BEYOND, Loads, RungNo, nearest, stand_in},
    world::{PostIx, World},
};

/// Decides what becomes of a limit that ran out: nothing when it does not run any more, or not yet.
///
/// # Errors
/// `UnknownPlace` or `UnknownMatter` when the register does not know them any more.
pub fn run_out(
    world: &World,
    request: &Request,
    at: Instant,
    due: Due,
    loads: &Loads,
) -> Result<Vec<Recorded>, Refusal> {
    if due.at > at || !running(request).contains(&due) {
        return Ok(Vec::new());
    }
    let case = Case::of(world, request, at, loads)?;
    let decision = Decision { case: &case, request, other: None, actor: &Actor::System, citizen_acts: false };
    let held = request.assignment(due.no);
    let event = match (due.kind, held) {
        (LimitKind::Accept, Some(held)) => decision.goes_up(held, due.kind, Cause::NotAccepted),
        (LimitKind::Finish, Some(held)) => decision.goes_up(held, due.kind, Cause::NotFinished),
        (LimitKind::Relay, Some(held)) => decision.relay_goes_up(held),
        (LimitKind::Answer, _) => decision.resumed(String::new()),
        (LimitKind::Rate, _) => Event::Lapsed,
        (LimitKind::Respond | LimitKind::Help | LimitKind::Step, Some(aside)) => {
            decision.aside_is_late(aside, due.kind)
        }
        (LimitKind::Committed | LimitKind::Statutory | LimitKind::Supervised, _) => {
            decision.limit_passed(due.kind, due.at)
        }
        (
            LimitKind::Accept
            | LimitKind::Finish
            | LimitKind::Relay
            | LimitKind::Respond
            | LimitKind::Help
            | LimitKind::Step,
            None,
        ) => return Ok(Vec::new()),
    };
    let responsible = held.or_else(|| request.handle()).map(|a| a.person.clone());
    let step = Step { acted: Actor::System, responsible, on_behalf_of: None, by_order_of: None };
    Ok(vec![Recorded { step, event }])
}

impl Decision<'_> {
    /// The assignment goes to the next rung that answers, or is told to the leaders where none does.
    fn goes_up(&self, held: &Assignment, limit: LimitKind, cause: Cause) -> Event {
        // Who rules a frozen case rules it, and above the highest rung there is none: the dispatcher takes
        // what no rung answers, and is not above the leaders.
        let stays = self.case.highest_rung() == Some(held.rung) || matches!(self.request.stage, Stage::Frozen { .. });
        let up = if stays { None } else { self.next_up(held, true).ok() };
        match up {
            Some(opens) => Event::Escalated { ends: held.no, cause, reason: String::new(), opens },
            None => self.again(held, limit),
        }
    }

    /// The result is carried on by the nearest one above who can.
    fn relay_goes_up(&self, held: &Assignment) -> Event {
        let question = self.case.question(0);
        let way = relay::next_up(
            self.case.world,
            &question,
            &self.case.recusal,
            held.rung,
            std::slice::from_ref(&held.person),
        );
        match way.and_then(|route| self.case.opening(&route, Duty::Relay)) {
            Some(opens) => Event::RelayTaken { ends: held.no, opens },
            None => self.again(held, LimitKind::Relay),
        }
    }

    /// Nobody is above: the leaders are told now, and again on the next working morning.
    fn again(&self, held: &Assignment, limit: LimitKind) -> Event {
        self.overdue(held, limit, self.leaders())
    }

    fn overdue(&self, held: &Assignment, limit: LimitKind, tell: Vec<PersonCode>) -> Event {
        let morning = next_morning(self.case.calendar_of(&held.post), self.case.at);
        Event::Overdue { no: held.no, limit, again: Limit { soon: self.case.at, due: morning }, tell }
    }

    /// Who was called does not come, or does not report: the case stays where it is, and who leads it is told;
    /// the leaders too where it was another unit that was called.
    fn aside_is_late(&self, aside: &Assignment, limit: LimitKind) -> Event {
        let lead = self.request.handle().map(|held| held.person.clone());
        let leaders = if aside.duty == Duty::CoHandle { self.leaders() } else { Vec::new() };
        let people: BTreeSet<PersonCode> = lead.into_iter().chain(leaders).collect();
        self.overdue(aside, limit, people.into_iter().collect())
    }

    /// A limit of the whole case was over then: that is of whoever had the case then, and is told also to who has it now.
    pub(super) fn limit_passed(&self, limit: LimitKind, over: Instant) -> Event {
        let had = |a: &&Assignment| {
            a.duty == Duty::Handle && a.opened_at <= over && a.ended.is_none_or(|ended| ended.at > over)
        };
        let person = |of: &Assignment| of.person.clone();
        let now = self.request.handle().map(person);
        let had = self.request.assignments.iter().find(had).map(person).or_else(|| now.clone());
        let people: BTreeSet<PersonCode> =
            self.leaders().into_iter().chain(now.filter(|now| Some(now) != had.as_ref())).collect();
        Event::LimitPassed { limit, person: had, tell: people.into_iter().collect() }
    }

    /// The leaders nearest to the place, whom the request does not go round.
    fn leaders(&self) -> Vec<PersonCode> {
        let Case { world, at, recusal, matter, .. } = self.case;
        let posts = nearest(world, self.case.question(0).place, PostKind::DutyLeader, *at);
        let people = posts.into_iter().filter_map(|post| stand_in(world, post, Some(*matter), *at, recusal).ok());
        let mut codes: Vec<PersonCode> =
            people.filter_map(|answering| world.person_code(answering.person)).cloned().collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    /// Until when the citizen can rate what was told just now.
    pub(super) fn rate_limit(&self) -> Option<Box<Reckoned>> {
        self.case.limit(self.case.calendar(), LimitKind::Rate, None).map(Box::new)
    }
}

impl Case<'_> {
    /// The calendar of the place: that of the case as a whole.
    pub(in crate::rules::request) fn calendar(&self) -> &Calendar {
        self.world.calendar(self.question(0).place, self.at)
    }

    /// The calendar of a post's unit; that of the place where the register does not know the post.
    pub(in crate::rules::request) fn calendar_of(&self, post: &PostCode) -> &Calendar {
        let unit = self.world.find_post(post.as_str()).and_then(|post| self.world.post_unit(post));
        unit.map_or_else(|| self.calendar(), |unit| self.world.calendar(unit, self.at))
    }

    /// How long something may take in this case. A running case keeps the rules of the day it was logged.
    pub(in crate::rules::request) fn allowance(&self, kind: LimitKind, rung: Option<RungNo>) -> Option<Allowance> {
        self.world.allowance(self.matter, rung, kind, self.question(0).ladder_at)
    }

    /// A limit that begins now.
    pub(super) fn limit(&self, calendar: &Calendar, kind: LimitKind, rung: Option<RungNo>) -> Option<Reckoned> {
        reckon(calendar, self.at, self.allowance(kind, rung)?)
    }

    /// The rung whose limits hold: beyond the ladder those of its highest.
    pub(in crate::rules::request) fn limit_rung(&self, rung: RungNo) -> Option<RungNo> {
        if rung < BEYOND {
            return Some(rung);
        }
        self.highest_rung()
    }

    fn highest_rung(&self) -> Option<RungNo> {
        self.world.rungs(self.matter, self.question(0).ladder_at).map(|r| r.no).max()
    }

    /// The limits of an assignment that is given now.
    pub(super) fn limits(&self, post: PostIx, rung: RungNo, duty: Duty) -> Option<Box<Limits>> {
        let unit = self.world.post_unit(post)?;
        let calendar = self.world.calendar(unit, self.at);
        let rung = self.limit_rung(rung);
        let (accept, finish) = duty.limits();
        let limits = Limits {
            // A relay is not accepted: it is done, or not.
            accept: self.limit(calendar, accept, rung).filter(|_| duty != Duty::Relay),
            finish: self.limit(calendar, finish, rung),
        };
        (limits != Limits::default()).then(|| Box::new(limits))
    }
}

/// When people begin to work on the next day on which they do; a day later where no calendar is kept.
pub(super) fn next_morning(calendar: &Calendar, at: Instant) -> Instant {
    let later = at.plus_days(1);
    let tomorrow = calendar.date_of(at).tomorrow().ok();
    let midnight = tomorrow.and_then(|day| {
        let zone = calendar.zone();
        let midnight = zone.0.to_timestamp(day.to_datetime(jiff::civil::Time::midnight())).ok()?;
        Some(Instant(midnight.as_microsecond()))
    });
    match calendar.code() {
        Some(_) => midnight.and_then(|midnight| calendar.next_opening(midnight)).unwrap_or(later),
        None => later,
    }
}
