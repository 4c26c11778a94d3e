//! Correcting what a case is about (更正事项): it was logged as something that it is not.

use super::{
    Case, Decision, Refusal,
    case::find_matter,
    log::{self, entry_tier},
    text,
};
use crate::rules::{
    calendar::{Allowance, Calendar},
    id::MatterCode,
    instant::Instant,
    limit::{LimitKind, Reckoned, counts_working_time, reckon, rest},
    request::{
        Assignment, Duty, MAX_CORRECTIONS, Request, Waited,
        event::{CaseLimits, Event, Limits, Opening, Recorded},
        oversight::Answer,
        refusal::Code,
        relation,
    },
    routing::{Question, Route, route},
    world::World,
};

impl Decision<'_> {
    /// The case climbs the ladder of the matter that it is, in that one's time. Whoever has it keeps it when they
    /// may resolve that matter too; else it is routed as if it were logged now.
    pub(super) fn correct(
        &self,
        held: &Assignment,
        matter: &MatterCode,
        reason: &str,
    ) -> Result<Vec<Recorded>, Refusal> {
        self.not_ruled()?;
        let reason = text::required("reason", reason)?;
        self.may_become(matter)?;
        let case = self.case.corrected(self.request, matter)?;
        let way = case.keeps(held).unwrap_or_else(|| {
            let question = entry(case.world, self.request, &case.question(0));
            route(case.world, &question, &case.exclusions(), case.loads)
        });
        let none = || Refusal::new(Code::NobodyMayTake, "there is nobody who may take it; take it to the level above");
        let mut opens = case.opening(&way, Duty::Handle).ok_or_else(none)?;
        if opens.post == held.post && opens.person == held.person {
            opens.limits = case.kept_limits(self.request, held, &opens);
        }
        // What ran out stays run out: the promise to the household was broken, whatever the case is called.
        let passed = &self.request.limits.passed;
        let whole = |kind: LimitKind| {
            let allowance = case.allowance(kind, None).filter(|_| !passed.contains(&kind))?;
            case.since(case.calendar(), self.request.logged_at, allowance, self.request)
        };
        let limits = CaseLimits {
            committed: whole(LimitKind::Committed),
            statutory: whole(LimitKind::Statutory),
            supervised: None,
        };
        let matter = matter.clone();
        let event = Event::Corrected { ends: held.no, matter, reason, limits: Box::new(limits), opens };
        let theirs = relation::is_theirs(self.case.world, self.request, held, self.actor, self.case.at);
        Ok(if theirs { self.on(held, event) } else { self.plain(event) })
    }

    /// Whether the case can be that matter.
    fn may_become(&self, code: &MatterCode) -> Result<(), Refusal> {
        let world = self.case.world;
        let matter = find_matter(world, code.as_str())?;
        log::offered(world, matter, self.case.at)?;
        if *code == self.request.matter {
            let message = format!("the request is matter `{code}` already; choose another");
            return Refusal::because(Code::SameMatter, message);
        }
        if self.request.limits.corrections.len() >= MAX_CORRECTIONS {
            let message = "the matter was corrected three times; escalate it, or have the supervisor rule";
            return Refusal::because(Code::CorrectedTooOften, message);
        }
        // Whom a case goes round is fixed when it is logged: it would have gone to the accused already.
        let conduct = world.matter(matter).is_some_and(|m| m.conduct);
        match (conduct, self.request.accused.is_empty()) {
            (true, true) => {
                let message = "a matter of conduct names whom it is about; withdraw this one and log it with `accused`";
                Refusal::because(Code::AccusedMissing, message)
            }
            (false, false) => {
                let message = format!("it names somebody, and matter `{code}` is not about a person; log it anew");
                Refusal::because(Code::AccusedUnexpected, message)
            }
            _ => Ok(()),
        }
    }
}

/// The question with the rung that the request entered at, as it was logged.
fn entry(world: &World, request: &Request, question: &Question) -> Question {
    let unit = request.entered_at.as_ref().and_then(|code| world.find_unit(code.as_str()));
    Question { entry: entry_tier(world, question.place, unit, request.channel, question.at), ..*question }
}

impl<'a> Case<'a> {
    /// The case as that matter: a new climb, by the rules of now.
    pub(super) fn corrected(&self, request: &Request, matter: &MatterCode) -> Result<Case<'a>, Refusal> {
        let mut limits = request.limits.clone();
        limits.corrections.push(self.at);
        let climb = super::super::Climb::default();
        let request = Request { matter: matter.clone(), limits, climb, ..request.clone() };
        Case::of(self.world, &request, self.at, self.loads)
    }

    /// The way to whoever has it, when they may resolve it.
    fn keeps(&self, held: &Assignment) -> Option<Route> {
        let post = self.find_post(&held.post).ok()?;
        let rung = self.rung_of(post).filter(|_| self.world.may_resolve(post, self.matter, self.at))?;
        self.named(&held.post, rung).ok()
    }

    /// The limits of who keeps the case: their time began when they got it, and what they were granted stands.
    fn kept_limits(&self, request: &Request, held: &Assignment, opens: &Opening) -> Option<Box<Limits>> {
        let (calendar, rung) = (self.calendar_of(&held.post), self.limit_rung(opens.rung));
        let since = |kind| self.since(calendar, held.opened_at, self.allowance(kind, rung)?, request);
        let more = request.limits.extension.as_ref();
        let more = more.filter(|e| e.handle == held.no && matches!(e.answer, Answer::Granted(_)));
        let more = more.map(|extension| Allowance::WorkingDays(extension.working_days));
        let finish = since(LimitKind::Finish);
        let limits = Limits {
            accept: since(LimitKind::Accept).filter(|_| held.accepted_at.is_none()),
            finish: match (&finish, more) {
                (Some(finish), Some(more)) => reckon(calendar, finish.limit.due, more),
                _ => finish,
            },
        };
        (limits != Limits::default()).then(|| Box::new(limits))
    }

    /// A limit that began at an instant and rested while the citizen was waited for; from now on where that is
    /// over already, because nobody could have kept it.
    fn since(&self, calendar: &Calendar, start: Instant, allowance: Allowance, request: &Request) -> Option<Reckoned> {
        let mut limit = reckon(calendar, start, allowance)?;
        for Waited { from, to } in request.limits.waited.iter().filter(|waited| waited.from >= start) {
            if limit.limit.due <= *from {
                break;
            }
            limit = reckon(calendar, *to, rest(calendar, limit.limit, *from, counts_working_time(allowance)))?;
        }
        if limit.limit.due <= self.at { reckon(calendar, self.at, allowance) } else { Some(limit) }
    }
}
