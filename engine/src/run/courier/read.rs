//! What can be asked about notices and what became of them.

use std::collections::HashMap;

use crate::{
    rules::{
        actor::Actor,
        instant::Instant,
        notice::delivery::{DeliveryId, looks_after},
    },
    run::{
        engine::Engine,
        error::Error,
        query::MOST,
        store::delivery::{self, Delivery},
    },
};

/// A place in the list of what was given up: those strictly before it, the latest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetterCursor {
    /// When the last one shown was given up.
    pub ended_at: Instant,
    /// Which it was.
    pub id: DeliveryId,
}

impl Engine {
    /// Those of these deliveries that there are.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn deliveries(&self, ids: &[DeliveryId]) -> Result<HashMap<DeliveryId, Delivery>, Error> {
        delivery::read(self.shared.store.read(), ids).await
    }

    /// What was given up, of what the actor looks after, the latest first, before a cursor. The second
    /// value is where to go on from, none at the end; a page may be short, or empty, and yet not be the
    /// last.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn dead_letters(
        &self,
        actor: &Actor,
        before: Option<&DeadLetterCursor>,
        most: usize,
    ) -> Result<(Vec<Delivery>, Option<DeadLetterCursor>), Error> {
        let (world, at, most) = (self.world(), self.now(), most.min(MOST));
        let before = before.map(|cursor| (cursor.ended_at, &cursor.id));
        let page = delivery::dead(self.shared.store.read(), before, MOST as u64).await?;
        let place = |dead: &Delivery| Some(DeadLetterCursor { ended_at: dead.ended_at?, id: dead.id.clone() });
        let mut next = page.last().and_then(place).filter(|_| page.len() == MOST);
        let mut shown = Vec::new();
        for dead in page {
            // A notice about what goes round the actor must not tell of it by not having been delivered.
            if looks_after(&world, actor, &dead.person, at)
                && !self.told(actor, self.posted(&dead, MOST as u64).await?).await?.is_empty()
            {
                shown.push(dead);
            }
        }
        if shown.len() > most {
            shown.truncate(most);
            next = shown.last().and_then(place);
        }
        Ok((shown, next))
    }
}
