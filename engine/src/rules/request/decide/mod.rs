//! What a command comes to: events with their account, or a refusal. Pure.

mod aside;
mod case;
mod citizen;
mod correct;
mod log;
mod merge;
mod oversight;
mod pause;
mod place;
mod recompute;
mod time;

use super::{
    Assignment, Climb, Duty, How, MAX_RETURNS, Outcome, Request, Stage, TRANSITIONS, Told,
    command::Command,
    event::{Cause, Event, Opening, Recorded},
    refusal::{Code, Refusal},
    relation, relay, text,
};
use crate::rules::{
    actor::{Actor, Behalf, Step},
    authority::{Act, Role, may},
    id::{PersonCode, PostCode},
    instant::Instant,
    post::Rank,
    routing::{BEYOND, Exclusions, Found, Loads, Route, SUPERVISOR, TAKERS, route, rungs_at},
    world::{PostIx, World},
};
pub use case::{Case, contenders};
pub use log::{Fresh, entry_question, log};
pub use merge::followed;
pub use recompute::moves;
pub use time::run_out;

/// What a decision looks at beside the request itself.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// How much everybody has open who comes into question.
    pub loads: &'a Loads,
    /// The other request that the command names, if it names one that is there.
    pub other: Option<&'a Request>,
}

impl<'a> From<&'a Loads> for Around<'a> {
    fn from(loads: &'a Loads) -> Self {
        Self { loads, other: None }
    }
}

/// Decides a command about a request that is there. A command that names another request wants [`Around::other`].
///
/// # Errors
/// A refusal when the actor may not, the stage does not allow it, or the facts do not hold.
pub fn decide<'a>(
    world: &World,
    request: &Request,
    at: Instant,
    actor: &Actor,
    command: &Command,
    around: impl Into<Around<'a>>,
) -> Result<Vec<Recorded>, Refusal> {
    let Around { loads, other } = around.into();
    let mut roles = relation::roles(world, request, actor, at);
    if !may(roles, Act::See) {
        return Refusal::because(
            Code::UnknownRequest,
            format!("request `{}` is not among those you see; check the id", request.id),
        );
    }
    let stage = request.stage.kind();
    let allowed = TRANSITIONS.iter().any(|(kind, stages)| *kind == command.kind() && stages.contains(&stage));
    if !allowed {
        let message = format!("the request is {stage}; {} is not possible now, reload and look again", command.kind());
        return Refusal::because(Code::WrongStage, message);
    }
    let case = Case::of(world, request, at, loads)?;
    let decision = Decision { case: &case, request, other, actor, citizen_acts: !roles.has(Role::Holder) };
    if matches!(command, Command::TakeOver { .. }) {
        roles = roles.with_if(Role::Higher, decision.higher().is_some());
    }
    if !may(roles, act_of(command)) {
        let message = format!("{} is not yours to do on this request; ask whoever holds it", command.kind());
        return Refusal::because(Code::NotAllowed, message);
    }
    decision.decide(command)
}

const fn act_of(command: &Command) -> Act {
    match command {
        Command::Accept => Act::Accept,
        Command::Escalate { .. } => Act::Escalate,
        Command::Transfer { .. } => Act::Transfer,
        Command::SendBack { .. } => Act::SendBack,
        Command::Reject { .. } => Act::Reject,
        Command::AskCitizen { .. } => Act::AskCitizen,
        Command::Resume { .. } => Act::Resume,
        Command::AddNote { .. } => Act::AddNote,
        Command::Resolve { .. } => Act::Resolve,
        Command::ConfirmRelay { .. } => Act::ConfirmRelay,
        Command::Rate { .. } => Act::Rate,
        Command::Withdraw { .. } => Act::Withdraw,
        Command::Rule { .. } => Act::Rule,
        Command::Remind { .. } => Act::Remind,
        Command::Supervise { .. } => Act::Supervise,
        Command::Correct { .. } | Command::CorrectPlace { .. } => Act::Correct,
        Command::CorrectCitizen { .. } => Act::CorrectCitizen,
        Command::Merge { .. } => Act::Merge,
        Command::Separate { .. } => Act::Separate,
        Command::TakeOver { .. } => Act::TakeOver,
        Command::CallHelp { .. } => Act::CallHelp,
        Command::Delegate { .. } => Act::Delegate,
        Command::Respond { .. } => Act::Respond,
        Command::Report { .. } => Act::Report,
        Command::Recall { .. } => Act::Recall,
        Command::AskExtension { .. } => Act::AskExtension,
        Command::GrantExtension | Command::RefuseExtension { .. } => Act::DecideExtension,
        Command::Recompute { .. } => Act::Recompute,
    }
}

