//! When somebody is told: at once, or with the digest of the next working morning.
//!
//! At once is told
//! - an assignment whose time to accept or to finish will be in its last quarter by that morning;
//! - a limit that ran out with nobody above, while people work or where the matter is an emergency: one
//!   whose time to accept runs by the clock;
//! - while people work, what others ask of who is at it, or say to that person: a reminder, a supervision, a
//!   report, an extension, a note, what the citizen answers, that the case was withdrawn, a deadline that comes nearer,
//!   a bad rating, that it was reopened by one. In an emergency a supervision, a report, the loss of a helper, a note,
//!   an answer and a withdrawal wait for nothing.
//!
//! - a change of who is on duty, or there at all, that begins today or tomorrow, or before the digest. Nobody
//!   comes or stays at home in vain: so it does not ask whether anybody works now, and at night waits for its end.
//!
//! All else waits for the digest: [`DIGEST_MINUTES`] after the desk opens on the next working morning. The
//! desk is that of the assignment where it is the person's own, else that of the person's first post.
//!
//! Only what runs by the clock wakes anybody at night. What is told at once because of working time is
//! [`Urgency::Prompt`]: working time does not run at night, so it is not raised then, and what is late
//! because a machine stood still waits for the end of the night.

use jiff::civil::{Date, Time};

use super::{NoticeKind, of_request::brings_nearer};
use crate::rules::{
    calendar::{Allowance, Calendar},
    id::{AssignmentNo, PersonCode, UnitCode},
    instant::{Instant, Zone},
    limit::LimitKind,
    request::{Request, event::Event, event::Opening},
    tier::words,
    tree::UnitIx,
    world::World,
};

words! {
    /// Whether a notice can wait for the morning.
    pub enum Urgency {
        /// Told at once, by day and by night.
        Urgent = "紧急",
        /// Told at once, but not at night.
        Prompt = "即时",
        /// Told with the digest of the next working morning.
        Digest = "汇总",
    }
}

/// How long after the opening a digest goes out, in minutes: what time demands at the opening itself is
/// told in it, and not beside it.
const DIGEST_MINUTES: i64 = 5;

/// The first hour of the day.
const DAY: i8 = 7;

/// The first hour of the night.
const NIGHT: i8 = 22;

/// An event, and what it is to be judged by.
pub(super) struct Moment<'a> {
    pub(super) world: &'a World,
    pub(super) at: Instant,
    pub(super) before: Option<&'a Request>,
    pub(super) event: &'a Event,
}

