//! The rungs of all ladders.

use sea_orm::entity::prelude::*;

/// One row of `rung`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rung")]
pub struct Model {
    /// The ladder.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ladder: String,
    /// Counts from 1 at the lowest.
    #[sea_orm(primary_key, auto_increment = false)]
    pub no: i16,
    /// From when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub from_at: i64,
    /// Until when.
    pub to_at: i64,
    /// What people call the ladder.
    pub ladder_name: String,
    /// At which tier.
    pub tier: String,
    /// Which posts.
    pub kind: String,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
