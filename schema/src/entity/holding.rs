//! Who holds which post.

use sea_orm::entity::prelude::*;

/// One row of `holding`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "holding")]
pub struct Model {
    /// The post.
    #[sea_orm(primary_key, auto_increment = false)]
    pub post: String,
    /// Who holds it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person: String,
    /// From when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub from_at: i64,
    /// Until when.
    pub to_at: i64,
    /// First or Substitute.
    pub rank: String,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
