//! Which unit keeps which calendar.

use sea_orm::entity::prelude::*;

/// One row of `unit_calendar`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unit_calendar")]
pub struct Model {
    /// The unit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub unit: String,
    /// From when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub from_at: i64,
    /// Until when.
    pub to_at: i64,
    /// The calendar.
    pub calendar: String,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
