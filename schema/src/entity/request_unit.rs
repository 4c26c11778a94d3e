//! Which requests lie in which unit: one row for each unit from the place up.

use sea_orm::entity::prelude::*;

/// One row of `request_unit`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "request_unit")]
pub struct Model {
    /// The unit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub unit: String,
    /// The request.
    #[sea_orm(primary_key, auto_increment = false)]
    pub request: Uuid,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
