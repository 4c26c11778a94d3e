//! 回避: a request about a person's conduct goes neither to that person nor to anyone below.

use crate::rules::{
    instant::Instant,
    post::Rank,
    tree::UnitIx,
    world::{Held, PersonIx, PostIx, World},
};

/// The people complained of, and from where they command.
#[derive(Clone, Debug, Default)]
pub struct Recusal {
    accused: Vec<PersonIx>,
    posts: Vec<PostIx>,
    /// Those of the posts where others only stand in for them.
    own: Vec<PostIx>,
}

impl Recusal {
    /// The people and every post they hold at that instant, as first or as substitute.
    #[must_use]
    pub fn of(world: &World, accused: &[PersonIx], at: Instant) -> Self {
        let held: Vec<Held> = accused.iter().flat_map(|p| world.held_by(*p, at)).collect();
        let own = held.iter().filter(|h| h.rank == Rank::First).map(|h| h.post).collect();
        Self { accused: accused.to_vec(), posts: held.iter().map(|h| h.post).collect(), own }
    }

    /// Whether this person on this post must not have the request: complained of, below such a person,
    /// or acting in such a person's name.
    #[must_use]
    pub fn keeps_from(&self, world: &World, post: PostIx, person: PersonIx, at: Instant) -> bool {
        self.own.contains(&post) || self.covers(world, post, person, at)
    }

    /// Whether this person on this post is complained of, or stands below such a person.
    #[must_use]
    pub fn covers(&self, world: &World, post: PostIx, person: PersonIx, at: Instant) -> bool {
        self.accused.contains(&person) || self.posts.iter().any(|above| is_below(world, post, *above, at))
    }

    /// Whether this person must not stand in on a post that they do not hold: as above, and nobody whom any
    /// post of theirs keeps from it, nor who holds none.
    #[must_use]
    pub fn keeps_from_standing_in(&self, world: &World, post: PostIx, person: PersonIx, at: Instant) -> bool {
        if self.accused.is_empty() {
            return false;
        }
        let mut held = world.held_by(person, at).peekable();
        held.peek().is_none()
            || self.covers(world, post, person, at)
            || held.any(|h| self.keeps_from(world, h.post, person, at))
    }

    /// Whether the person must not see the request at all: complained of, or kept from it in everything
    /// they hold.
    #[must_use]
    pub fn hides_from(&self, world: &World, person: PersonIx, at: Instant) -> bool {
        if self.accused.is_empty() {
            return false;
        }
        let kept_from = |post| self.keeps_from(world, post, person, at);
        self.accused.contains(&person) || world.held_by(person, at).all(|h| kept_from(h.post))
    }
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
