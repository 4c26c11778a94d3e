//! The journal of a request.

use std::sync::Arc;

use async_graphql::{Object, SimpleObject};
use liandong_engine::{
    rules::{
        actor::Step,
        request::event::{Event, Opening as Opens},
    },
    run::store::journal::{Entry, Happened},
};

use super::{account::Account, actor::Actor, limit::ReckonedLimit, matter::Matter, person::Person, post::Post};
use crate::{
    context::Scope,
    word::{Cause, Duty, LimitKind, Outcome, Position, When},
};

/// One thing that happened to a request. `shown` is whether more than its name is for this reader.
#[derive(Clone, Debug)]
pub(crate) struct JournalEntry {
    pub(crate) scope: Arc<Scope>,
    pub(crate) entry: Entry,
    pub(crate) shown: bool,
}

impl JournalEntry {
    fn event(&self) -> Option<&Event> {
        match &self.entry.happened {
            Happened::Request(_, recorded) => Some(&recorded.event).filter(|_| self.shown),
            Happened::Register(_) => None,
        }
    }

    fn step(&self) -> Option<&Step> {
        match &self.entry.happened {
            Happened::Request(_, recorded) => Some(&recorded.step).filter(|_| self.shown),
            Happened::Register(_) => None,
        }
    }
}

/// The words that somebody gave with an event.
pub(crate) fn words(event: &Event) -> Option<&str> {
    match event {
        Event::RequestLogged(logged) => Some(&logged.words),
        Event::Escalated { reason, .. }
        | Event::Transferred { reason, .. }
        | Event::SentBack { reason, .. }
        | Event::Frozen { reason, .. }
        | Event::HelpCalled { reason, .. }
        | Event::Recalled { reason, .. }
        | Event::ExtensionAsked { reason, .. }
        | Event::ExtensionRefused { reason, .. }
        | Event::Recomputed { reason, .. }
        | Event::Corrected { reason, .. }
        | Event::PlaceCorrected { reason, .. }
        | Event::CitizenCorrected { reason, .. }
        | Event::Merged { reason, .. }
        | Event::Separated { reason, .. }
        | Event::Withdrawn { reason } => Some(reason),
        Event::Delegated { instruction, .. } => Some(instruction),
        Event::Ruled { ruling, .. } => Some(ruling),
        Event::RejectionProposed { explanation, .. } => Some(explanation),
        Event::CitizenAsked { question, .. } => Some(question),
        Event::Resumed { answer, .. } => Some(answer),
        Event::NoteAdded { text } => Some(text),
        Event::Resolved { words, .. }
        | Event::Rated { words, .. }
        | Event::Reopened { words, .. }
        | Event::Reminded { words, .. }
        | Event::Supervised { words, .. }
        | Event::ResultShared { words, .. }
        | Event::Reported { words, .. } => Some(words),
        Event::Accepted { .. }
        | Event::Relayed { .. }
        | Event::RelayTaken { .. }
        | Event::Overdue { .. }
        | Event::LimitPassed { .. }
        | Event::Lapsed
        | Event::CitizenTold { .. }
        | Event::HandedOver { .. }
        | Event::Responded { .. }
        | Event::Released { .. }
        | Event::ExtensionGranted { .. }
        | Event::MergedOn { .. }
        | Event::PlaceMoved { .. } => None,
    }
}

/// One thing that happened to a request. The citizen reads what and when; the rest is for those who work on it.
#[Object(serial)]
impl JournalEntry {
    /// Its place in the whole journal.
    async fn position(&self) -> Position {
        Position(self.entry.position)
    }

    /// Counts the events of the request, from 1.
    async fn seq(&self) -> u32 {
        self.entry.seq
    }

    /// When it happened.
    async fn at(&self) -> When {
        When(self.entry.at)
    }

