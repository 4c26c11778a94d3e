//! Who is absent, and who stands in.

use sea_orm::entity::prelude::*;

/// One row of `absence`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "absence")]
pub struct Model {
    /// Names it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Who cannot act.
    pub person: String,
    /// From when, as was meant.
    pub from_at: i64,
    /// Until when, as was meant.
    pub to_at: i64,
    /// Why.
    pub reason: String,
    /// For which matters alone, separated by semicolons; null for everything.
    pub matters: Option<String>,
    /// Who stands in; null for whoever else holds the post.
    pub substitute: Option<String>,
    /// When whoever is named could not stand in any more.
    pub substitute_until: Option<i64>,
    /// Who recorded it; null for the operator.
    pub recorded_by: Option<String>,
    /// When it was recorded.
    pub recorded_at: i64,
    /// When the person came back, if that was before the end that was meant.
    pub ended_at: Option<i64>,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
