//! Assignments, open and ended.

use sea_orm::entity::prelude::*;

/// One row of `assignment`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assignment")]
pub struct Model {
    /// Of which request.
    #[sea_orm(primary_key, auto_increment = false)]
    pub request: Uuid,
    /// Counts from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub no: i16,
    /// To do what.
    pub duty: String,
    /// On which post.
    pub post: String,
    /// Who is responsible.
    pub person: String,
    /// On which rung.
    pub rung: i16,
    /// When it was given.
    pub opened_at: i64,
    /// When it was accepted.
    pub accepted_at: Option<i64>,
    /// When the last quarter of the time for accepting it begins.
    pub accept_soon: Option<i64>,
    /// Until when it is to be accepted.
    pub accept_by: Option<i64>,
    /// When the last quarter of the time for finishing it begins.
    pub finish_soon: Option<i64>,
    /// Until when it is to be finished.
    pub finish_by: Option<i64>,
    /// Whether the time for accepting it was over before it was accepted, as was told.
    pub accept_expired: bool,
    /// Whether the time for finishing it was over, as was told.
    pub finish_expired: bool,
    /// When it is told again that it is overdue; none while it is not, or the citizen is waited for.
    pub next_reminder: Option<i64>,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// How it ended.
    pub ended_how: Option<String>,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
