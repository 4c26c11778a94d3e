//! The declared days of calendars.

use sea_orm::entity::prelude::*;

/// One row of `calendar_day`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_day")]
pub struct Model {
    /// The calendar.
    #[sea_orm(primary_key, auto_increment = false)]
    pub calendar: String,
    /// The date, as 2026-10-01.
    #[sea_orm(primary_key, auto_increment = false)]
    pub date: String,
    /// What people call it.
    pub name: String,
    /// Holiday, MakeUp or LocalOff.
    pub kind: String,
    /// Periods of this date alone, separated by semicolons.
    pub periods: String,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
