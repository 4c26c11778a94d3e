//! Absences.

use sea_orm_migration::prelude::*;

use super::tables::{
    Rows,
    Type::{Big, Text},
    col, create, null,
};

/// See the module.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(
            manager,
            Rows::Wide,
            "absence",
            &[
                col("code", Text),
                col("person", Text),
                col("from_at", Big),
                col("to_at", Big),
                col("reason", Text),
                null("matters", Text),
                null("substitute", Text),
                null("recorded_by", Text),
                col("recorded_at", Big),
                null("ended_at", Big),
            ],
            &["code"],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Alias::new("absence")).to_owned()).await
    }
}
