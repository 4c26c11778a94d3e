//! What can be asked for, who may resolve it, and the ladder that it climbs.

use serde::{Deserialize, Serialize};

use super::{
    id::{LadderCode, MatterCode, PostCode},
    instant::Span,
    post::PostKind,
    tier::{Tier, words},
};

/// An entry of the catalogue of what can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    /// Names the matter.
    pub code: MatterCode,
    /// The official short name.
    pub name: String,
    /// The heading it stands under in the catalogue.
    pub category: String,
    /// The ladder that requests of this matter climb.
    pub ladder: LadderCode,
    /// Whether such a request names a person's conduct, so that it must go round that person.
    pub conduct: bool,
    /// What to bring, in order.
    pub materials: Vec<String>,
    /// In fen; 0 is free of charge.
    pub fee_fen: u32,
    /// How citizens say it.
    pub words: Vec<String>,
    /// When it can be asked for.
    pub span: Span,
}

words! {
    /// What a mandate allows.
    pub enum Power {
        /// May bring the matter to its end.
        Resolve = "办理",
        /// May only help it along.
        Assist = "代办",
    }
}

/// Whom a mandate is given to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Mandated {
    /// Every post of a kind.
    Kind(PostKind),
    /// One post.
    Post(PostCode),
}

/// Allows a kind of post, or one post, to resolve a matter or to assist with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mandate {
    /// Who may.
    pub to: Mandated,
    /// What for.
    pub matter: MatterCode,
    /// How far.
    pub power: Power,
    /// When it holds.
    pub span: Span,
}

/// One rung of a ladder: the posts of a kind at the territory of a tier above the place, or on a
/// functional unit that serves that territory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    /// The ladder it belongs to.
    pub ladder: LadderCode,
    /// What people call the ladder.
    pub ladder_name: String,
    /// Counts from 1 at the lowest rung.
    pub no: u8,
    /// At which tier above the place.
    pub tier: Tier,
    /// Which posts.
    pub kind: PostKind,
    /// When this rung is part of the ladder.
    pub span: Span,
}
