//! The market days of calendars.

use sea_orm::entity::prelude::*;

/// One row of `market`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "market")]
pub struct Model {
    /// The calendar.
    #[sea_orm(primary_key, auto_increment = false)]
    pub calendar: String,
    /// The kind of rule.
    #[sea_orm(primary_key, auto_increment = false)]
    pub rule: String,
    /// Its values, separated by semicolons.
    #[sea_orm(primary_key, auto_increment = false)]
    pub items: String,
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
