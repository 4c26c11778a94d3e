//! The catalogue of what can be asked for.

use sea_orm::entity::prelude::*;

/// One row of `matter`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "matter")]
pub struct Model {
    /// Names the matter.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// The official short name.
    pub name: String,
    /// The heading in the catalogue.
    pub category: String,
    /// The ladder its requests climb.
    pub ladder: String,
    /// Whether it names a person.
    pub conduct: bool,
    /// What to bring, a JSON list.
    #[sea_orm(column_type = "Text")]
    pub materials: String,
    /// In fen.
    pub fee_fen: i64,
    /// How citizens say it, a JSON list.
    #[sea_orm(column_type = "Text")]
    pub words: String,
    /// When it begins.
    pub from_at: i64,
    /// When it ends.
    pub to_at: i64,
}

/// No relations: rows are read by their keys.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
