//! What changed who is on duty: swaps, taking over, covers.

use sea_orm::entity::prelude::*;

/// One row of `duty_change`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "duty_change")]
pub struct Model {
    /// Names it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Of which roster.
    pub roster: String,
    /// Swap, TakeOver or Cover.
    pub kind: String,
    /// For which shift, as 2026-01-05#3; null when it is for a stretch of time.
    pub shift: Option<String>,
    /// From when, of a stretch of time.
    pub from_at: Option<i64>,
    /// Until when, of a stretch of time.
    pub to_at: Option<i64>,
    /// Who goes off duty.
    pub goes: Option<String>,
    /// Who comes on duty; null of a swap that nobody took.
    pub comes: Option<String>,
    /// Who alone may take a swap.
    pub offered_to: Option<String>,
    /// The shift that goes the other way.
    pub against: Option<String>,
    /// Why.
    pub reason: String,
    /// Who offered, took over, arranged; null for the operator.
    pub begun_by: Option<String>,
    /// When.
    pub begun_at: i64,
    /// When a swap was taken.
    pub taken_at: Option<i64>,
    /// Who took it back or undid it; null for the operator.
    pub ended_by: Option<String>,
    /// When it was taken back, undone, or expired.
    pub ended_at: Option<i64>,
    /// Why it expired, as ShiftBegun; null where somebody ended it.
    pub expiry: Option<String>,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