/// How much fast a phone's clock may be, in minutes.
const CLOCK_MINUTES: i64 = 5;

struct Decision<'a> {
    case: &'a Case<'a>,
    request: &'a Request,
    other: Option<&'a Request>,
    actor: &'a Actor,
    citizen_acts: bool,
}

impl Decision<'_> {
    fn decide(&self, command: &Command) -> Result<Vec<Recorded>, Refusal> {
        match command {
            Command::AddNote { text } => Ok(self.plain(Event::NoteAdded { text: text::required("text", text)? })),
            Command::Resume { answer } => {
                let event = self.resumed(text::required("answer", answer)?);
                if self.citizen_acts { Ok(self.for_citizen(event)) } else { Ok(self.plain(event)) }
            }
            Command::Withdraw { reason } => {
                let reason = text::required("reason", reason)?;
                Ok(self.for_citizen(Event::Withdrawn { reason }))
            }
            Command::Rate { satisfied, words } => self.rate(*satisfied, words),
            Command::ConfirmRelay { told, whom, when, how } => {
                let relay = self.held(self.request.relay())?;
                let told_at = Told {
                    by: self.teller(relay),
                    whom: text::required("whom", whom)?,
                    at: self.plausible(*when)?,
                    how: *how,
                };
                self.confirm_relay(relay, *told, told_at)
            }
            Command::CorrectCitizen { citizen, reason } => self.correct_citizen(citizen, reason),
            Command::Separate { reason } => self.separate(reason),
            Command::Remind { words } => self.remind(words),
            Command::Supervise { words, working_days } => self.supervise(words, *working_days),
            Command::Respond { no } => self.respond(*no),
            Command::Report { no, words } => self.report(*no, words),
            Command::Recall { no, reason } => self.recall(*no, reason),
            Command::Recompute { rules_of_today, reason, bases } => self.recompute(*rules_of_today, reason, bases),
            _ => self.handle(self.held(self.request.handle())?, command),
        }
    }

    /// The assignment that the stage says is open.
    fn held<'r>(&self, assignment: Option<&'r Assignment>) -> Result<&'r Assignment, Refusal> {
        assignment.ok_or_else(|| Refusal::new(Code::WrongStage, "nobody holds this request now; reload and look again"))
    }

    fn handle(&self, held: &Assignment, command: &Command) -> Result<Vec<Recorded>, Refusal> {
        match command {
            Command::Accept => Ok(self.on(held, Event::Accepted { no: held.no })),
            Command::Escalate { reason } => {
                self.not_ruled()?;
                let reason = text::required("reason", reason)?;
                let opens = self.next_up(held, true)?;
                Ok(self.on(held, Event::Escalated { ends: held.no, cause: Cause::Reason, reason, opens }))
            }
            Command::Transfer { to, reason } => {
                self.not_ruled()?;
                let reason = text::required("reason", reason)?;
                let opens = self.transfer_to(held, to)?;
                Ok(self.on(held, Event::Transferred { ends: held.no, reason, opens }))
            }
            Command::SendBack { to, reason } => {
                self.not_ruled()?;
                let reason = text::required("reason", reason)?;
                self.send_back(held, to.as_ref(), reason)
            }
            Command::Reject { explanation } => {
                self.not_ruled()?;
                let explanation = text::required("explanation", explanation)?;
                if self.request.climb.proposal.is_some() {
                    let message = "the rung below proposed this already; resolve it as NotOurDuty or send it back";
                    return Refusal::because(Code::ProposalPending, message);
                }
                // It takes two people, so nobody confirms their own proposal on another post.
                let opens = self.next_up(held, false)?;
                Ok(self.on(held, Event::RejectionProposed { ends: held.no, explanation, opens }))
            }
            Command::AskCitizen { question } => self.ask(held, question),
            Command::Resolve { outcome, words, face_to_face } => self.resolve(held, *outcome, words, *face_to_face),
            Command::Rule { to, ruling } => {
                let ruling = text::required("ruling", ruling)?;
                let post = self.case.find_post(to)?;
                let rung = self.case.rung_of(post).unwrap_or(SUPERVISOR);
                let route = self.case.named(to, rung)?;
                let opens = self.opening(&route, Duty::Handle)?;
                Ok(self.on(held, Event::Ruled { ends: held.no, ruling, opens }))
            }
            Command::Correct { matter, reason } => self.correct(held, matter, reason),
            Command::CorrectPlace { place, entered_at, reason } => {
                self.correct_place(held, place, entered_at.as_ref(), reason)
            }
            Command::Merge { into, reason } => self.merge(held, *into, reason),
            Command::TakeOver { reason } => self.take_over(held, reason),
            Command::CallHelp { to, reason } => self.call_help(held, to, reason),
            Command::Delegate { to, instruction } => self.delegate(held, to, instruction),
            Command::AskExtension { working_days, reason } => self.ask_extension(held, *working_days, reason),
            Command::GrantExtension => self.grant_extension(held),
            Command::RefuseExtension { reason } => self.refuse_extension(reason),
            // The rest is decided before an assignment is looked for.
            Command::AddNote { .. }
            | Command::CorrectCitizen { .. }
            | Command::Separate { .. }
            | Command::Remind { .. }
            | Command::Supervise { .. }
            | Command::Respond { .. }
            | Command::Report { .. }
            | Command::Recall { .. }
            | Command::Recompute { .. }
            | Command::Resume { .. }
            | Command::Withdraw { .. }
            | Command::Rate { .. }
            | Command::ConfirmRelay { .. } => Refusal::because(Code::WrongStage, "reload and look again"),
        }
    }

    fn not_ruled(&self) -> Result<(), Refusal> {
        if self.request.climb.ruled {
            let message = "the supervisor ruled that you handle this; resolve it";
            return Refusal::because(Code::Ruled, message);
        }
        Ok(())
    }

    fn opening(&self, route: &Route, duty: Duty) -> Result<Opening, Refusal> {
        let none = || Refusal::new(Code::NobodyMayTake, "there is nobody who may take it; take it to the level above");
        self.case.opening(route, duty).ok_or_else(none)
    }

    fn next_up(&self, held: &Assignment, alone: bool) -> Result<Opening, Refusal> {
        let route = self.case.climb(held.rung.saturating_add(1), held, alone);
        let none = || Refusal::new(Code::NobodyAbove, "no rung above answers; resolve it with the truthful outcome");
        self.case.opening(&route, Duty::Handle).ok_or_else(none)
    }

    fn transfer_to(&self, held: &Assignment, to: &PostCode) -> Result<Opening, Refusal> {
        let post = self.case.find_post(to)?;
        let rung = self.case.rung_of(post);
        if held.post == *to || self.case.left.contains(&post) {
            let message = format!("post `{to}` had this request already; name another, or escalate");
            return Refusal::because(Code::AlreadyHeld, message);
        }
        // Who takes what no rung answers may name any post: that is what the dispatcher is for.
        if held.rung < BEYOND {
            if rung != Some(held.rung) {
                let message = format!("post `{to}` is not at your rung of this ladder; escalate or send back instead");
                return Refusal::because(Code::NotSameRung, message);
            }
            self.mandated(post, to)?;
        }
        let route = self.case.named(to, rung.unwrap_or(held.rung))?;
        self.opening(&route, Duty::Handle)
    }

    fn mandated(&self, post: PostIx, code: &PostCode) -> Result<(), Refusal> {
        if self.case.world.may_resolve(post, self.case.matter, self.case.at) {
            return Ok(());
        }
        Refusal::because(Code::NoMandate, format!("post `{code}` may not resolve this matter; name another"))
    }

    fn send_back(&self, held: &Assignment, to: Option<&PostCode>, reason: String) -> Result<Vec<Recorded>, Refusal> {
        let before = self.request.assignments.iter().rev().find(|a| a.duty == Duty::Handle && a.rung < held.rung);
        let (post, rung) = match to {
            Some(code) => {
                let post = self.case.find_post(code)?;
                let rung = self.case.rung_of(post).filter(|rung| *rung < held.rung);
                let had = self.request.assignments.iter().any(|a| a.duty == Duty::Handle && a.post == *code);
                if rung.is_some() && !had {
                    self.mandated(post, code)?;
                }
                (Some(code.clone()), rung)
            }
            None => (before.map(|a| a.post.clone()), before.map(|a| a.rung)),
        };
        let (Some(post), Some(rung)) = (post, rung) else {
            let message = "there is no such post at a lower rung of this request; name one with `to`, or resolve it";
            return Refusal::because(Code::NotLower, message);
        };
        if self.freezes() {
            return self.freeze(held, reason, false);
        }
        let opens = self.opening(&self.case.named(&post, rung)?, Duty::Handle)?;
        Ok(self.on(held, Event::SentBack { ends: held.no, reason, opens }))
    }

    /// Whether one return more is one too many.
    const fn freezes(&self) -> bool {
        self.request.returns.saturating_add(1) >= MAX_RETURNS
    }

    /// The supervisor rules what becomes of a case that is handed about, or stopped, again and again.
    fn freeze(&self, held: &Assignment, reason: String, asks_citizen: bool) -> Result<Vec<Recorded>, Refusal> {
        let exclusions = Exclusions { accused: self.case.accused.clone(), ..Exclusions::default() };
        let route = route(self.case.world, &self.case.question(SUPERVISOR), &exclusions, self.case.loads);
        let opens = self.opening(&route, Duty::Handle)?;
        Ok(self.on(held, Event::Frozen { ends: held.no, reason, asks_citizen, opens }))
    }

    fn resolve(&self, held: &Assignment, outcome: Outcome, words: &str, face: bool) -> Result<Vec<Recorded>, Refusal> {
        let words = text::required("words", words)?;
        self.no_step_open()?;
        match outcome {
            Outcome::Withdrawn => {
                let message = "only the citizen withdraws; choose another outcome";
                return Refusal::because(Code::OutcomeNotYours, message);
            }
            Outcome::Duplicate => {
                let message = "a duplicate names the other request; use merge, so that its result comes here too";
                return Refusal::because(Code::DuplicateOfWhat, message);
            }
            Outcome::NotOurDuty if self.request.climb.proposal.is_none() => {
                let message = "NotOurDuty needs two: propose it with reject, the next rung up confirms";
                return Refusal::because(Code::NotProposed, message);
            }
            _ => {}
        }
        if face {
            if self.request.logged_by != *self.actor {
                let message = "only who logged the request stands before the citizen; resolve it without `faceToFace`";
                return Refusal::because(Code::NotFaceToFace, message);
            }
            let told = Told {
                by: self.teller(held),
                whom: self.request.citizen.name.clone(),
                at: self.case.at,
                how: How::FaceToFace,
            };
            let (rest, rate) = (self.left(self.case.at), self.rate_limit());
            let event = Event::Resolved { ends: held.no, outcome, words, rest, opens: None, told: Some(told), rate };
            return Ok(self.at_its_end(held, event));
        }
        let question = self.case.question(0);
        let way = relay::next_down(
            self.case.world,
            &question,
            &self.case.recusal,
            held.rung,
            std::slice::from_ref(&held.person),
        );
        let route = way.unwrap_or_else(|| self.own(held));
        let (opens, rest) = (Some(self.opening(&route, Duty::Relay)?), self.left(self.case.at));
        let event = Event::Resolved { ends: held.no, outcome, words, rest, opens, told: None, rate: None };
        Ok(self.at_its_end(held, event))
    }

    fn at_its_end(&self, held: &Assignment, event: Event) -> Vec<Recorded> {
        let mut records = self.passed_by_now();
        records.extend(self.on(held, event));
        records
    }

    /// Nobody nearer to the household: who resolved it tells it.
    fn own(&self, held: &Assignment) -> Route {
        let found = self.case.world.find_post(held.post.as_str()).and_then(|post| {
            let person = self.case.world.find_person(held.person.as_str())?;
            // Where nobody holds the post any more, whoever had it acts as what they held it last.
            let known = self.case.world.holdings_of(post).filter(|h| h.person == person && h.span.from <= self.case.at);
            let rank =
                known.max_by_key(|h| (h.span.contains(self.case.at), h.span.from)).map_or(Rank::First, |h| h.rank);
            Some(Found { post, person, rank, rung: held.rung, instead_of: None })
        });
        Route { found, passed: Vec::new() }
    }

    fn confirm_relay(&self, held: &Assignment, told: bool, confirmation: Told) -> Result<Vec<Recorded>, Refusal> {
        if told {
            let rate = self.rate_limit();
            return Ok(self.on(held, Event::CitizenTold { ends: held.no, told: confirmation, rate }));
        }
        let relays = self.request.assignments.iter().filter(|a| a.duty == Duty::Relay);
        let mut done: Vec<PersonCode> = relays.map(|a| a.person.clone()).collect();
        done.extend(self.request.stage.resolution().map(|r| r.person.clone()));
        let question = self.case.question(0);
        match relay::next_down(self.case.world, &question, &self.case.recusal, held.rung, &done) {
            Some(route) => {
                let opens = self.opening(&route, Duty::Relay)?;
                Ok(self.on(held, Event::Relayed { ends: held.no, told: confirmation, opens }))
            }
            None => {
                Refusal::because(Code::LastInLine, "nobody is nearer to the household; tell it and confirm with `told`")
            }
        }
    }

    fn rate(&self, satisfied: bool, words: &str) -> Result<Vec<Recorded>, Refusal> {
        let words = text::optional("words", words)?;
        let Stage::Told { resolution, .. } = &self.request.stage else {
            return Refusal::because(Code::WrongStage, "there is nothing to rate yet; wait until the result is told");
        };
        if self.actor.person().is_some_and(|me| *me == resolution.person || self.holds_now(&resolution.post, me)) {
            return Refusal::because(Code::OwnWork, "nobody rates their own work; the citizen rates with the receipt");
        }
        if satisfied {
            return Ok(self.for_citizen(Event::Rated { satisfied, words }));
        }
        // A new climb, one rung above who resolved it; who let it go before may have it again. Above the
        // last one there is nobody in the town, and going round in it would help nobody: the case closes,
        // and its rating says that it was bad.
        let exclusions = Exclusions { accused: self.case.accused.clone(), ..Exclusions::default() };
        let question = self.case.question(resolution.rung.saturating_add(1));
        let route = route(self.case.world, &question, &exclusions, self.case.loads);
        let again = usize::from(self.request.reopened) < self.most_reopenings();
        match self.case.opening(&route, Duty::Handle).filter(|_| again) {
            Some(opens) => {
                let limits = self.reopened(resolution);
                Ok(self.for_citizen(Event::Reopened { words, limits, opens }))
            }
            None => Ok(self.for_citizen(Event::Rated { satisfied, words })),
        }
    }

    /// How often a case can be reopened: once for each rung that it could be resolved at. A case that is
    /// sent back after each reopening would otherwise never come to an end.
    fn most_reopenings(&self) -> usize {
        rungs_at(self.case.world, &self.case.question(0)).len() + TAKERS.len()
    }

    /// Whether the person answers for the post now: a substitute who acted there did so in another's name.
    fn holds_now(&self, post: &PostCode, person: &PersonCode) -> bool {
        let world = self.case.world;
        let (Some(post), Some(person)) = (world.find_post(post.as_str()), world.find_person(person.as_str())) else {
            return false;
        };
        world.holders(post, self.case.at).any(|h| h.person == person)
    }

    fn plausible(&self, when: Instant) -> Result<Instant, Refusal> {
        // People give minutes, and a phone's clock may be a little fast.
        let since = self.request.stage.resolution().map_or(Instant::MIN, |r| r.at.minute());
        if when > self.case.at.plus_minutes(CLOCK_MINUTES) || when < since {
            let message = "`when` must lie between the resolution and now; give the time at which they heard it";
            return Refusal::because(Code::BadTime, message);
        }
        Ok(when.min(self.case.at))
    }

    /// Who told it: the actor, or the responsible person where the program acted.
    fn teller(&self, held: &Assignment) -> PersonCode {
        self.actor.person().unwrap_or(&held.person).clone()
    }

    fn record(&self, responsible: Option<&Assignment>, on_behalf_of: Option<Behalf>, event: Event) -> Vec<Recorded> {
        let ordered = matches!(
            event,
            Event::SentBack { .. }
                | Event::Ruled { .. }
                | Event::Frozen { asks_citizen: false, .. }
                | Event::Supervised { .. }
                | Event::HelpCalled { .. }
                | Event::Delegated { .. }
                | Event::Recalled { .. }
                | Event::Recomputed { .. }
                | Event::Escalated { cause: Cause::TakenOver, .. }
        );
        vec![Recorded {
            step: Step {
                acted: self.actor.clone(),
                responsible: responsible.map(|a| a.person.clone()),
                on_behalf_of,
                by_order_of: ordered.then(|| self.actor.clone()),
            },
            event,
        }]
    }

    /// Done on an assignment, by whoever is responsible or by another holder of the post.
    fn on(&self, held: &Assignment, event: Event) -> Vec<Recorded> {
        let behalf = relation::behalf(held, self.actor).map(Behalf::Person);
        self.record(Some(held), behalf, event)
    }

    /// Done by somebody in their own name.
    fn plain(&self, event: Event) -> Vec<Recorded> {
        let held = self.request.handle().or_else(|| self.request.relay());
        self.record(held, None, event)
    }

    /// Done by the citizen, or by a cadre for the citizen.
    fn for_citizen(&self, event: Event) -> Vec<Recorded> {
        let held = self.request.handle().or_else(|| self.request.relay());
        let behalf = self.actor.person().is_some().then_some(Behalf::Citizen);
        self.record(held, behalf, event)
    }
}
