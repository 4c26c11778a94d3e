//! People of the register; never citizens.

use sea_orm::entity::prelude::*;

/// One row of `person`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    /// Names the person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// As people say it.
    pub name: String,
    /// May be empty.
    pub phone: String,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
