//! Secret addresses under which calendars of duty are read, hashed.

use sea_orm::entity::prelude::*;

/// One row of `calendar_feed`: one for whoever opened it and the calendar, so that opening it again puts
/// the former address out of use.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_feed")]
pub struct Model {
    /// Who opened it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub opened_by: String,
    /// Whether it is of a person or a unit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_kind: String,
    /// The code of that person or unit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    /// Names it; no secret.
    pub code: String,
    /// SHA-256 of the secret in the address, in hexadecimal.
    pub hash: String,
    /// When it was opened.
    pub opened_at: i64,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
