//! The register: every dated fact about units, people, posts, holdings, matters, mandates and ladders.

use serde::{Deserialize, Serialize};

use crate::rules::{
    matter::{Mandate, Matter, Rung},
    post::{Holding, Person, Post},
    tier::Unit,
};

/// The rows of all seven tables. Plain data: it may be wrong; [`super::World::build`] tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register {
    /// Stretches of units.
    pub units: Vec<Unit>,
    /// People.
    pub people: Vec<Person>,
    /// Posts.
    pub posts: Vec<Post>,
    /// Who holds what.
    pub holdings: Vec<Holding>,
    /// The catalogue.
    pub matters: Vec<Matter>,
    /// Who may do what.
    pub mandates: Vec<Mandate>,
    /// The rungs of all ladders.
    pub ladders: Vec<Rung>,
}

impl Register {
    /// How many rows there are in all.
    #[must_use]
    pub fn rows(&self) -> usize {
        let Self { units, people, posts, holdings, matters, mandates, ladders } = self;
        units.len() + people.len() + posts.len() + holdings.len() + matters.len() + mandates.len() + ladders.len()
    }
}
