//! Stretches of units.

use sea_orm::entity::prelude::*;

/// One row of `unit`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unit")]
pub struct Model {
    /// Names the unit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// When the stretch begins.
    #[sea_orm(primary_key, auto_increment = false)]
    pub from_at: i64,
    /// When it ends.
    pub to_at: i64,
    /// What people call it.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// The unit above.
    pub parent: Option<String>,
    /// What a functional unit serves.
    pub serves: Option<String>,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
