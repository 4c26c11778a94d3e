//! What can be asked. Everything that concerns requests goes through the actor's permissions.

use std::{collections::HashMap, sync::Arc};

use futures_util::stream::Stream;

use super::{
    engine::Engine,
    error::Error,
    store::{
        head,
        journal::{self, Entry},
        register, request as rows, token, workload,
    },
};
use crate::rules::{
    actor::Actor,
    id::{PersonCode, ReceiptCode, RequestId},
    instant::Instant,
    request::{Assignment, Duty, Request, StageKind, relation},
    routing::{Exclusions, Loads, Question, Route, contenders, route},
    tree::UnitIx,
    world::World,
};

/// How many items a list gives at most.
pub const MOST: usize = 100;

/// Which requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestFilter {
    /// Only those in this unit.
    pub unit: Option<UnitIx>,
    /// Only those at these stages; all when empty.
    pub stages: Vec<StageKind>,
    /// Only those of this matter.
    pub matter: Option<String>,
}

impl RequestFilter {
    /// The stages at which limits run.
    #[must_use]
    pub fn running() -> Vec<StageKind> {
        StageKind::all_open().collect()
    }
}

/// Which assignments of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssignmentFilter {
    /// Whether ended ones are wanted instead of open ones.
    pub ended: bool,
    /// Only of this duty.
    pub duty: Option<Duty>,
}

/// A place in a list of assignments: those strictly before it, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssignmentCursor {
    /// When the last one shown was opened.
    pub opened_at: Instant,
    /// Of which request it was.
    pub request: RequestId,
}

/// A place in a list of notices: those strictly before it, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NoticeCursor {
    /// The journal position that the last one shown follows from.
    pub position: i64,
    /// Which of the notices of that position it was.
    pub no: u16,
}

