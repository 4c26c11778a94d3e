//! Requests: the fold of their journal.

use sea_orm::entity::prelude::*;

/// One row of `request`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "request")]
pub struct Model {
    /// Names it; ordered by time of logging.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What the citizen holds.
    pub receipt: String,
    /// What it is about.
    pub matter: String,
    /// Where the need is.
    pub place: String,
    /// By which way it came.
    pub channel: String,
    /// Where it entered, when that was not at the place.
    pub entered_at: Option<String>,
    /// What the citizen said.
    #[sea_orm(column_type = "Text")]
    pub words: String,
    /// Who asks.
    pub citizen_name: String,
    /// May be empty.
    pub citizen_phone: String,
    /// Whose conduct it is about, a JSON list; empty text for nobody.
    #[sea_orm(column_type = "Text")]
    pub accused: String,
    /// The request that it is the same as, since it was merged.
    pub merged_into: Option<Uuid>,
    /// Who logged it, JSON.
    pub logged_by: String,
    /// When.
    pub logged_at: i64,
    /// Where it is, one word.
    pub stage: String,
    /// The facts of the stage, JSON.
    #[sea_orm(column_type = "Text")]
    pub facts: String,
    /// The present climb, JSON.
    #[sea_orm(column_type = "Text")]
    pub climb: String,
    /// How often it was sent back, or the citizen was asked once more.
    pub returns: i16,
    /// How often it was reopened.
    pub reopened: i16,
    /// The limits of the whole case and what became of them, JSON; none where there are none.
    #[sea_orm(column_type = "Text", nullable)]
    pub limits: Option<String>,
    /// When the first of its limits that run is over: the due index; none where none runs.
    pub due_at: Option<i64>,
    /// Who acted on it without an assignment, JSON; none where there is nobody.
    #[sea_orm(column_type = "Text", nullable)]
    pub acted: Option<String>,
    /// How many events made it.
    pub events: i32,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
