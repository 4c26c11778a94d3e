//! Absences and duty rosters.

use sea_orm_migration::prelude::*;

use super::tables::{
    Rows,
    Type::{Big, Flag, Small, Text},
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
        .await?;
        create(
            manager,
            Rows::Wide,
            "roster",
            &[
                col("code", Text),
                col("from_at", Big),
                col("to_at", Big),
                col("name", Text),
                col("unit", Text),
                col("kind", Text),
                col("posts", Text),
                col("exclusive", Flag),
                col("duty_days", Text),
                col("hand_over", Text),
                null("hours", Text),
                col("turn", Text),
                col("week_begins", Text),
                col("width", Small),
                col("start_date", Text),
                col("slots", Text),
            ],
            &["code", "from_at"],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["roster", "absence"] {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}
