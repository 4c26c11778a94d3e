//! The account: for each post passed on the way, why it was passed. Stored with the decision.

use serde::{Deserialize, Serialize};

use super::{Route, RungNo};
use crate::rules::{
    id::{PersonCode, PostCode},
    post::{PostKind, Rank},
    tier::words,
    world::{PostIx, World},
};

words! {
    /// Why a post was passed.
    pub enum Verdict {
        /// It may not resolve this matter.
        NoMandate = "无权限",
        /// Nobody holds it, or the rung has no post here.
        Vacant = "空缺",
        /// Whoever answers for it is absent, and nobody stands in.
        Absent = "不在岗",
        /// Others are on duty there, and only they take requests.
        OffDuty = "未当班",
        /// The request is about its holder, or about somebody above its holder.
        Recused = "回避",
        /// It, or whoever holds it, had the request in this climb already.
        AlreadyHeld = "已经手",
        /// A superior's order passes it over.
        Overruled = "上级指定",
    }
}

/// One post passed, or a rung with no post at this place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    /// The rung.
    pub rung: RungNo,
    /// The post; none when the rung has no post at this place.
    pub post: Option<PostIx>,
    /// The kind of post of the rung.
    pub kind: PostKind,
    /// Why.
    pub verdict: Verdict,
}

/// A route in the words of the register, so that it can be stored and read without the world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Who got it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<AccountFound>,
    /// Every post passed, in the order of the climb.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed: Vec<AccountPassed>,
    /// The version of the register that was asked.
    pub world: u64,
}

/// Who got it, in the words of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountFound {
    /// The rung.
    pub rung: RungNo,
    /// The post.
    pub post: PostCode,
    /// The person.
    pub person: PersonCode,
    /// As what the person holds the post.
    pub rank: Rank,
    /// Who would answer for the post, but is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<PersonCode>,
}

/// A post passed, in the words of the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountPassed {
    /// The rung.
    pub rung: RungNo,
    /// The post; none when the rung had no post there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<PostCode>,
    /// The kind of post.
    pub kind: PostKind,
    /// Why.
    pub verdict: Verdict,
}

impl Account {
    /// The account of a route.
    #[must_use]
    pub fn of(world: &World, route: &Route) -> Self {
        let found = route.found.and_then(|f| {
            let post = world.post_code(f.post)?.clone();
            let person = world.person_code(f.person)?.clone();
            let instead_of = f.instead_of.and_then(|absent| world.person_code(absent)).cloned();
            Some(AccountFound { rung: f.rung, post, person, rank: f.rank, instead_of })
        });
        let passed = route.passed.iter().map(|p| AccountPassed {
            rung: p.rung,
            post: p.post.and_then(|post| world.post_code(post)).cloned(),
            kind: p.kind,
            verdict: p.verdict,
        });
        Self { found, passed: passed.collect(), world: world.version() }
    }
}
