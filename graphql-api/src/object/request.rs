//! Requests: what citizens ask.

use std::sync::Arc;

use async_graphql::{ID, Object, Result, SimpleObject};
use liandong_engine::rules::{
    authority::{Act, may},
    id::{AssignmentNo, PersonCode},
    request::{self, Stage as Where, relation},
};

use super::{
    actor::Actor,
    assignment::Assignment,
    connection::Connection,
    entry::JournalEntry,
    limit::Mark,
    matter::Matter,
    oversight::{Extension, Supervision},
    person::Person,
    post::Post,
    unit::Unit,
};
use crate::{
    context::Scope,
    input,
    reply::failure,
    word::{Channel, How, LimitKind, Outcome, Stage, When},
};

/// What a citizen asks. Whoever has this object was allowed to see the request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) scope: Arc<Scope>,
    pub(crate) row: Arc<request::Request>,
}

impl Request {
    /// All assignments: those of the row when it was read whole, else loaded with others of the page.
    async fn all_assignments(&self) -> Result<Arc<[request::Assignment]>> {
        if !self.row.assignments.is_empty() {
            return Ok(self.row.assignments.as_slice().into());
        }
        self.scope.assignments(self.row.id).await.map_err(failure)
    }

    fn assignment(&self, row: &request::Assignment) -> Assignment {
        Assignment { scope: Arc::clone(&self.scope), request: self.row.id, row: row.clone() }
    }

    async fn numbered(&self, no: Option<AssignmentNo>) -> Result<Option<Assignment>> {
        let Some(no) = no.filter(|_| self.shows_handling()) else { return Ok(None) };
        let all = self.all_assignments().await?;
        Ok(all.iter().find(|a| a.no == no).map(|a| self.assignment(a)))
    }

    /// Whether who handled it is for this reader.
    fn shows_handling(&self) -> bool {
        relation::sees_handling(&self.scope.actor)
    }

    fn person(&self, code: &PersonCode) -> Option<Person> {
        Person::find(&self.scope, code).filter(|_| self.shows_handling())
    }
}

/// What a citizen asks, from the first word to the answer at home.
#[Object(serial)]
impl Request {
    /// Names the request.
    async fn id(&self) -> ID {
        ID(self.row.id.to_string())
    }

    /// What it is about.
    async fn matter(&self) -> Option<Matter> {
        Matter::find(&self.scope, self.row.matter.as_str())
    }

    /// Where the need is.
    async fn place(&self) -> Option<Unit> {
        let ix = self.scope.world.find_unit(self.row.place.as_str())?;
        Some(Unit { scope: Arc::clone(&self.scope), ix, at: self.scope.at })
    }

    /// By which way it came.
    async fn channel(&self) -> Channel {
        self.row.channel.into()
    }

