//! The responsibility map as a list of nodes.

use async_graphql::{Object, SimpleObject};

use super::{post::Post, unit::Unit};
use crate::word::When;

/// A part of the map: a unit and what stands below it, level by level down to a depth.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(crate) struct ResponsibilityMap {
    /// The unit it begins at.
    pub(crate) root: Unit,
    /// As of when.
    pub(crate) as_of: When,
    /// The units, each after its parent, in the order of codes; at most 500.
    pub(crate) nodes: Vec<MapNode>,
    /// Whether there were more than 500, so that the last are left out.
    pub(crate) cut_off: bool,
}

/// A unit in the map.
#[derive(Clone, Debug)]
pub(crate) struct MapNode {
    pub(crate) unit: Unit,
    pub(crate) parent: Option<Unit>,
    pub(crate) depth: u32,
}

/// A unit in the map, with the posts on it.
#[Object(serial)]
impl MapNode {
    /// The unit.
    async fn unit(&self) -> &Unit {
        &self.unit
    }

    /// The unit above it in this map; null for the root.
    async fn parent(&self) -> Option<&Unit> {
        self.parent.as_ref()
    }

    /// How far below the root it stands; 0 for the root.
    async fn depth(&self) -> u32 {
        self.depth
    }

    /// The posts on it, from the least senior up.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn posts(&self) -> Vec<Post> {
        self.unit.posts_here()
    }
}
