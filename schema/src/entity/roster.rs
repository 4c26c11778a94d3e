//! Who is on duty when: stretches of rosters.

use sea_orm::entity::prelude::*;

/// One row of `roster`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roster")]
pub struct Model {
    /// Names the roster through all its stretches.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// From when.
    #[sea_orm(primary_key, auto_increment = false)]
    pub from_at: i64,
    /// Until when.
    pub to_at: i64,
    /// What people call it.
    pub name: String,
    /// Where the duty is.
    pub unit: String,
    /// What it is for.
    pub kind: String,
    /// Among the holders of which kind of post it decides.
    pub posts: String,
    /// Whether only who is on duty takes requests.
    pub exclusive: bool,
    /// The days of duty, separated by semicolons.
    pub duty_days: String,
    /// When a shift without hours takes over, as 08:00.
    pub hand_over: String,
    /// The hours of duty, as 08:30-17:00.
    pub hours: Option<String>,
    /// Daily, Weekly or PerOccurrence.
    pub turn: String,
    /// With which day a week begins.
    pub week_begins: String,
    /// How many are on duty at once.
    pub width: i16,
    /// The day from which shifts are counted, as 2026-01-05.
    pub start_date: String,
    /// Who follows whom, separated by semicolons; - is nobody on purpose.
    pub slots: String,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
