//! What goes out to people.

use sea_orm::entity::prelude::*;

/// One row of `delivery`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    /// Names it: the digest of a person at an instant, or one notice that is told at once.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// To whom.
    pub person: String,
    /// Whether it may go out at night.
    pub urgency: String,
    /// When it was to go out first.
    pub deliver_at: i64,
    /// The journal entry that its first notice follows from.
    pub position: i64,
    /// Which of the notices of that entry it was.
    pub no: i16,
    /// What became of it.
    pub state: String,
    /// How often it was tried.
    pub attempts: i16,
    /// When it is to be tried next; none once it has ended.
    pub next_at: Option<i64>,
    /// When it was delivered or given up.
    pub ended_at: Option<i64>,
    /// Why it failed last.
    pub error: Option<String>,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
