//! Everything that happened, append-only, without gaps.

use sea_orm::entity::prelude::*;

/// One row of `journal`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "journal")]
pub struct Model {
    /// Counts from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// The request it happened to; none for the register.
    pub request: Option<Uuid>,
    /// Counts the events of the request, or of the register, from 1.
    pub seq: i32,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// The name of the event.
    pub kind: String,
    /// Who did it, JSON.
    pub actor: String,
    /// The event with the four people of the step, JSON.
    #[sea_orm(column_type = "Text")]
    pub body: String,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
