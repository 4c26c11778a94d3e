//! What could not be delivered, tried anew.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use liandong_engine::{
    rules::notice::delivery::DeliveryId,
    run::engine::{Command, Performed},
};

use super::payload::perform;
use crate::{
    context::Scope,
    object::{delivery::Delivery, refusal::Refusal},
    reply::{bad_input, failure},
};

/// What a command about a delivery came to.
pub(super) struct DeliveryPayload {
    scope: Arc<Scope>,
    id: DeliveryId,
    performed: Performed,
}

/// What a command about a delivery came to: either it was done, or there is a refusal.
#[Object(serial)]
impl DeliveryPayload {
    /// The delivery as it is now; null when the command was refused.
    async fn delivery(&self) -> Result<Option<Delivery>> {
        if self.performed.answer.is_err() {
            return Ok(None);
        }
        let mut found = self.scope.engine.deliveries(std::slice::from_ref(&self.id)).await.map_err(failure)?;
        Ok(found.remove(&self.id).map(|row| Delivery { scope: Arc::clone(&self.scope), row }))
    }

    /// Why it was not done; null when it was.
    async fn refusal(&self) -> Option<Refusal> {
        self.performed.answer.as_ref().err().map(Refusal::of)
    }
}

#[derive(Default)]
pub(super) struct DeliveryMutation;

#[Object]
impl DeliveryMutation {
    /// Has a delivery that was given up tried anew, as often as the first time.
    async fn replay_delivery(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, from `deadLetters`.")] delivery: ID,
        #[graphql(desc = "Chosen by the caller, 1 to 100 bytes: the same key gives the first answer again.")]
        idempotency_key: String,
    ) -> Result<DeliveryPayload> {
        let scope = Scope::of(ctx)?;
        let id: DeliveryId = delivery.parse().map_err(|bad| bad_input("delivery", bad))?;
        let performed = perform(scope, idempotency_key, Command::Replay { delivery: id.clone() }).await?;
        Ok(DeliveryPayload { scope: Arc::clone(scope), id, performed })
    }
}
