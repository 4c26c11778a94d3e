//! Calendars: hours, declared days, market days, and which unit keeps which.

use sea_orm_migration::prelude::*;

use super::tables::{
    Rows,
    Type::{Big, Text},
    col, create, null,
};

const TABLES: &[&str] = &["calendar", "calendar_hours", "calendar_day", "market", "unit_calendar"];

/// See the module.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(
            manager,
            Rows::Narrow,
            "calendar",
            &[col("code", Text), col("name", Text), null("base", Text), col("zone", Text), null("published_to", Text)],
            &["code"],
        )
        .await?;
        create(
            manager,
            Rows::Narrow,
            "calendar_hours",
            &[
                col("calendar", Text),
                col("applies_on", Text),
                col("from_at", Big),
                col("to_at", Big),
                col("periods", Text),
            ],
            &["calendar", "applies_on", "from_at"],
        )
        .await?;
        create(
            manager,
            Rows::Narrow,
            "calendar_day",
            &[col("calendar", Text), col("date", Text), col("name", Text), col("kind", Text), col("periods", Text)],
            &["calendar", "date"],
        )
        .await?;
        create(
            manager,
            Rows::Narrow,
            "market",
            &[col("calendar", Text), col("rule", Text), col("items", Text), col("from_at", Big), col("to_at", Big)],
            &["calendar", "rule", "items", "from_at"],
        )
        .await?;
        create(
            manager,
            Rows::Narrow,
            "unit_calendar",
            &[col("unit", Text), col("from_at", Big), col("to_at", Big), col("calendar", Text)],
            &["unit", "from_at"],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES.iter().rev() {
            manager.drop_table(Table::drop().table(Alias::new(*table)).to_owned()).await?;
        }
        Ok(())
    }
}
