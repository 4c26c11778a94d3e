//! The one row that every commit passes through: it numbers the journal and the world.

use sea_orm::entity::prelude::*;

/// One row of `head`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "head")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    /// Counts the changes of the register.
    pub world_version: i64,
    /// The newest journal position.
    pub position: i64,
    /// The newest instant of the journal, in microseconds since 1970: time never runs backward in it.
    pub at: i64,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
