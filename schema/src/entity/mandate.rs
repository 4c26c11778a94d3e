//! Who may resolve or assist with which matter.

use sea_orm::entity::prelude::*;

/// One row of `mandate`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mandate")]
pub struct Model {
    /// `kind:` and a kind of post, or `post:` and a code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub holder: String,
    /// For what.
    #[sea_orm(primary_key, auto_increment = false)]
    pub matter: String,
    /// Resolve or Assist.
    #[sea_orm(primary_key, auto_increment = false)]
    pub power: String,
    /// From when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub from_at: i64,
    /// Until when.
    pub to_at: i64,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
