//! What people must be told.

use sea_orm::entity::prelude::*;

/// One row of `outbox`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    /// The journal entry it follows from.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// Counts the notices of the entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub no: i16,
    /// Who is told.
    pub person: String,
    /// What.
    pub kind: String,
    /// About which request; null when it is about something else.
    pub request: Option<Uuid>,
    /// About which change of duty.
    pub duty_change: Option<String>,
    /// About which absence.
    pub absence: Option<String>,
    /// About which roster.
    pub roster: Option<String>,
    /// About which post.
    pub post: Option<String>,
    /// About which unit.
    pub unit: Option<String>,
    /// About which assignment.
    pub assignment: Option<i16>,
    /// When.
    pub at: i64,
    /// Whether it can wait for the morning.
    pub urgency: String,
    /// When it is to be told.
    pub deliver_at: i64,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
