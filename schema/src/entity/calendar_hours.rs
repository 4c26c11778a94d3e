//! The hours of calendars.

use sea_orm::entity::prelude::*;

/// One row of `calendar_hours`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_hours")]
pub struct Model {
    /// The calendar.
    #[sea_orm(primary_key, auto_increment = false)]
    pub calendar: String,
    /// On which days.
    #[sea_orm(primary_key, auto_increment = false)]
    pub applies_on: String,
    /// From when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub from_at: i64,
    /// Until when.
    pub to_at: i64,
    /// Periods of the day, separated by semicolons.
    pub periods: String,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
