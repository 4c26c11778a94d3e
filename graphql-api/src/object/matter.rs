//! The catalogue of what can be asked for, and the ladders.

use std::sync::Arc;

use async_graphql::{Object, SimpleObject};
use liandong_engine::rules::{instant::Instant, limit::LimitKind, matter::Mandated, world::MatterIx};

use super::post::Post;
use crate::{
    context::Scope,
    input,
    word::{PostKind, Power, Tier, When},
};

/// An entry of the catalogue of what can be asked for.
#[derive(Clone, Debug)]
pub(crate) struct Matter {
    pub(crate) scope: Arc<Scope>,
    pub(crate) ix: MatterIx,
    pub(crate) at: Instant,
}

impl Matter {
    /// The matter with this code, as of the present.
    pub(crate) fn find(scope: &Arc<Scope>, code: &str) -> Option<Self> {
        let ix = scope.world.find_matter(code)?;
        Some(Self { scope: Arc::clone(scope), ix, at: scope.at })
    }

    fn allowance(&self, rung: Option<u8>, kind: LimitKind) -> Option<String> {
        self.scope.world.allowance(self.ix, rung, kind, self.at).map(|allowance| allowance.zh())
    }

    fn row(&self) -> Option<&liandong_engine::rules::matter::Matter> {
        self.scope.world.matter(self.ix)
    }
}

/// An entry of the catalogue of what can be asked for.
#[Object(serial)]
impl Matter {
    /// Names the matter.
    async fn code(&self) -> &str {
        self.row().map_or("", |m| m.code.as_str())
    }

    /// The official short name.
    async fn name(&self) -> &str {
        self.row().map_or("", |m| &m.name)
    }

    /// The heading it stands under in the catalogue.
    async fn category(&self) -> &str {
        self.row().map_or("", |m| &m.category)
    }

    /// Whether such a request names a person's conduct, so that it goes round that person.
    async fn conduct(&self) -> bool {
        self.row().is_some_and(|m| m.conduct)
    }

    /// What to bring, in order.
    async fn materials(&self) -> &[String] {
        self.row().map_or(&[], |m| &m.materials)
    }

    /// The fee in fen; 0 is free of charge.
    async fn fee_fen(&self) -> u32 {
        self.row().map_or(0, |m| m.fee_fen)
    }

    /// How long the whole may take as the town has promised it, in Chinese; null where nothing is said of that.
    async fn committed_within(&self) -> Option<String> {
        self.allowance(None, LimitKind::Committed)
    }

    /// How long the whole may take as the law has it, in Chinese.
    async fn statutory_within(&self) -> Option<String> {
        self.allowance(None, LimitKind::Statutory)
    }

    /// How citizens say it.
    async fn words(&self) -> &[String] {
        self.row().map_or(&[], |m| &m.words)
    }

    /// Since when it can be asked for; null when since ever.
    async fn since(&self) -> Option<When> {
        self.row().and_then(|m| When::within(m.span.from))
    }

    /// Until when it can be asked for; null when that is open.
    async fn until(&self) -> Option<When> {
        self.row().and_then(|m| When::within(m.span.to))
    }

    /// The code of the ladder that such requests climb.
    async fn ladder(&self) -> &str {
        self.row().map_or("", |m| m.ladder.as_str())
    }

    /// The rungs of its ladder, from the lowest up.
    #[graphql(complexity = "8 * child_complexity + 1")]
    async fn rungs(&self) -> Vec<Rung> {
        let rungs = self.scope.world.rungs(self.ix, self.at);
        let rung = |r: &liandong_engine::rules::matter::Rung| Rung {
            no: r.no,
            ladder_name: r.ladder_name.clone(),
            tier: r.tier.into(),
            kind: r.kind.into(),
            kind_zh: r.kind.zh(),
            accept_within: self.allowance(Some(r.no), LimitKind::Accept),
            finish_within: self.allowance(Some(r.no), LimitKind::Finish),
        };
        rungs.map(rung).collect()
    }

    /// Who may resolve it, or help it along; at most 100.
    #[graphql(complexity = "8 * child_complexity + 1")]
    async fn mandates(&self) -> Vec<Mandate> {
        let Some(code) = self.scope.world.matter_code(self.ix) else { return Vec::new() };
        let mandates = &self.scope.world.register().mandates;
        let mine = mandates.iter().filter(|m| m.matter == *code && m.span.contains(self.at));
        let mandate = |m: &liandong_engine::rules::matter::Mandate| {
            let (kind, post) = match &m.to {
                Mandated::Kind(kind) => (Some((*kind).into()), None),
                Mandated::Post(post) => (None, self.scope.world.find_post(post.as_str())),
            };
            let post = post.map(|ix| Post { scope: Arc::clone(&self.scope), ix, at: self.at });
            Mandate { kind, post, power: m.power.into(), power_zh: m.power.zh() }
        };
        mine.take(input::MOST).map(mandate).collect()
    }
}

/// One rung of a ladder: the posts of a kind at the territory of a tier above the place.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Rung {
    /// Counts from 1 at the lowest rung.
    no: u8,
    /// What people call the ladder.
    ladder_name: String,
    /// At which tier above the place.
    tier: Tier,
    /// Which posts.
    kind: PostKind,
    /// Which posts, in Chinese.
    kind_zh: &'static str,
    /// How long accepting may take, in Chinese; null where nothing is said of that.
    accept_within: Option<String>,
    /// How long finishing may take, in Chinese.
    finish_within: Option<String>,
}

/// Allows a kind of post, or one post, to resolve a matter or to assist with it.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Mandate {
    /// The kind of post, if every post of a kind may.
    kind: Option<PostKind>,
    /// The post, if only this one may.
    post: Option<Post>,
    /// How far.
    power: Power,
    /// How far, in Chinese.
    power_zh: &'static str,
}
