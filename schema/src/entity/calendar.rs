//! The calendars.

use sea_orm::entity::prelude::*;

/// One row of `calendar`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar")]
pub struct Model {
    /// Names it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Whose declared days it has as well.
    pub base: Option<String>,
    /// The zone of its hours.
    pub zone: String,
    /// The last day that public notices cover.
    pub published_to: Option<String>,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
