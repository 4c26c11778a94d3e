//! What correcting the matter or the place of a request comes to, looked at before it is done.

use super::Engine;
use crate::{
    rules::{
        actor::Actor,
        id::RequestId,
        request::{
            Request,
            command::Command,
            decide::{contenders, decide},
            event::Event,
            refusal::{Code, Refusal},
        },
    },
    run::{
        error::Error,
        store::{request as rows, workload},
    },
};

/// A request and what correcting its matter or its place would do to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// As it is.
    pub request: Request,
    /// What would happen.
    pub event: Event,
}

impl Engine {
    /// What the command would come to if it were given now: the same decision, and nothing is kept.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn preview_correction(
        &self,
        actor: &Actor,
        id: RequestId,
        command: &Command,
    ) -> Result<Result<Correction, Refusal>, Error> {
        let Some(request) = rows::read(self.shared.store.read(), &[id]).await?.remove(&id) else {
            let message = format!("request `{id}` is not among those you see; check the id");
            return Ok(Refusal::because(Code::UnknownRequest, message));
        };
        let (world, at) = (self.world(), self.now());
        let people = contenders(&world, &request, Some(command), at);
        let loads = workload::now(self.shared.store.read(), &people).await?;
        Ok(decide(&world, &request, at, actor, command, &loads).and_then(|records| {
            let none = || Refusal::new(Code::WrongStage, "nothing would happen; reload and look again");
            let event = records.into_iter().next().map(|recorded| recorded.event).ok_or_else(none)?;
            Ok(Correction { request, event })
        }))
    }
}
