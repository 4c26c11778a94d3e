//! Changes of duty.

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
            "duty_change",
            &[
                col("code", Text),
                col("roster", Text),
                col("kind", Text),
                null("shift", Text),
                null("from_at", Big),
                null("to_at", Big),
                null("goes", Text),
                null("comes", Text),
                null("offered_to", Text),
                null("against", Text),
                col("reason", Text),
                null("begun_by", Text),
                col("begun_at", Big),
                null("taken_at", Big),
                null("ended_by", Text),
                null("ended_at", Big),
            ],
            &["code"],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Alias::new("duty_change")).to_owned()).await
    }
}