impl Moment<'_> {
    /// Whether what a person is told can wait, and when the person is to be told.
    pub(super) fn when(
        &self,
        person: &PersonCode,
        kind: NoticeKind,
        assignment: Option<AssignmentNo>,
    ) -> (Urgency, Instant) {
        let desk = self.desk(person, assignment);
        let digest = next_digest(desk, self.at);
        let is_day = by_day(&desk.zone(), self.at) == self.at;
        let is_read = || is_day && self.is_working(desk, digest);
        let urgency = match presses(kind) {
            Presses::AsItsTimeDoes => match self.event.opens().map(|opens| ends_before(opens, digest)) {
                Some(Ends::ByTheClock) => Urgency::Urgent,
                // Where nobody keeps a calendar working time runs at night as well.
                Some(Ends::InWorkingTime) if !is_day => Urgency::Urgent,
                Some(Ends::InWorkingTime) => Urgency::Prompt,
                Some(Ends::Later) | None => Urgency::Digest,
            },
            Presses::AlwaysInEmergencies if self.is_emergency() => Urgency::Urgent,
            Presses::AlwaysInEmergencies | Presses::WhileRead if is_read() => Urgency::Prompt,
            Presses::WhenNearer if self.brings_nearer(assignment) && is_read() => Urgency::Prompt,
            _ => Urgency::Digest,
        };
        if urgency == Urgency::Digest { (urgency, digest) } else { (urgency, self.at) }
    }

    fn brings_nearer(&self, assignment: Option<AssignmentNo>) -> bool {
        self.before.is_some_and(|before| brings_nearer(before, self.event, assignment))
    }

    /// Whether somebody at the desk would read it now, and the digest is not about to come anyhow.
    fn is_working(&self, desk: &Calendar, digest: Instant) -> bool {
        desk.is_open(self.at) && digest > self.at.plus_minutes(DIGEST_MINUTES)
    }

    /// Whether the time to accept the matter runs by the clock on any rung: then it does not wait.
    fn is_emergency(&self) -> bool {
        let Some(request) = self.before else { return false };
        let Some(matter) = self.world.find_matter(request.matter.as_str()) else { return false };
        let mut rungs = self.world.rungs(matter, request.ruled_by());
        rungs.any(|rung| {
            let accept = self.world.allowance(matter, Some(rung.no), LimitKind::Accept, request.ruled_by());
            accept.is_some_and(Allowance::is_by_the_clock)
        })
    }

    /// The calendar by which the person works.
    fn desk(&self, person: &PersonCode, assignment: Option<AssignmentNo>) -> &Calendar {
        let first = || first_desk(self.world, person, self.at);
        let unit = self.own(person, assignment).or_else(first).or_else(|| self.place());
        unit.map_or(self.world.no_calendar(), |unit| self.world.calendar(unit, self.at))
    }

    /// The unit of the assignment, where it is the person's own.
    fn own(&self, person: &PersonCode, no: Option<AssignmentNo>) -> Option<UnitIx> {
        let opens = self.event.opens().filter(|opens| Some(opens.no) == no);
        let opened = opens.map(|opens| (&opens.person, &opens.post));
        let held = || self.before?.assignment(no?).map(|held| (&held.person, &held.post));
        let (_, post) = opened.or_else(held).filter(|(holder, _)| *holder == person)?;
        self.world.post_unit(self.world.find_post(post.as_str())?)
    }

    fn place(&self) -> Option<UnitIx> {
        let place: &UnitCode = match self.event {
            Event::RequestLogged(logged) => &logged.place,
            _ => &self.before?.place,
        };
        self.world.find_unit(place.as_str())
    }
}

/// How a kind of notice presses.
enum Presses {
    /// As the time of the assignment does that it tells of.
    AsItsTimeDoes,
    /// Of an emergency at any time; of all else while it would be read.
    AlwaysInEmergencies,
    /// While it would be read.
    WhileRead,
    /// The same, when there is less time than before.
    WhenNearer,
    /// Not at all.
    No,
}

const fn presses(kind: NoticeKind) -> Presses {
    use NoticeKind as Kind;
    match kind {
        Kind::Assigned => Presses::AsItsTimeDoes,
        Kind::Overdue
        | Kind::Supervised
        | Kind::Reported
        | Kind::Unhelped
        | Kind::CitizenAnswered
        | Kind::NoteAdded
        | Kind::Withdrawn => Presses::AlwaysInEmergencies,
        Kind::Reminded
        | Kind::NotNeeded
        | Kind::Extended
        | Kind::NotExtended
        | Kind::Corrected
        | Kind::CitizenSilent
        | Kind::RatedBad
        | Kind::Reopened
        | Kind::Responded => Presses::WhileRead,
        Kind::DeadlineMoved => Presses::WhenNearer,
        Kind::Taken
        | Kind::Resolved
        | Kind::TakenUp
        | Kind::ActedFor
        | Kind::Reassigned
        | Kind::CitizenAsked
        | Kind::Merged
        | Kind::Separated
        | Kind::SupervisedResolved
        | Kind::RatedGood
        | Kind::PlaceMoved
        // What the register tells follows from no request, and is judged by [`when_felt`].
        | Kind::SwapOffered
        | Kind::SwapTaken
        | Kind::SwapTakenBack
        | Kind::SwapGone
        | Kind::DutyTakenOver
        | Kind::CoverArranged
        | Kind::DutyChangeUndone
        | Kind::DutyChangeExpired
        | Kind::SubstituteGone
        | Kind::RosterChanged
        | Kind::AbsenceRecorded
        | Kind::StandIn
        | Kind::AbsenceEnded
        | Kind::ShiftEmpty
        | Kind::PostUnanswered
        | Kind::Appointed
        | Kind::Relieved
        | Kind::UnitChanged => Presses::No,
    }
}

