//! The due index: every limit of a request that runs, in the order in which they run out.

use sea_orm::entity::prelude::*;

/// One row of `due`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "due")]
pub struct Model {
    /// When it runs out.
    #[sea_orm(primary_key, auto_increment = false)]
    pub due_at: i64,
    /// Of which request.
    #[sea_orm(primary_key, auto_increment = false)]
    pub request: Uuid,
    /// Of which of its assignments; 0 for a limit of the case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub no: i16,
    /// What it is for.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
