//! Limits reckoned anew (重新计算时限): a holiday was declared late, or the register gives other times now.
//!
//! A running case keeps its limits as they were reckoned; moving them is a deliberate act, which can be looked
//! at before it is done, and leaves a record on each case.

use super::Case;
use crate::rules::{
    instant::Instant,
    limit::reckon,
    request::{
        Request,
        basis::{Basis, Former},
        event::Moved,
        refusal::Refusal,
        running,
    },
    routing::Loads,
    world::World,
};

/// What recomputing would come to: the limits that would move. With `rules_of_today` a limit that had its whole
/// time gets the time that the register gives today; what was left of one that had stopped stays what it was. What was
/// granted on top does too, and begins when the time before it ends now.
///
/// # Errors
/// `UnknownPlace` or `UnknownMatter` when the register does not know them any more.
pub fn moves(
    world: &World,
    request: &Request,
    at: Instant,
    bases: &[Basis],
    rules_of_today: bool,
) -> Result<Vec<Moved>, Refusal> {
    let nothing = Loads::default();
    let case = Case::of(world, request, at, &nothing)?;
    let running = running(request);
    let moved = |basis: &Basis| {
        let Basis { no, kind, reckoned, given, on_top_of } = basis;
        // The journal was read a moment ago: what does not run so any more is let be.
        if !running.iter().any(|due| due.no == *no && due.kind == *kind && due.at == reckoned.limit.due) {
            return None;
        }
        let assignment = request.assignment(*no);
        let calendar = assignment.map_or_else(|| case.calendar(), |a| case.calendar_of(&a.post));
        let rung = assignment.and_then(|a| case.limit_rung(a.rung));
        let was = reckoned.reckoning.allowance;
        let whole = given.is_some() && case.allowance(*kind, rung) == *given;
        let today = world.allowance(case.matter, rung, *kind, at).filter(|_| rules_of_today && whole);
        let former = on_top_of.and_then(|Former { start, allowance }| reckon(calendar, start, allowance));
        let start = former.map_or(reckoned.reckoning.start, |former| former.limit.due);
        let is = reckon(calendar, start, today.unwrap_or(was))?;
        (is.limit != reckoned.limit).then_some(Moved { no: *no, kind: *kind, was: reckoned.limit, is })
    };
    Ok(bases.iter().filter_map(moved).collect())
}
