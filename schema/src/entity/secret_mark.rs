//! By which the secret is known that receipts are made with.

use sea_orm::entity::prelude::*;

/// The one row of `secret_mark`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "secret_mark")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    /// A keyed hash of nothing, in hexadecimal: it tells one secret from another and nothing else of it.
    pub mark: String,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
