//! What was held instead of somebody absent.

use std::sync::Arc;

use async_graphql::SimpleObject;
use liandong_engine::run::stood_in::Held;

use super::assignment::Assignment;
use crate::context::Scope;

/// One assignment that was somebody's instead of an absent person's (替岗).
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct StoodIn {
    /// The assignment of who stood in.
    assignment: Assignment,
    /// The assignment that the absent person had before; null for what was new.
    taken_from: Option<Assignment>,
    /// The assignment that it became when it was handed back; null while it is held, and where it came to another end.
    back: Option<Assignment>,
}

impl StoodIn {
    /// As the engine found it.
    pub(crate) fn of(scope: &Arc<Scope>, held: Held) -> Self {
        let Held { request, assignment, taken_from, back } = held;
        let of = |row| Assignment { scope: Arc::clone(scope), request, row };
        Self { assignment: of(assignment), taken_from: taken_from.map(of), back: back.map(of) }
    }
}
