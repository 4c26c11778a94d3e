//! A delivery: what goes out to one person at one instant, and what becomes of it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{Notice, Urgency};
use crate::rules::{
    actor::Actor,
    authority::{Act, Role, Roles, may, roles_at},
    id::PersonCode,
    instant::Instant,
    tier::words,
    world::World,
};

words! {
    /// What became of a delivery.
    pub enum State {
        /// It is to go out, for the first time or once more.
        Waiting = "待投递",
        /// The receiver has it.
        Delivered = "已投递",
        /// It was tried so often that it is given up, until somebody replays it.
        Dead = "投递失败",
    }
}

words! {
    /// Why a delivery is not replayed.
    pub enum Code {
        /// There is none with this id that the actor looks after.
        UnknownDelivery = "没有这条投递",
        /// It is not given up: it waits, or the receiver has it.
        NotDead = "该投递并未失败",
    }
}

/// A refusal: which rule, and what in the command it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stable code.
    pub code: Code,
    /// What it is about, naming the input and the mend.
    pub message: String,
}

/// For how many days a delivery is kept that the receiver has: long enough to settle what went out, or did not.
pub const KEPT_DAYS: i64 = 30;

/// What ended before then need not be kept.
#[must_use]
pub fn kept_since(now: Instant) -> Instant {
    now.plus_days(-KEPT_DAYS)
}

/// The longest id, in bytes.
const MOST: usize = 100;

/// Names a delivery: the digest of a person at an instant (`d.PERSON.MICROSECONDS`), or one notice
/// that is told at once (`n.POSITION.NO`). The same things said make the same name, so nothing is delivered under two.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeliveryId(String);

/// Why a text names no delivery.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no delivery; use an id that `deadLetters` or a notice gave")]
pub struct BadDeliveryId(String);

impl DeliveryId {
    /// The delivery that a notice goes out with; it is the `no`th of the journal entry at `position`.
    #[must_use]
    pub fn of(position: i64, no: u16, notice: &Notice) -> Self {
        Self(match notice.urgency {
            Urgency::Urgent | Urgency::Prompt => format!("n.{position}.{no}"),
            Urgency::Digest => Self::digest(&notice.person, notice.deliver_at).0,
        })
    }

    /// The digest of a person at an instant.
    #[must_use]
    pub fn digest(person: &PersonCode, at: Instant) -> Self {
        Self(format!("d.{person}.{}", at.0))
    }

    /// As the receiver reads it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DeliveryId {
    type Err = BadDeliveryId;

    fn from_str(text: &str) -> Result<Self, BadDeliveryId> {
        let fits = (1..=MOST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        fits.then(|| Self(text.to_owned())).ok_or_else(|| BadDeliveryId(text.chars().take(40).collect()))
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether the actor looks after what is delivered to a person: who runs the program, and the leader who
/// keeps the register where the person holds a post.
#[must_use]
pub fn looks_after(world: &World, actor: &Actor, person: &PersonCode, at: Instant) -> bool {
    let grants = |roles| may(roles, Act::ReplayDelivery);
    match actor {
        Actor::Operator => grants(Roles::default().with(Role::Operator)),
        Actor::Person(code) => {
            let both = world.find_person(code.as_str()).zip(world.find_person(person.as_str()));
            both.is_some_and(|(leader, person)| {
                let mut units = world.held_by(person, at).filter_map(|held| world.post_unit(held.post));
                units.any(|unit| {
                    let territory = world.tree().territory(unit, at);
                    territory.is_some_and(|place| grants(roles_at(world, leader, place, at)))
                })
            })
        }
        Actor::Citizen(_) | Actor::System => false,
    }
}

/// Decides whether a delivery is tried anew; `found` is whose it is, and what became of it.
///
/// # Errors
/// `UnknownDelivery` when there is none that the actor looks after, `NotDead` when it is not given up.
pub fn replay(
    world: &World,
    at: Instant,
    actor: &Actor,
    id: &DeliveryId,
    found: Option<(&PersonCode, State)>,
) -> Result<(), Refusal> {
    let Some((_, state)) = found.filter(|(person, _)| looks_after(world, actor, person, at)) else {
        let message = format!("delivery `{id}` is not among those you look after; check the id");
        return Err(Refusal { code: Code::UnknownDelivery, message });
    };
    if state != State::Dead {
        let message = format!("delivery `{id}` is {state}; only one that is given up can be replayed");
        return Err(Refusal { code: Code::NotDead, message });
    }
    Ok(())
}