    /// The name of the event.
    async fn kind(&self) -> &'static str {
        self.entry.kind()
    }

    /// Who did it.
    async fn acted(&self) -> Option<Actor> {
        self.step().map(|step| Actor::of(&self.scope, &step.acted))
    }

    /// Who held the assignment that it was about.
    async fn responsible(&self) -> Option<Person> {
        Person::find(&self.scope, self.step()?.responsible.as_ref()?)
    }

    /// On whose behalf it was done, when it was not the actor's own affair.
    async fn on_behalf_of(&self) -> Option<Actor> {
        self.step()?.on_behalf_of.as_ref().map(|behalf| Actor::behalf(&self.scope, behalf))
    }

    /// By whose order it was done.
    async fn by_order_of(&self) -> Option<Actor> {
        self.step()?.by_order_of.as_ref().map(|actor| Actor::of(&self.scope, actor))
    }

    /// The words given with it: the reason, the question, the answer, the note.
    async fn words(&self) -> Option<&str> {
        self.event().and_then(words)
    }

    /// How the request was resolved, if that is what happened.
    async fn outcome(&self) -> Option<Outcome> {
        match self.event()? {
            Event::Resolved { outcome, .. } | Event::ResultShared { outcome, .. } => Some((*outcome).into()),
            _ => None,
        }
    }

    /// Whether the citizen was content, if the request was rated.
    async fn satisfied(&self) -> Option<bool> {
        match self.event()? {
            Event::Rated { satisfied, .. } => Some(*satisfied),
            Event::Reopened { .. } => Some(false),
            _ => None,
        }
    }

    /// The matter that it was logged as, or was corrected to.
    async fn matter(&self) -> Option<Matter> {
        let code = match self.event()? {
            Event::RequestLogged(logged) => &logged.matter,
            Event::Corrected { matter, .. } => matter,
            _ => return None,
        };
        Matter::find(&self.scope, code.as_str())
    }

    /// Why it went up, if it did.
    async fn cause(&self) -> Option<Cause> {
        match self.event()? {
            Event::Escalated { cause, .. } => Some((*cause).into()),
            _ => None,
        }
    }

    /// The limit that ran out, if that is what happened.
    async fn limit(&self) -> Option<LimitKind> {
        match self.event()? {
            Event::Overdue { limit, .. } | Event::LimitPassed { limit, .. } => Some((*limit).into()),
            _ => None,
        }
    }

    /// The limits that it set, each with its arithmetic.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn limits(&self) -> Vec<ReckonedLimit> {
        let set = self.event().map(Event::limits).unwrap_or_default();
        set.into_iter().map(|(kind, reckoned)| ReckonedLimit::of(kind, reckoned)).collect()
    }

    /// Whether the time that was given lies behind what the town has promised for the whole; null unless time
    /// was given.
    async fn past_committed(&self) -> Option<bool> {
        match self.event()? {
            Event::ExtensionGranted { past_committed, .. } => Some(*past_committed),
            _ => None,
        }
    }

    /// The number of the assignment that it names as ended. What others did beside that one may end with it.
    async fn ends(&self) -> Option<u16> {
        self.event()?.ends().map(|no| no.0)
    }

    /// The assignment that it opened.
    async fn opens(&self) -> Option<Opening> {
        self.event()?.opens().map(|opens| Opening::of(&self.scope, &self.entry, opens))
    }
}

/// An assignment that an event opened, with the account of why this post and this person.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Opening {
    /// The number of the assignment.
    no: u16,
    /// To do what.
    duty: Duty,
    /// To do what, in Chinese.
    duty_zh: &'static str,
    /// On which post.
    post: Option<Post>,
    /// Who is responsible.
    person: Option<Person>,
    /// On which rung.
    rung: u8,
    /// Why: everything that was passed on the way.
    account: Account,
}

impl Opening {
    /// What an entry opened.
    pub(crate) fn of(scope: &Arc<Scope>, entry: &Entry, opens: &Opens) -> Self {
        let post = scope.world.find_post(opens.post.as_str());
        Self {
            no: opens.no.0,
            duty: opens.duty.into(),
            duty_zh: opens.duty.zh(),
            post: post.map(|ix| Post { scope: Arc::clone(scope), ix, at: entry.at }),
            person: Person::find(scope, &opens.person).map(|person| Person { at: entry.at, ..person }),
            rung: opens.rung,
            account: Account::of(scope, entry.at, &opens.account),
        }
    }
}
