//! What stops, and goes on: while the citizen is waited for, and from resolving until it is reopened.
//!
//! What is left is kept to the microsecond, and goes on from there. What was over stays over, and nobody gets a card for
//! time in between. To ask the citizen once, everything at once, is free (一次性告知); to ask again counts like sending it
//! back, for otherwise whoever asks again and again stops the clock.

use super::{Decision, Refusal, text, time::next_morning};
use crate::rules::{
    actor::{Actor, Step},
    calendar::{Allowance, Calendar},
    instant::Instant,
    limit::{Limit, LimitKind, counts_working_time, reckon, rest},
    request::{
        Assignment, Resolution, Rest, Stage,
        event::{Anew, CaseLimits, Event, NextReminder, Recorded},
        relation,
    },
};

impl Decision<'_> {
    /// The citizen is asked, or the supervisor rules because that was done too often.
    pub(super) fn ask(&self, held: &Assignment, question: &str) -> Result<Vec<Recorded>, Refusal> {
        let question = text::required("question", question)?;
        let counts = self.request.was_asked();
        if counts && self.freezes() {
            return self.freeze(held, question, true);
        }
        let mut records = self.passed_by_now();
        records.extend(self.on(held, self.asked(held, question, counts)));
        Ok(records)
    }

    /// What is left of the limits that rest meanwhile, and the limit of the answer.
    fn asked(&self, held: &Assignment, question: String, counts: bool) -> Event {
        let (own, whole) = (self.case.calendar_of(&held.post), self.case.calendar());
        let finish = || {
            let allowance = self.case.allowance(LimitKind::Finish, self.case.limit_rung(held.rung))?;
            let runs = held.finish.filter(|_| !held.finish_expired)?;
            Some(rest(own, runs, self.case.at, counts_working_time(allowance)))
        };
        let rest = Rest { finish: finish(), ..self.left(self.case.at) };
        let answer = self.case.limit(whole, LimitKind::Answer, None).map(Box::new);
        Event::CitizenAsked { no: held.no, question, counts, rest, answer }
    }

    /// What is left at an instant of the limits of the whole case: nothing of what is over, or ran out before.
    pub(super) fn left(&self, at: Instant) -> Rest {
        let limits = &self.request.limits;
        let runs = |kind: LimitKind, limit: Option<Limit>| {
            limit.filter(|limit| at < limit.due && !limits.passed.contains(&kind))
        };
        let left = |kind, limit| {
            let allowance = self.case.allowance(kind, None)?;
            Some(rest(self.case.calendar(), runs(kind, limit)?, at, counts_working_time(allowance)))
        };
        let supervised = runs(LimitKind::Supervised, limits.supervision.as_ref().and_then(|s| s.limit));
        Rest {
            finish: None,
            committed: left(LimitKind::Committed, limits.committed),
            statutory: left(LimitKind::Statutory, limits.statutory),
            // A supervision counts working time, whatever the register says of others.
            supervised: supervised.map(|limit| rest(self.case.calendar(), limit, at, true)),
        }
    }

    /// The limits of the whole case that are over and that time has not come to yet: before the case stops they are
    /// told, and marked for whoever had it, for once it goes on it may be somebody else's.
    pub(super) fn passed_by_now(&self) -> Vec<Recorded> {
        let limits = &self.request.limits;
        let supervised = limits.supervision.as_ref().and_then(|s| s.limit);
        let mut over: Vec<(Instant, LimitKind)> = [
            (LimitKind::Committed, limits.committed),
            (LimitKind::Statutory, limits.statutory),
            (LimitKind::Supervised, supervised),
        ]
        .into_iter()
        .filter_map(|(kind, limit)| Some((limit?.due, kind)))
        .filter(|(due, kind)| *due <= self.case.at && !limits.passed.contains(kind))
        .collect();
        over.sort_unstable();
        let responsible = self.request.handle().map(|held| held.person.clone());
        let step = Step { acted: Actor::System, responsible, on_behalf_of: None, by_order_of: None };
        let record = |(due, kind)| Recorded { step: step.clone(), event: self.limit_passed(kind, due) };
        over.into_iter().map(record).collect()
    }

    /// The case goes on: what was left of its limits begins to run again.
    pub(super) fn resumed(&self, answer: String) -> Event {
        let Stage::Waiting { handle, rest, .. } = &self.request.stage else {
            let (asides, reminders) = (Vec::new(), Vec::new());
            return Event::Resumed { answer, finish: None, limits: Box::default(), asides, reminders };
        };
        let held = self.request.assignment(*handle);
        let finish = held.and_then(|held| reckon(self.case.calendar_of(&held.post), self.case.at, rest.finish?));
        let anew = |aside: &Assignment| {
            let (_, kind) = aside.duty.limits();
            let limit = self.case.limit(self.case.calendar_of(&aside.post), kind, self.case.limit_rung(aside.rung))?;
            Some(Anew { no: aside.no, kind, limit })
        };
        let asides = relation::helping(self.request).filter(|aside| !aside.finish_expired).filter_map(anew).collect();
        let over = |of: &&Assignment| of.finish_expired && of.next_reminder.is_none();
        let reminder = |of: &Assignment| NextReminder {
            no: of.no,
            at: next_morning(self.case.calendar_of(&of.post), self.case.at),
        };
        let reminders = self.request.open().filter(over).map(reminder).collect();
        let limits = Box::new(self.go_on(rest));
        Event::Resumed { answer, finish: finish.map(Box::new), limits, asides, reminders }
    }

    /// The limits of the whole case as they are when it is reopened: what was left when it was resolved goes on.
    pub(super) fn reopened(&self, resolution: &Resolution) -> Box<CaseLimits> {
        // Of what was resolved before that was written down it is told from the limits themselves.
        let told = || self.left(resolution.at);
        Box::new(self.go_on(&if resolution.rest.is_none() { told() } else { resolution.rest }))
    }

    fn go_on(&self, rest: &Rest) -> CaseLimits {
        let calendar: &Calendar = self.case.calendar();
        let begin = |allowance: Option<Allowance>| reckon(calendar, self.case.at, allowance?);
        CaseLimits {
            committed: begin(rest.committed),
            statutory: begin(rest.statutory),
            supervised: begin(rest.supervised),
        }
    }
}