    /// By which way it came, in Chinese.
    async fn channel_zh(&self) -> &'static str {
        self.row.channel.zh()
    }

    /// Where it entered, when that was not at the place.
    async fn entered_at(&self) -> Option<Unit> {
        let ix = self.scope.world.find_unit(self.row.entered_at.as_ref()?.as_str())?;
        Some(Unit { scope: Arc::clone(&self.scope), ix, at: self.scope.at })
    }

    /// What the citizen said; untrusted text.
    async fn words(&self) -> &str {
        &self.row.words
    }

    /// Who asks; null for those who see the matter but have no need to know the person.
    #[graphql(complexity = "child_complexity + 5")]
    async fn citizen(&self) -> Result<Option<Citizen>> {
        let Scope { world, actor, at, .. } = &*self.scope;
        let roles = if self.row.assignments.is_empty() && actor.person().is_some() {
            let assignments = self.all_assignments().await?.to_vec();
            relation::roles(world, &request::Request { assignments, ..(*self.row).clone() }, actor, *at)
        } else {
            relation::roles(world, &self.row, actor, *at)
        };
        let request::Citizen { name, phone } = &self.row.citizen;
        Ok(may(roles, Act::SeeCitizen).then(|| Citizen { name: name.clone(), phone: phone.clone() }))
    }

    /// Whose conduct it is about.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn accused(&self) -> Vec<Person> {
        self.row.accused.iter().filter_map(|code| Person::find(&self.scope, code)).collect()
    }

    /// Who logged it; null for the citizen.
    async fn logged_by(&self) -> Option<Actor> {
        self.shows_handling().then(|| Actor::of(&self.scope, &self.row.logged_by))
    }

    /// When it was logged.
    async fn logged_at(&self) -> When {
        When(self.row.logged_at)
    }

    /// Where it is in its life.
    async fn stage(&self) -> Stage {
        self.row.stage.kind().into()
    }

    /// The request that it is the same as, since it was merged, also once its result was carried here; null for those
    /// who do not see that one.
    #[graphql(complexity = "child_complexity + 5")]
    async fn merged_into(&self) -> Result<Option<Request>> {
        let Some(id) = self.row.merged_into.filter(|_| self.shows_handling()) else { return Ok(None) };
        let row = self.scope.request(id).await?;
        Ok(row.map(|row| Request { scope: Arc::clone(&self.scope), row }))
    }

    /// Where it is, in Chinese.
    async fn stage_zh(&self) -> &'static str {
        self.row.stage.kind().zh()
    }

    /// What the citizen was asked, while an answer is waited for.
    async fn question(&self) -> Option<&str> {
        match &self.row.stage {
            Where::Waiting { question, .. } => Some(question),
            _ => None,
        }
    }

    /// How it was brought to its end, once it was.
    async fn resolution(&self) -> Option<Resolution> {
        let of = self.row.stage.resolution()?;
        let post = || {
            let ix = self.scope.world.find_post(of.post.as_str())?;
            Some(Post { scope: Arc::clone(&self.scope), ix, at: self.scope.at })
        };
        Some(Resolution {
            outcome: of.outcome.into(),
            outcome_zh: of.outcome.zh(),
            words: of.words.clone(),
            post: if self.shows_handling() { post() } else { None },
            person: self.person(&of.person),
            rung: of.rung,
            at: When(of.at),
        })
    }

    /// How the household heard the result, once it has.
    async fn told(&self) -> Option<Told> {
        let told = match &self.row.stage {
            Where::Told { told, .. } => Some(told),
            Where::Closed { told, .. } => told.as_ref(),
            _ => None,
        };
        told.map(|told| Told {
            by: self.person(&told.by),
            whom: told.whom.clone(),
            at: When(told.at),
            how: told.how.into(),
            how_zh: told.how.zh(),
        })
    }

    /// What the citizen said of the result.
    async fn rating(&self) -> Option<Rating> {
        let Where::Closed { rating, .. } = &self.row.stage else { return None };
        rating.as_ref().map(|r| Rating { satisfied: r.satisfied, words: r.words.clone(), at: When(r.at) })
    }

    /// How it ended, once it is closed.
    async fn outcome(&self) -> Option<Outcome> {
        match &self.row.stage {
            Where::Closed { outcome, .. } => Some((*outcome).into()),
            _ => None,
        }
    }

    /// How it ended, in Chinese.
    async fn outcome_zh(&self) -> Option<&'static str> {
        match &self.row.stage {
            Where::Closed { outcome, .. } => Some(outcome.zh()),
            _ => None,
        }
    }

    /// When it was closed.
    async fn closed_at(&self) -> Option<When> {
        match &self.row.stage {
            Where::Closed { at, .. } => Some(When(*at)),
            _ => None,
        }
    }

    /// Until when the whole case is to be at its end, as the town has promised it; null where nothing is said
    /// of that, and while the citizen is waited for, unless it is over already. It stands still from the resolution
    /// until it is reopened.
    async fn committed_by(&self) -> Option<When> {
        self.row.limits.committed.map(|limit| When(limit.due))
    }

    /// Until when the whole case is to be at its end, as the law has it.
    async fn statutory_by(&self) -> Option<When> {
        self.row.limits.statutory.map(|limit| When(limit.due))
    }

    /// The limits of the whole case that end before the time of whoever has it does: keeping only to that breaks
    /// what was promised. None for the citizen.
    #[graphql(complexity = 5)]
    async fn overpromised(&self) -> Result<Vec<LimitKind>> {
        let open = self.numbered(self.row.stage.handle()).await?;
        let limits = self.row.limits.overpromised(open.and_then(|open| open.row.finish));
        Ok(limits.into_iter().map(Into::into).collect())
    }

    /// Until when the citizen's answer is waited for.
    async fn answer_by(&self) -> Option<When> {
        match &self.row.stage {
            Where::Waiting { answer, .. } => answer.map(|limit| When(limit.due)),
            _ => None,
        }
    }

    /// The marks that supervision gave for limits that ran out, in order; none for the citizen.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn marks(&self) -> Vec<Mark> {
        if !self.shows_handling() {
            return Vec::new();
        }
        let mark = |mark: &request::Mark| Mark {
            card: mark.card.into(),
            card_zh: mark.card.zh(),
            person: Person::find(&self.scope, &mark.person),
            limit: mark.limit.into(),
            at: When(mark.at),
        };
        self.row.limits.marks.iter().map(mark).collect()
    }

    /// The supervision it stands under: the latest; null for the citizen.
    async fn supervision(&self) -> Option<Supervision> {
        let supervision = self.row.limits.supervision.as_ref().filter(|_| self.shows_handling())?;
        Some(Supervision::of(&self.scope, supervision))
    }

    /// The extension that was asked for last; null for the citizen.
    async fn extension(&self) -> Option<Extension> {
        let extension = self.row.limits.extension.as_ref().filter(|_| self.shows_handling())?;
        Some(Extension::of(&self.scope, extension))
    }

    /// How often somebody asked how far it is.
    async fn reminders(&self) -> usize {
        self.row.limits.reminders.len()
    }

    /// Those who help, and who were handed a step, and have not reported yet; none for the citizen.
    #[graphql(complexity = "4 * child_complexity + 5")]
    async fn asides(&self) -> Result<Vec<Assignment>> {
        if !self.shows_handling() {
            return Ok(Vec::new());
        }
        let all = self.all_assignments().await?;
        let open = all.iter().filter(|a| a.ended.is_none() && a.is_aside());
        Ok(open.map(|a| self.assignment(a)).collect())
    }

    /// How often it was sent back, or the citizen was asked something more after the first time, which is free. The
    /// third time the case is frozen, and the supervisor rules.
    async fn returns(&self) -> u8 {
        self.row.returns
    }

    /// How often it was reopened.
    async fn reopened(&self) -> u8 {
        self.row.reopened
    }

    /// The open Handle assignment: on whose desk it is; null for the citizen.
    #[graphql(complexity = "child_complexity + 5")]
    async fn handle(&self) -> Result<Option<Assignment>> {
        self.numbered(self.row.stage.handle()).await
    }

    /// The open Relay assignment: who carries the result back; null for the citizen.
    #[graphql(complexity = "child_complexity + 5")]
    async fn relay(&self) -> Result<Option<Assignment>> {
        self.numbered(self.row.stage.relay()).await
    }

    /// Every assignment it ever had, in order; none for the citizen, and the newest 100 of very many.
    #[graphql(complexity = "4 * child_complexity + 5")]
    async fn assignments(&self) -> Result<Vec<Assignment>> {
        if !self.shows_handling() {
            return Ok(Vec::new());
        }
        let all = self.all_assignments().await?;
        let first = all.len().saturating_sub(input::MOST);
        Ok(all.iter().skip(first).map(|a| self.assignment(a)).collect())
    }

    /// How many events made it.
    async fn events(&self) -> u32 {
        self.row.events
    }

    /// What happened to it, oldest first.
    #[graphql(complexity = "input::page(first) * child_complexity + 20")]
    async fn journal(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "Go on after this cursor.")] after: Option<String>,
    ) -> Result<Connection<JournalEntry>> {
        let most = input::first(first)?;
        let after: Option<u32> =
            input::cursor(after.as_deref(), |seq| seq.parse().ok().filter(|seq| *seq <= self.row.events))?;
        let seq = after.unwrap_or(0);
        let entries = self.scope.engine.entries_of(self.row.id, seq, most).await.map_err(failure)?;
        let last = entries.last().map_or(seq, |e| e.seq);
        let shown = self.shows_handling();
        let items = entries.into_iter().map(|entry| {
            let seq = entry.seq.to_string();
            (seq, JournalEntry { scope: Arc::clone(&self.scope), entry, shown })
        });
        Ok(Connection::new(items, after.is_some(), last < self.row.events))
    }
}

/// Who asks. Citizens are not people of the register.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Citizen {
    /// As the citizen says it; may be empty.
    name: String,
    /// The telephone number; may be empty.
    phone: String,
}

/// How and by whom a request was brought to its end.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Resolution {
    /// The truth.
    outcome: Outcome,
    /// The truth, in Chinese.
    outcome_zh: &'static str,
    /// The words for the citizen.
    words: String,
    /// On which post; null for the citizen.
    post: Option<Post>,
    /// Who did it; null for the citizen.
    person: Option<Person>,
    /// On which rung.
    rung: u8,
    /// When.
    at: When,
}

/// That the household has heard it.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Told {
    /// Who told it; null for the citizen.
    by: Option<Person>,
    /// Who heard it.
    whom: String,
    /// When they heard it.
    at: When,
    /// How.
    how: How,
    /// How, in Chinese.
    how_zh: &'static str,
}

/// What the citizen says of the result.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Rating {
    /// Whether it was good.
    satisfied: bool,
    /// In the citizen's words; may be empty.
    words: String,
    /// When.
    at: When,
}
