//! Why somebody is responsible: who was found, and every post passed on the way.

use std::sync::Arc;

use async_graphql::SimpleObject;
use liandong_engine::rules::{
    instant::Instant,
    post,
    routing::{self, BEYOND, RungNo, account},
};

use super::{matter::Matter, person::Person, post::Post, unit::Unit};
use crate::{
    context::Scope,
    word::{PostKind, Rank, Verdict, When},
};

/// Who is responsible for a matter at a place at an instant, and why.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Route {
    /// Where the need is.
    pub(crate) place: Unit,
    /// What it is about.
    pub(crate) matter: Matter,
    /// As of when the question was answered.
    pub(crate) at: When,
    /// Who is responsible; null only when every post that could take it is recused or vacant.
    pub(crate) found: Option<Found>,
    /// Whether no rung of the ladder answered, so that the dispatcher takes it.
    pub(crate) unrouted: bool,
    /// Every post passed, in the order of the climb.
    pub(crate) passed: Vec<Passed>,
    /// The version of the register that was asked.
    pub(crate) world: u64,
}

/// Who got it.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Found {
    /// On which rung of the ladder, counted from 1; from 200 on it is beyond the ladder.
    rung: RungNo,
    /// Whether that is beyond the ladder: the dispatcher, or who stands in for that post.
    beyond_ladder: bool,
    /// The post.
    post: Option<Post>,
    /// Its holder or substitute, or who stands in by name for somebody absent.
    person: Option<Person>,
    /// As what the person holds it.
    rank: Rank,
    /// As what, in Chinese.
    rank_zh: &'static str,
    /// Who would answer for the post, but is absent.
    instead_of: Option<Person>,
}

/// A post passed, or a rung with no post at this place.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Passed {
    /// On which rung.
    rung: RungNo,
    /// The post; null when the rung has no post there.
    post: Option<Post>,
    /// The kind of post of the rung.
    kind: PostKind,
    /// The kind, in Chinese.
    kind_zh: &'static str,
    /// Why it was passed.
    verdict: Verdict,
    /// Why, in Chinese.
    verdict_zh: &'static str,
}

/// The stored explanation of a decision.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Account {
    /// Who got it.
    found: Option<Found>,
    /// Every post passed, in the order of the climb.
    passed: Vec<Passed>,
    /// The version of the register that was asked.
    world: u64,
}

fn found(
    rung: RungNo,
    post: Option<Post>,
    (person, instead_of): (Option<Person>, Option<Person>),
    rank: post::Rank,
) -> Found {
    let beyond_ladder = rung >= BEYOND;
    Found { rung, beyond_ladder, post, person, rank: rank.into(), rank_zh: rank.zh(), instead_of }
}

fn passed(rung: RungNo, post: Option<Post>, kind: post::PostKind, verdict: account::Verdict) -> Passed {
    Passed { rung, post, kind: kind.into(), kind_zh: kind.zh(), verdict: verdict.into(), verdict_zh: verdict.zh() }
}

impl Found {
    /// What a route found.
    pub(crate) fn of(scope: &Arc<Scope>, at: Instant, of: routing::Found) -> Self {
        let post = Post { scope: Arc::clone(scope), ix: of.post, at };
        let person = |ix| Person { scope: Arc::clone(scope), ix, at };
        found(of.rung, Some(post), (Some(person(of.person)), of.instead_of.map(person)), of.rank)
    }
}

impl Passed {
    /// What a route passed.
    pub(crate) fn of(scope: &Arc<Scope>, at: Instant, of: routing::Passed) -> Self {
        let post = of.post.map(|ix| Post { scope: Arc::clone(scope), ix, at });
        passed(of.rung, post, of.kind, of.verdict)
    }
}

impl Account {
    /// An account as the journal has it, of a decision made at an instant.
    pub(crate) fn of(scope: &Arc<Scope>, at: Instant, account: &routing::Account) -> Self {
        let post = |code: &str| {
            let ix = scope.world.find_post(code)?;
            Some(Post { scope: Arc::clone(scope), ix, at })
        };
        let who = account.found.as_ref().map(|f| {
            let person = |code| Person::find(scope, code).map(|person| Person { at, ..person });
            let people = (person(&f.person), f.instead_of.as_ref().and_then(person));
            found(f.rung, post(f.post.as_str()), people, f.rank)
        });
        let way = account
            .passed
            .iter()
            .map(|p| passed(p.rung, p.post.as_ref().and_then(|code| post(code.as_str())), p.kind, p.verdict));
        Self { found: who, passed: way.collect(), world: account.world }
    }
}