/// The unit of the first post that the person holds, in the order of codes.
fn first_desk(world: &World, person: &PersonCode, at: Instant) -> Option<UnitIx> {
    let person = world.find_person(person.as_str())?;
    let held = world.held_by(person, at).map(|held| held.post);
    world.post_unit(held.filter(|post| world.post_exists(*post, at)).min()?)
}

/// When a person is told of something of the register that is felt from some instant on, if ever.
pub(super) fn when_felt(world: &World, at: Instant, person: &PersonCode, from: Option<Instant>) -> (Urgency, Instant) {
    let desk = first_desk(world, person, at).map_or(world.no_calendar(), |unit| world.calendar(unit, at));
    let (zone, digest) = (desk.zone(), next_digest(desk, at));
    let told = by_day(&zone, at);
    let tomorrow = desk.date_of(at).tomorrow().and_then(Date::tomorrow).ok().and_then(|day| on(&zone, day, 0));
    let near = from.is_some_and(|from| from < digest || tomorrow.is_some_and(|over| from < over));
    if near && told.plus_minutes(DIGEST_MINUTES) < digest { (Urgency::Prompt, told) } else { (Urgency::Digest, digest) }
}

/// Whether the time of an assignment is short, and how it runs.
enum Ends {
    ByTheClock,
    InWorkingTime,
    Later,
}

/// Whether the last quarter of its time begins before that instant.
fn ends_before(opens: &Opening, digest: Instant) -> Ends {
    let limits = opens.limits.iter().flat_map(|limits| [&limits.accept, &limits.finish]);
    let short: Vec<_> = limits.flatten().filter(|reckoned| reckoned.limit.soon < digest).collect();
    if short.iter().any(|short| short.reckoning.allowance.is_by_the_clock()) {
        Ends::ByTheClock
    } else if short.is_empty() {
        Ends::Later
    } else {
        Ends::InWorkingTime
    }
}

/// When the next digest goes out: after the opening of the next working morning. It is never now.
#[must_use]
pub fn next_digest(desk: &Calendar, at: Instant) -> Instant {
    let today = desk.date_of(at);
    let mornings = [Some(today), today.tomorrow().ok()].into_iter().flatten();
    let digest =
        mornings.filter_map(|day| first_opening(desk, day)).find(|opening| opening.plus_minutes(DIGEST_MINUTES) > at);
    digest.map_or_else(|| at.plus_days(1), |opening| opening.plus_minutes(DIGEST_MINUTES))
}

/// When the desk opens first, on that day or on a later one; in the morning where it opens at night, or
/// is never closed, or where the calendar does not say.
fn first_opening(desk: &Calendar, day: Date) -> Option<Instant> {
    let midnight = on(&desk.zone(), day, 0)?;
    Some(by_day(&desk.zone(), desk.next_opening(midnight).unwrap_or(midnight)))
}

/// The instant itself, or the end of the night that it lies in: what can wait is told by day.
#[must_use]
pub fn by_day(zone: &Zone, at: Instant) -> Instant {
    let morning = || {
        let now = zone.0.to_datetime(jiff::Timestamp::from_microsecond(at.0).ok()?);
        let day = match now.hour() {
            hour if hour < DAY => now.date(),
            hour if hour >= NIGHT => now.date().tomorrow().ok()?,
            _ => return None,
        };
        on(zone, day, DAY)
    };
    morning().unwrap_or(at)
}

fn on(zone: &Zone, day: Date, hour: i8) -> Option<Instant> {
    let at = zone.0.to_timestamp(day.to_datetime(Time::new(hour, 0, 0, 0).ok()?)).ok()?;
    Some(Instant(at.as_microsecond()))
}
