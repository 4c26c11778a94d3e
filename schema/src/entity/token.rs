//! Bearer tokens, hashed.

use sea_orm::entity::prelude::*;

/// One row of `token`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "token")]
pub struct Model {
    /// SHA-256 of the token, in hexadecimal.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: String,
    /// Whose it is.
    pub person: String,
    /// When it was issued.
    pub issued_at: i64,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
