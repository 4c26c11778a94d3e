//! What those above, and those who wait, do about a request: remind (催办), supervise (督办), take over (提级),
//! and decide on more time (延期).

use super::{Decision, Refusal, recompute, text};
use crate::rules::{
    calendar::Allowance,
    id::PersonCode,
    limit::{LimitKind, reckon},
    request::{
        Assignment, Duty,
        basis::Basis,
        event::{Cause, Event, Recorded},
        oversight::Answer,
        refusal::Code,
        relation,
    },
    routing::{BEYOND, Found, Route, rungs_at},
};

/// The most working days that a supervision or an extension can give: a quarter of a year.
const MAX_DAYS: u16 = 60;

impl Decision<'_> {
    /// A reminder, once a day by the same one: it moves nothing, and too many are read by nobody.
    pub(super) fn remind(&self, words: &str) -> Result<Vec<Recorded>, Refusal> {
        let words = text::required("words", words)?;
        let open = self.request.handle().or_else(|| self.request.relay());
        if open.is_some_and(|open| relation::is_theirs(self.case.world, self.request, open, self.actor, self.case.at)) {
            return Refusal::because(Code::NotAllowed, "you have it yourself; nobody reminds themselves");
        }
        let calendar = self.case.calendar();
        let today = calendar.date_of(self.case.at);
        let mut earlier = self.request.limits.reminders.iter().filter(|r| r.by == *self.actor);
        if earlier.any(|reminder| calendar.date_of(reminder.at) == today) {
            return Refusal::because(Code::RemindedToday, "you reminded of it today already; do so again tomorrow");
        }
        Ok(self.plain(Event::Reminded { by: self.actor.clone(), words }))
    }

    pub(super) fn supervise(&self, words: &str, working_days: Option<u16>) -> Result<Vec<Recorded>, Refusal> {
        let words = text::required("words", words)?;
        let by = self.me()?;
        let allowance = match working_days {
            Some(days) => Allowance::WorkingDays(checked(days)?),
            None => self.case.allowance(LimitKind::Supervised, None).ok_or_else(|| {
                let message = "the register has no limit for supervision; give `workingDays`, 1 to 60";
                Refusal::new(Code::BadDays, message)
            })?,
        };
        let limit = reckon(self.case.calendar(), self.case.at, allowance).map(Box::new);
        Ok(self.plain(Event::Supervised { by, words, limit }))
    }

    pub(super) fn take_over(&self, held: &Assignment, reason: &str) -> Result<Vec<Recorded>, Refusal> {
        self.not_ruled()?;
        let reason = text::required("reason", reason)?;
        let route = Route { found: self.higher(), passed: Vec::new() };
        let opens = self.opening(&route, Duty::Handle)?;
        let accepted = Event::Accepted { no: opens.no };
        let mut records = self.record(
            Some(held),
            None,
            Event::Escalated { ends: held.no, cause: Cause::TakenOver, reason, opens: opens.clone() },
        );
        // Whoever takes it has taken it on.
        records.extend(self.record(None, None, accepted).into_iter().map(|mut record| {
            record.step.responsible = Some(opens.person.clone());
            record
        }));
        Ok(records)
    }

    /// The post by which the actor can take the case over: on the lowest rung above the holder's on which they
    /// answer for one that may resolve the matter.
    pub(super) fn higher(&self) -> Option<Found> {
        let case = self.case;
        let held = self.request.handle().filter(|held| held.rung < BEYOND)?;
        let person = case.world.find_person(self.actor.person()?.as_str())?;
        let absent = case.world.absence(person, Some(case.matter), case.at).is_some();
        let rungs = rungs_at(case.world, &case.question(held.rung.saturating_add(1)));
        let mut posts = rungs
            .into_iter()
            .filter(|(rung, _)| rung.no > held.rung && !absent)
            .flat_map(|(rung, on)| case.world.desks(on, rung.kind, case.at).map(move |post| (rung.no, post)));
        posts.find_map(|(rung, post)| {
            let holding = case.world.holders(post, case.at).find(|holding| holding.person == person)?;
            let kept = case.recusal.keeps_from_on(case.world, post, person, case.at);
            let may = case.world.may_resolve(post, case.matter, case.at) && !kept;
            may.then_some(Found { post, person, rank: holding.rank, rung, instead_of: None })
        })
    }

    pub(super) fn ask_extension(&self, held: &Assignment, days: u16, reason: &str) -> Result<Vec<Recorded>, Refusal> {
        let reason = text::required("reason", reason)?;
        let working_days = checked(days)?;
        if held.finish.is_none() {
            let message = "no time to finish is set for this assignment; go on without asking";
            return Refusal::because(Code::NothingToExtend, message);
        }
        let earlier = self.request.limits.extension.as_ref().filter(|e| e.handle == held.no);
        if earlier.is_some_and(|earlier| !matches!(earlier.answer, Answer::Refused(_))) {
            let message = "more time was asked for already, and is given once; finish, or hand it up";
            return Refusal::because(Code::AlreadyExtended, message);
        }
        let route = self.case.climb(held.rung.saturating_add(1), held, false);
        let above = Route { found: route.found.filter(|found| found.rung < BEYOND), ..route };
        let none = || Refusal::new(Code::NobodyAbove, "no rung above answers, so nobody can grant it");
        let mut opens = self.case.opening(&above, Duty::Step).ok_or_else(none)?;
        // While it is not decided the time runs on, and in the end the case goes to who did not decide.
        opens.limits = None;
        Ok(self.on(held, Event::ExtensionAsked { no: held.no, working_days, reason, opens }))
    }

    pub(super) fn grant_extension(&self, held: &Assignment) -> Result<Vec<Recorded>, Refusal> {
        let (step, by) = (self.awaited()?, self.me()?);
        let days = self.request.limits.extension.as_ref().map_or(0, |extension| extension.working_days);
        let case = self.case;
        let reckoned = held.finish.and_then(|finish| {
            reckon(case.calendar_of(&held.post), finish.due.max(case.at), Allowance::WorkingDays(days))
        });
        let Some(finish) = reckoned else {
            return Refusal::because(Code::NothingToExtend, "no time to finish is set any more; refuse it instead");
        };
        let due = finish.limit.due;
        if self.request.limits.statutory.is_some_and(|law| due > law.due) {
            let message = "the new end would lie behind the limit of the law; refuse it, or take the case over";
            return Refusal::because(Code::PastStatutory, message);
        }
        let past_committed = self.request.limits.committed.is_some_and(|promised| due > promised.due);
        let event =
            Event::ExtensionGranted { ends: step.no, by, no: held.no, finish: Box::new(finish), past_committed };
        Ok(self.on(step, event))
    }

    pub(super) fn refuse_extension(&self, reason: &str) -> Result<Vec<Recorded>, Refusal> {
        let reason = text::required("reason", reason)?;
        let (step, by) = (self.awaited()?, self.me()?);
        Ok(self.on(step, Event::ExtensionRefused { ends: step.no, by, reason }))
    }

    pub(super) fn recompute(&self, today: bool, reason: &str, bases: &[Basis]) -> Result<Vec<Recorded>, Refusal> {
        let reason = text::required("reason", reason)?;
        let moved = recompute::moves(self.case.world, self.request, self.case.at, bases, today)?;
        if moved.is_empty() {
            return Refusal::because(Code::NothingMoves, "every limit of this request ends when it did; nothing to do");
        }
        Ok(self.plain(Event::Recomputed { moved, reason }))
    }

    fn awaited(&self) -> Result<&Assignment, Refusal> {
        let none = || Refusal::new(Code::NothingToExtend, "nobody asks for more time; reload and look again");
        self.request.asks_extension().ok_or_else(none)
    }

    /// The person who acts.
    fn me(&self) -> Result<PersonCode, Refusal> {
        let none = || Refusal::new(Code::NotAllowed, "a person of the register does this; use the token of one");
        self.actor.person().cloned().ok_or_else(none)
    }
}

fn checked(days: u16) -> Result<u16, Refusal> {
    if (1..=MAX_DAYS).contains(&days) {
        return Ok(days);
    }
    Refusal::because(Code::BadDays, format!("`workingDays` is {days}; give 1 to {MAX_DAYS}"))
}
