//! What reckoning the limits of a request anew would come to.

use async_graphql::SimpleObject;

use super::{limit::MovedLimit, request::Request};

/// A request with the limits that would move.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct LimitPreview {
    /// Which.
    pub(crate) request: Request,
    /// What would move; none where every limit ends when it did.
    pub(crate) moves: Vec<MovedLimit>,
}
