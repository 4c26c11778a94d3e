//! Who asks.

use async_graphql::SimpleObject;

use super::{actor::ActorKind, person::Person, request::Request};
use crate::word::{Position, When};

/// Who asks, and when and where in the journal this answer stands.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Me {
    /// What kind of actor the token belongs to.
    pub(crate) kind: ActorKind,
    /// Who, if it is a person of the register.
    pub(crate) person: Option<Person>,
    /// The request, if it is a citizen with a receipt.
    pub(crate) request: Option<Request>,
    /// The present instant of the server.
    pub(crate) at: When,
    /// The newest position in the journal: subscribe `after` it to miss nothing that follows this answer.
    pub(crate) position: Position,
    /// The version of the register.
    pub(crate) world: u64,
}
