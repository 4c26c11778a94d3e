//! How much each person has open.

use async_graphql::SimpleObject;

use super::person::Person;

/// How much a person has open.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct Workload {
    /// Who.
    pub(crate) person: Person,
    /// How many Handle assignments are open.
    pub(crate) handles: u32,
}
