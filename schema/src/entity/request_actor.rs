//! Who acted on which request beside those who had an assignment of it or logged it.

use sea_orm::entity::prelude::*;

/// One row of `request_actor`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "request_actor")]
pub struct Model {
    /// The person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person: String,
    /// The request.
    #[sea_orm(primary_key, auto_increment = false)]
    pub request: Uuid,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
