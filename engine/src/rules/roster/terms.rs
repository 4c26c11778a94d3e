//! Who holds the posts among whose holders rosters decide, and when: nobody else is on duty there.
//!
//! Somebody who left the post goes on standing in the order of the rota: taking them out would give every later shift
//! to somebody else. Their shifts are gaps until the rota is changed.

use std::collections::{HashMap, HashSet};

use super::row::Roster;
use crate::rules::{
    id::{PersonCode, PostCode, UnitCode},
    instant::Span,
    post::{Holding, Post, PostKind},
};

/// The terms of everybody, by unit and kind of post; only where rosters are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms(pub(super) HashMap<(UnitCode, PostKind), HashMap<PersonCode, Vec<Span>>>);

impl Terms {
    /// From the rows of a register.
    #[must_use]
    pub fn of(rosters: &[Roster], posts: &[Post], holdings: &[Holding]) -> Self {
        let places: HashSet<(&UnitCode, PostKind)> = rosters.iter().map(|row| (&row.unit, row.posts)).collect();
        if places.is_empty() {
            return Self::default();
        }
        let here = posts.iter().filter(|post| places.contains(&(&post.unit, post.kind)));
        let here: HashMap<&PostCode, &Post> = here.map(|post| (&post.code, post)).collect();
        let mut terms: HashMap<(UnitCode, PostKind), HashMap<PersonCode, Vec<Span>>> =
            places.into_iter().map(|(unit, posts)| ((unit.clone(), posts), HashMap::new())).collect();
        for holding in holdings {
            let Some(post) = here.get(&holding.post) else { continue };
            let span = Span { from: holding.span.from.max(post.span.from), to: holding.span.to.min(post.span.to) };
            let people = terms.entry((post.unit.clone(), post.kind)).or_default();
            people.entry(holding.person.clone()).or_default().push(span);
        }
        Self(terms)
    }
}
