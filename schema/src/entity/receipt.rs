//! The first answer to each command, by actor and idempotency key.

use sea_orm::entity::prelude::*;

/// One row of `receipt`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "receipt")]
pub struct Model {
    /// Who gave the command, JSON.
    #[sea_orm(primary_key, auto_increment = false)]
    pub actor: String,
    /// The key that the actor chose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// SHA-256 of the command, in hexadecimal.
    pub command: String,
    /// The answer, JSON.
    #[sea_orm(column_type = "Text")]
    pub answer: String,
    /// When.
    pub at: i64,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
