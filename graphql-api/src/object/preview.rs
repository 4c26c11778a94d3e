//! What would become of a request: its limits reckoned anew, or its matter or place corrected.

use std::sync::Arc;

use async_graphql::SimpleObject;
use liandong_engine::{rules::request::refusal, run::engine::Correction};

use super::{
    limit::{MovedLimit, ReckonedLimit},
    person::Person,
    post::Post,
    refusal::Refusal,
    request::Request,
};
use crate::context::Scope;

/// A request with the limits that would move.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct LimitPreview {
    /// Which.
    pub(crate) request: Request,
    /// What would move; none where every limit ends when it did.
    pub(crate) moves: Vec<MovedLimit>,
}

/// What correcting the matter or the place of a request would come to: who would have it and until when, or a refusal.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct CorrectionPreview {
    /// The request as it is; null when it would be refused.
    pub(crate) request: Option<Request>,
    /// Whether who has it now would keep it.
    pub(crate) keeps: Option<bool>,
    /// On which post it would be.
    pub(crate) post: Option<Post>,
    /// Who would be responsible.
    pub(crate) person: Option<Person>,
    /// The limits that it would have, of the assignment and of the whole case.
    pub(crate) limits: Vec<ReckonedLimit>,
    /// Why it would not be done; null when it would.
    pub(crate) refusal: Option<Refusal>,
}

impl CorrectionPreview {
    /// What the rules made of it.
    pub(crate) fn of(scope: &Arc<Scope>, decided: Result<Correction, refusal::Refusal>) -> Self {
        let Correction { request, event } = match decided {
            Ok(correction) => correction,
            Err(refused) => {
                let refusal = Some(Refusal::of(&refused.into()));
                return Self { request: None, keeps: None, post: None, person: None, limits: Vec::new(), refusal };
            }
        };
        let opens = event.opens();
        let held = request.handle().map(|held| &held.person);
        let post = opens.and_then(|opens| scope.world.find_post(opens.post.as_str()));
        Self {
            keeps: opens.map(|opens| held == Some(&opens.person)),
            post: post.map(|ix| Post { scope: Arc::clone(scope), ix, at: scope.at }),
            person: opens.and_then(|opens| Person::find(scope, &opens.person)),
            limits: event.limits().into_iter().map(|(kind, reckoned)| ReckonedLimit::of(kind, reckoned)).collect(),
            request: Some(Request { scope: Arc::clone(scope), row: Arc::new(request) }),
            refusal: None,
        }
    }
}
