//! Posts.

use sea_orm::entity::prelude::*;

/// One row of `post`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "post")]
pub struct Model {
    /// Names the post.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// As people say it.
    pub name: String,
    /// What it is for.
    pub kind: String,
    /// Where it stands.
    pub unit: String,
    /// When it begins.
    pub from_at: i64,
    /// When it ends.
    pub to_at: i64,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
