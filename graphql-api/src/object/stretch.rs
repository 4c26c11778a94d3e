//! Where the register leaves somebody alone over a stretch of time.

use std::sync::Arc;

use async_graphql::{Object, Result};
use liandong_engine::rules::register::survey;

use super::coverage::{Counted, Uncovered};
use crate::{context::Scope, input, word::When};

/// A stretch of time in which the same is uncovered.
#[derive(Clone, Debug)]
pub(crate) struct CoverageStretch {
    pub(crate) scope: Arc<Scope>,
    pub(crate) all: Arc<[survey::Stretch]>,
    /// Which of all it is.
    pub(crate) no: usize,
}

/// A stretch of time in which the same matters are resolved by nobody on the ladder.
#[Object(serial)]
impl CoverageStretch {
    /// From when on.
    async fn since(&self) -> Option<When> {
        self.all.get(self.no).map(|stretch| When(stretch.from))
    }

    /// The first instant at which it is otherwise.
    async fn until(&self) -> Option<When> {
        self.all.get(self.no).map(|stretch| When(stretch.to))
    }

    /// Matters that nobody on the ladder may resolve at some places, all that time.
    #[graphql(complexity = "input::page(first) * child_complexity + 1")]
    async fn uncovered(
        &self,
        #[graphql(desc = "How many, 1 to 100; 20 when left out.")] first: Option<i32>,
    ) -> Result<Counted<Uncovered>> {
        let first = input::first(first)?;
        let Some(stretch) = self.all.get(self.no) else { return Ok(Counted { count: 0, items: Vec::new() }) };
        let items = stretch.uncovered.iter().take(first);
        let items = items.filter_map(|hole| Uncovered::of(&self.scope, stretch.from, hole)).collect();
        Ok(Counted { count: stretch.uncovered.len(), items })
    }
}
