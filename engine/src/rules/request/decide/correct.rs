//! Correcting what a case is about (更正事项): it was logged as something that it is not. Where it is: [`super::place`].

use super::{
    Case, Climb, Decision, Refusal,
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
        let (opens, limits) = self.again_as_logged(held, &case, self.request)?;
        let matter = matter.clone();
        let event = Event::Corrected { ends: held.no, matter, reason, limits: Box::new(limits), opens };
        Ok(self.corrected_by(held, event))
    }

    /// Done by who has it, or by somebody else who noticed.
    pub(super) fn corrected_by(&self, held: &Assignment, event: Event) -> Vec<Recorded> {
        let theirs = relation::is_theirs(self.case.world, self.request, held, self.actor, self.case.at);
        if theirs { self.on(held, event) } else { self.plain(event) }
    }

    /// Who has the case as it is now, and until when: whoever has it keeps it where they may resolve it, else it is
    /// routed as if it were logged now.
    pub(super) fn again_as_logged(
        &self,
        held: &Assignment,
        case: &Case<'_>,
        corrected: &Request,
    ) -> Result<(Opening, CaseLimits), Refusal> {
        let way = case.keeps(held).unwrap_or_else(|| {
            let question = entry(case.world, corrected, &case.question(0));
            route(case.world, &question, &case.exclusions(), case.loads)
        });
        let none = || Refusal::new(Code::NobodyMayTake, "there is nobody who may take it; take it to the level above");
        let mut opens = case.opening(&way, Duty::Handle).ok_or_else(none)?;
        if opens.post == held.post && opens.person == held.person {
            opens.limits = case.kept_limits(self.request, held, &opens);
        }
        Ok((opens, case.since_logging(self.request)))
    }

    /// A case is corrected so often and no more.
    pub(super) fn may_be_corrected(&self) -> Result<(), Refusal> {
        if self.request.limits.corrections.len() < MAX_CORRECTIONS {
            return Ok(());
        }
        let message = "it was corrected three times, its matter or its place; escalate it, or have the supervisor rule";
        Refusal::because(Code::CorrectedTooOften, message)
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
        self.may_be_corrected()?;
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
        self.as_logged_now(Request { matter: matter.clone(), ..request.clone() })
    }

    /// The request in a new climb, by the rules of now.
    pub(super) fn as_logged_now(&self, mut request: Request) -> Result<Case<'a>, Refusal> {
        request.limits.corrections.push(self.at);
        request.climb = Climb::default();
        Case::of(self.world, &request, self.at, self.loads)
    }

    /// The limits of the whole case, reckoned from the logging on. What ran out stays run out: the promise to the
    /// household was broken, whatever the case is called.
    pub(super) fn since_logging(&self, request: &Request) -> CaseLimits {
        let whole = |kind: LimitKind| {
            let allowance = self.allowance(kind, None).filter(|_| !request.limits.passed.contains(&kind))?;
            self.since(self.calendar(), request.logged_at, allowance, request)
        };
        CaseLimits { committed: whole(LimitKind::Committed), statutory: whole(LimitKind::Statutory), supervised: None }
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
        // What is over stays over, whatever the matter is called.
        let since = |kind| {
            let allowance = self.allowance(kind, rung).filter(|_| !held.has_expired(kind))?;
            self.since(calendar, held.opened_at, allowance, request)
        };
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

    /// A limit that began at an instant and rested while nothing ran; from now on where that is
    /// over already, because nobody could have kept it.
    fn since(&self, calendar: &Calendar, start: Instant, allowance: Allowance, request: &Request) -> Option<Reckoned> {
        let mut limit = reckon(calendar, start, allowance)?;
        for Waited { from, to, .. } in request.limits.waited.iter().filter(|waited| waited.from >= start) {
            if limit.limit.due <= *from {
                break;
            }
            limit = reckon(calendar, *to, rest(calendar, limit.limit, *from, counts_working_time(allowance)))?;
        }
        if limit.limit.due <= self.at { reckon(calendar, self.at, allowance) } else { Some(limit) }
    }
}
