//! Those that were merged into a request: fetched with it, and done in the same transaction when it comes to its end.

use std::collections::HashSet;

use super::Batch;
use crate::{
    rules::{
        id::{PersonCode, RequestId},
        request::{
            Request, StageKind,
            decide::{contenders, followed},
            event::Recorded,
        },
    },
    run::{engine::command::Answer, error::Error, store::request as request_rows},
};

impl Batch<'_> {
    /// What was decided of a request, with what it comes to for those that were merged into it; or nothing at all.
    pub(super) async fn happens(&mut self, id: RequestId, records: Vec<Recorded>) -> Result<Answer, Error> {
        if records.iter().any(|record| record.event.ends_handling()) {
            let followers = self.followers(id).await?;
            if let Some(request) = self.now.get(&id).filter(|_| !followers.is_empty()) {
                match followed(&self.world, request, &records, &followers, self.at, &self.loads) {
                    Ok(all) => {
                        self.apply(id, records)?;
                        // The position of its own last event: whoever listens on from there hears of the others.
                        let done = self.done(Some(id));
                        for (follower, records) in all {
                            self.apply(follower, records)?;
                        }
                        return Ok(Ok(done));
                    }
                    Err(refusal) => return Ok(Err(refusal.into())),
                }
            }
        }
        self.apply(id, records)?;
        Ok(Ok(self.done(Some(id))))
    }

    /// Fetches what follows these requests, in one statement.
    pub(super) async fn fetch_followers(&mut self, leading: HashSet<RequestId>) -> Result<(), Error> {
        if leading.is_empty() {
            return Ok(());
        }
        let ids: Vec<RequestId> = leading.iter().copied().collect();
        let found = request_rows::followers(self.tx, &ids).await?;
        let unknown: Vec<RequestId> = found.into_iter().filter(|id| !self.now.contains_key(id)).collect();
        self.get(&unknown).await?;
        self.led.extend(leading);
        Ok(())
    }

    /// Who comes into question if what follows goes on by itself.
    pub(super) fn contenders_of_followers(&self) -> HashSet<PersonCode> {
        let follows = |request: &&Request| request.stage.kind() == StageKind::Merged;
        let followers = self.now.values().filter(follows);
        followers.flat_map(|request| contenders(&self.world, request, None, self.at)).collect()
    }

    /// The requests that follow one now, in the order in which they were logged.
    async fn followers(&mut self, id: RequestId) -> Result<Vec<Request>, Error> {
        if !self.led.contains(&id) {
            // Something else than a command of people ended it.
            self.fetch_followers(HashSet::from([id])).await?;
            self.count_everybody().await?;
        }
        let follows = |request: &&Request| request.stage.kind() == StageKind::Merged && request.merged_into == Some(id);
        Ok(self.now.values().filter(follows).cloned().collect())
    }
}
