//! What dates of the register bring by themselves: holdings and absences that begin or end, offers that lapse.

use super::World;
use crate::rules::{
    id::PostCode,
    instant::{Instant, Span},
};

/// Whether one of the two ends of a stretch lies after an instant and not later than another.
fn turns(span: Span, after: Instant, until: Instant) -> bool {
    [span.from, span.to].iter().any(|end| *end > after && *end <= until && *end != Instant::MAX)
}

impl World {
    /// The first instant after another at which somebody's holding or absence begins or ends, or a shift begins that
    /// is offered and that nobody took; none when all that is known stays as it is.
    #[must_use]
    pub fn next_change_of_hands(&self, after: Instant) -> Option<Instant> {
        let ends = self.spans.all().iter().flat_map(|span| [span.from, span.to]);
        let held = ends.filter(|end| *end > after && *end != Instant::MAX).min();
        let away = self.absences.changing(after, Instant::MAX).map(|(at, _)| at).next();
        let lapses = self.lapses.get(self.lapses.partition_point(|at| *at <= after)).copied();
        held.into_iter().chain(away).chain(lapses).min()
    }

    /// The posts whose open work may change hands because such an instant came after one instant and not
    /// later than another. Whoever hands over looks at the open requests on these posts, as they are then.
    #[must_use]
    pub fn changing_hands(&self, after: Instant, until: Instant) -> Vec<PostCode> {
        let away = self.absences.changing(after, until);
        let mut posts: Vec<PostCode> = away.flat_map(|(at, row)| self.posts_hanging_on(&row.person, at)).collect();
        if self.spans.all().iter().any(|span| turns(*span, after, until)) {
            let held = self.rows.holdings.iter().filter(|h| turns(h.span, after, until));
            posts.extend(held.clone().map(|h| h.post.clone()));
            // Whoever leaves the last post stands in for nobody any more, and whoever comes may.
            posts.extend(held.flat_map(|h| self.posts_hanging_on(&h.person, until)));
        }
        if !posts.is_empty() {
            // What nobody could take in somebody's absence, somebody may take now.
            posts.extend(self.posts_of_absent(until));
        }
        posts.sort_unstable();
        posts.dedup();
        posts
    }
}
