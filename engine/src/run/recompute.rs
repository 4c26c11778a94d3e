//! What reckoning limits anew comes to: read from the journals, decided by the rules.

use super::{
    engine::Engine,
    error::Error,
    query::RequestFilter,
    store::{journal, request as rows},
};
use crate::rules::{
    actor::Actor,
    authority::{Act, may},
    id::RequestId,
    request::{
        Request,
        basis::{Basis, bases},
        decide::moves,
        event::Moved,
        relation,
    },
};

/// A request with the limits that would move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Which.
    pub request: Request,
    /// What would move; nothing where every limit ends when it did.
    pub moved: Vec<Moved>,
}

impl Engine {
    /// How the limits of a request that run were reckoned.
    pub(crate) async fn bases(&self, id: RequestId) -> Result<Vec<Basis>, Error> {
        let Some(request) = rows::read(self.shared.store.read(), &[id]).await?.remove(&id) else {
            return Ok(Vec::new());
        };
        let journal = journal::of_requests(self.shared.store.read(), &[id]).await?.remove(&id);
        Ok(bases(&request, journal.unwrap_or_default().iter()))
    }

    /// What reckoning limits anew would come to for the open requests that fit the filter, newest first, before
    /// `before`; of at most `most` requests. Only those are looked at whose limits the actor may reckon anew. The
    /// second value is the request to go on from, none at the end.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn preview(
        &self,
        actor: &Actor,
        filter: &RequestFilter,
        rules_of_today: bool,
        before: Option<RequestId>,
        most: usize,
    ) -> Result<(Vec<Preview>, Option<RequestId>), Error> {
        let (found, next) = self.requests(actor, filter, before, most).await?;
        let ids: Vec<RequestId> = found.iter().map(|request| request.id).collect();
        let mut whole = rows::read(self.shared.store.read(), &ids).await?;
        let journals = journal::of_requests(self.shared.store.read(), &ids).await?;
        let (world, at) = (self.world(), self.now());
        let mut previews = Vec::new();
        for id in ids {
            let Some(request) = whole.remove(&id) else { continue };
            if !may(relation::roles(&world, &request, actor, at), Act::Recompute) {
                continue;
            }
            let bases = bases(&request, journals.get(&id).map_or(&[][..], Vec::as_slice).iter());
            let moved = moves(&world, &request, at, &bases, rules_of_today).unwrap_or_default();
            previews.push(Preview { request, moved });
        }
        Ok((previews, next))
    }
}
