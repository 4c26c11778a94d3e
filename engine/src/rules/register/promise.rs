//! Whether what the rungs of a ladder may take together fits into what was promised for the whole case.

use serde::Serialize;

use crate::rules::{
    calendar::Calendar,
    instant::Instant,
    limit::{LimitKind, reckon},
    matter::{Mandated, Power},
    post::PostKind,
    world::{MatterIx, World},
};

/// A matter whose rungs may take longer, one after another, than the town or the law gives the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Overpromised {
    /// The matter's code.
    pub matter: String,
    /// Which limit of the whole case.
    pub limit: LimitKind,
    /// When a case that begins at the instant of the report is to be at its end.
    pub due: Instant,
    /// When the last rung that may resolve it may still be at it, if each before it lets its time to finish run
    /// out.
    pub rungs_due: Instant,
}

/// The matters offered at that instant whose rungs together pass a limit of the whole, in the order of matters and
/// of limits. Reckoned by the calendar of the first root of the tree; only rungs that may resolve the matter count.
#[must_use]
pub fn overpromised(world: &World, at: Instant) -> Vec<Overpromised> {
    let tree = world.tree();
    let root = tree.all().find(|unit| tree.exists(*unit, at) && tree.parent(*unit, at).is_none());
    let Some(calendar) = root.map(|root| world.calendar(root, at)) else { return Vec::new() };
    let offered = world.matters().filter(|m| world.matter(*m).is_some_and(|m| m.span.contains(at)));
    offered.flat_map(|matter| of_matter(world, calendar, matter, at)).collect()
}

fn of_matter(world: &World, calendar: &Calendar, matter: MatterIx, at: Instant) -> Vec<Overpromised> {
    let mut rungs_due = at;
    for rung in world.rungs(matter, at).filter(|rung| resolves(world, rung.kind, matter, at)) {
        let finish = world.allowance(matter, Some(rung.no), LimitKind::Finish, at);
        let ends = finish.and_then(|finish| reckon(calendar, rungs_due, finish));
        rungs_due = ends.map_or(rungs_due, |reckoned| reckoned.limit.due);
    }
    let passed = |limit: LimitKind| {
        let due = reckon(calendar, at, world.allowance(matter, None, limit, at)?)?.limit.due;
        let matter = world.matter_code(matter)?.to_string();
        (rungs_due > due).then_some(Overpromised { matter, limit, due, rungs_due })
    };
    [LimitKind::Committed, LimitKind::Statutory].into_iter().filter_map(passed).collect()
}

/// Whether posts of the kind, or one of them, may resolve the matter.
fn resolves(world: &World, kind: PostKind, matter: MatterIx, at: Instant) -> bool {
    let of_kind = |to: &Mandated| match to {
        Mandated::Kind(of) => *of == kind,
        Mandated::Post(post) => world.find_post(post.as_str()).and_then(|post| world.post_kind(post)) == Some(kind),
    };
    let code = world.matter_code(matter);
    let mut rows = world.register().mandates.iter().filter(|row| Some(&row.matter) == code && row.span.contains(at));
    rows.any(|row| row.power == Power::Resolve && of_kind(&row.to))
}