impl Engine {
    /// Who is responsible for a matter at a place at an instant, with everything passed on the way: with `exclusions`
    /// whom a complaint about these people goes to.
    /// For the past, the open work that decides between equals is counted as of then.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn who_is_responsible(
        &self,
        world: &World,
        question: &Question,
        exclusions: &Exclusions,
    ) -> Result<Route, Error> {
        if question.at >= self.now() {
            return self.who_is_responsible_now(world, question, exclusions).await;
        }
        let people = contenders(world, question);
        let loads = workload::then(self.shared.store.read(), &people, question.at).await?;
        Ok(route(world, question, exclusions, &loads))
    }

    /// The same with the open work of this moment, for a question about the present.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn who_is_responsible_now(
        &self,
        world: &World,
        question: &Question,
        exclusions: &Exclusions,
    ) -> Result<Route, Error> {
        let people = contenders(world, question);
        let loads = workload::now(self.shared.store.read(), &people).await?;
        Ok(route(world, question, exclusions, &loads))
    }

    /// A request with its assignments, if the actor may see it.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn request(&self, actor: &Actor, id: RequestId) -> Result<Option<Request>, Error> {
        let found = rows::read(self.shared.store.read(), &[id]).await?.remove(&id);
        let world = self.world();
        Ok(found.filter(|r| relation::may_see(&world, r, actor, self.now())))
    }

    /// A request that is at hand, if the actor may see it now.
    #[must_use]
    pub fn shown(&self, actor: &Actor, request: Arc<Request>) -> Option<Arc<Request>> {
        let world = self.world();
        let shown = relation::may_see(&world, &request, actor, self.now());
        shown.then_some(request)
    }

    /// The request that a receipt belongs to.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::NoSecret`].
    pub async fn find_receipt(&self, receipt: &ReceiptCode) -> Result<Option<RequestId>, Error> {
        rows::by_receipt(self.shared.store.read(), self.shared.secret()?.hash(receipt)).await
    }

    /// Requests without their assignments, for objects that are reached through something the actor
    /// may see (an own assignment, say).
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn summaries(&self, ids: &[RequestId]) -> Result<HashMap<RequestId, Request>, Error> {
        let found = rows::summaries(self.shared.store.read(), ids).await?;
        Ok(found.into_iter().map(|r| (r.id, r)).collect())
    }

    /// Requests that are reached through something else (an assignment, a notice), if the actor may see
    /// them: what somebody held elsewhere is not for those who oversee them now.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn reached(&self, actor: &Actor, ids: &[RequestId]) -> Result<HashMap<RequestId, Request>, Error> {
        let (world, at) = (self.world(), self.now());
        let sees = |request: &Request| relation::may_see(&world, request, actor, at);
        let mut found = self.summaries(ids).await?;
        // Assignments only ever add to what somebody may see, so they are read for the rest alone.
        let rest: Vec<RequestId> = found.values().filter(|r| !sees(r)).map(|r| r.id).collect();
        found.retain(|_, request| sees(request));
        if !rest.is_empty() {
            let whole = rows::read(self.shared.store.read(), &rest).await?;
            found.extend(whole.into_iter().filter(|(_, request)| sees(request)));
        }
        Ok(found)
    }

    /// All assignments of requests that the actor was shown.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn assignments_of(&self, ids: &[RequestId]) -> Result<HashMap<RequestId, Vec<Assignment>>, Error> {
        rows::assignments(self.shared.store.read(), ids).await
    }

    /// What happened to a request, oldest first, after a sequence number, if the actor may see it.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn journal_of(&self, actor: &Actor, id: RequestId, after: u32, most: usize) -> Result<Vec<Entry>, Error> {
        if self.request(actor, id).await?.is_none() {
            return Ok(Vec::new());
        }
        let most = u64::try_from(most.min(MOST)).unwrap_or(0);
        journal::of_request(self.shared.store.read(), id, after, most).await
    }

    /// What happened to a request that the actor was shown, oldest first, after a sequence number.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn entries_of(&self, id: RequestId, after: u32, most: usize) -> Result<Vec<Entry>, Error> {
        let most = u64::try_from(most.min(MOST)).unwrap_or(0);
        journal::of_request(self.shared.store.read(), id, after, most).await
    }

    /// Everything that happens after a position, in order, each entry once.
    pub fn listen(&self, after: i64) -> impl Stream<Item = Result<Entry, Error>> + Send + use<> {
        self.shared.feed.listen(self.shared.store.clone(), after)
    }

    /// How many Handle assignments each of these people has open, but for what is about somebody's conduct.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn workload(&self, people: &[PersonCode]) -> Result<Loads, Error> {
        workload::now(self.shared.store.read(), people).await
    }

    /// Issues a bearer token to a person of the register; only its hash is stored.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Entropy`].
    pub async fn issue_token(&self, person: &PersonCode) -> Result<String, Error> {
        let secret = format!("ld_{}", token::hex(&self.shared.entropy.bytes()?));
        let (hidden, at) = (&secret, self.now());
        self.shared.store.run_tx("issue_token", |tx| Box::pin(token::issue(tx, hidden, person, at))).await?;
        Ok(secret)
    }

    /// Revokes every token of a person; how many there were.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn revoke_tokens(&self, person: &PersonCode) -> Result<u64, Error> {
        let at = self.now();
        self.shared.store.run_tx("revoke_tokens", |tx| Box::pin(token::revoke_all(tx, person, at))).await
    }

    /// Whose token it is; none when it is unknown or revoked.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn person_of_token(&self, secret: &str) -> Result<Option<PersonCode>, Error> {
        token::person(self.shared.store.read(), secret).await
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn ping(&self) -> Result<(), Error> {
        head::read(self.shared.store.read()).await.map(drop)
    }

    /// Whether the journal reaches to a position. What this process does not know of yet is asked of the store: another
    /// node may have committed it.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn reaches(&self, position: i64) -> Result<bool, Error> {
        Ok(position <= self.feed().position() || position <= head::read(self.shared.store.read()).await?.position)
    }

    /// The register as it is stored now, whoever changed it.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn stored_register(&self) -> Result<crate::rules::world::Register, Error> {
        register::read(self.shared.store.read()).await
    }
}
