//! How long everything may take.

use sea_orm::entity::prelude::*;

/// One row of `limit_rule`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "limit_rule")]
pub struct Model {
    /// For the matters of this ladder; empty when it is for a matter.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ladder: String,
    /// For this matter; empty when it is for a ladder.
    #[sea_orm(primary_key, auto_increment = false)]
    pub matter: String,
    /// For this rung; 0 for every rung.
    #[sea_orm(primary_key, auto_increment = false)]
    pub rung: i16,
    /// What it is for.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// From when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub from_at: i64,
    /// Until when.
    pub to_at: i64,
    /// How long, as people write it.
    pub allowance: String,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
