//! 回避: a request about a person's conduct goes neither to that person, nor to anyone below or beside them.
//!
//! One rule for routing, sight, help, steps, transfers, rulings, taking over, standing in, carrying back and who is told.

use crate::rules::{
    instant::Instant,
    post::Rank,
    tree::UnitIx,
    world::{Held, PersonIx, PostIx, World},
};

/// The people complained of, and what they hold.
#[derive(Clone, Debug, Default)]
pub struct Recusal {
    accused: Vec<PersonIx>,
    held: Vec<Held>,
}

impl Recusal {
    /// The people and every post they hold at that instant, as first or as substitute.
    #[must_use]
    pub fn of(world: &World, accused: &[PersonIx], at: Instant) -> Self {
        let held = accused.iter().flat_map(|p| world.held_by(*p, at)).collect();
        Self { accused: accused.to_vec(), held }
    }

    /// Whether nobody on this post may have the request: whoever answers for it acts in the name of somebody complained
    /// of, or stands below or beside such a person.
    #[must_use]
    pub fn closes(&self, world: &World, post: PostIx, at: Instant) -> bool {
        self.held.iter().any(|of| {
            let own = of.post == post && of.rank == Rank::First;
            own || is_below(world, post, of.post, at) || is_beside(world, post, of.post)
        })
    }

    /// Whether the person must not have the request, nor see it: complained of, or on any post of theirs below or
    /// beside somebody who is. Who holds a post first stands above its substitutes, who share it with each other.
    #[must_use]
    pub fn keeps_from(&self, world: &World, person: PersonIx, at: Instant) -> bool {
        if self.accused.is_empty() {
            return false;
        }
        let shares = |own: &Held| {
            let substitutes = |of: &Held| of.post == own.post && of.rank != Rank::First;
            own.rank != Rank::First && self.held.iter().any(substitutes)
        };
        let kept = |own: Held| shares(&own) || self.closes(world, own.post, at);
        self.accused.contains(&person) || world.held_by(person, at).any(kept)
    }

    /// Whether this person on this post must not have the request.
    #[must_use]
    pub fn keeps_from_on(&self, world: &World, post: PostIx, person: PersonIx, at: Instant) -> bool {
        !self.accused.is_empty() && (self.closes(world, post, at) || self.keeps_from(world, person, at))
    }

    /// Whether this person must not stand in on a post that they do not hold: as above, nor who holds no post at all.
    #[must_use]
    pub fn keeps_from_standing_in(&self, world: &World, post: PostIx, person: PersonIx, at: Instant) -> bool {
        !self.accused.is_empty() && (!world.in_office(person, at) || self.keeps_from_on(world, post, person, at))
    }
}

/// Whether `post` stands beside `other`: on the very same unit, and neither is the senior.
#[must_use]
pub fn is_beside(world: &World, post: PostIx, other: PostIx) -> bool {
    let seniority = |p: PostIx| world.post_kind(p).map(crate::rules::post::PostKind::seniority);
    let unit = world.post_unit(post);
    post != other && unit.is_some() && unit == world.post_unit(other) && seniority(post) == seniority(other)
}

/// Whether `post` stands below `above`.
///
/// A post on a territory commands everything in that territory except posts on the territory itself
/// (or serving it) that are as senior or more. A post on a functional unit commands only that unit
/// and the units in it: the head of a department is nobody's superior in the villages.
#[must_use]
pub fn is_below(world: &World, post: PostIx, above: PostIx, at: Instant) -> bool {
    if post == above {
        return false;
    }
    let seniority = |p: PostIx| world.post_kind(p).map_or(0, crate::rules::post::PostKind::seniority);
    let (Some(unit), Some(top)) = (world.post_unit(post), world.post_unit(above)) else { return false };
    let tree = world.tree();
    if tree.tier(top).is_none() {
        return tree.is_within(unit, top, at) && (unit != top || seniority(post) < seniority(above));
    }
    let Some(territory) = tree.territory(unit, at) else { return false };
    if territory == top { seniority(post) < seniority(above) } else { strictly_within(world, territory, top, at) }
}

fn strictly_within(world: &World, unit: UnitIx, top: UnitIx, at: Instant) -> bool {
    unit != top && world.tree().is_within(unit, top, at)
}
