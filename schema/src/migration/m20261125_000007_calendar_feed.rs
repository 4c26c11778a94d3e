//! Secret addresses under which calendars of duty are read.

use sea_orm_migration::prelude::*;

use super::tables::{
    Rows,
    Type::{Big, Text},
    col, create, index, null,
};

/// See the module.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = "calendar_feed";
        create(
            manager,
            Rows::Narrow,
            table,
            &[
                col("opened_by", Text),
                col("subject_kind", Text),
                col("subject", Text),
                col("code", Text),
                col("hash", Text),
                col("opened_at", Big),
                null("revoked_at", Big),
            ],
            &["opened_by", "subject_kind", "subject"],
        )
        .await?;
        index(manager, "calendar_feed_hash", table, &["hash"], "UNIQUE", "").await?;
        index(manager, "calendar_feed_code", table, &["code"], "UNIQUE", "").await?;
        index(manager, "calendar_feed_subject", table, &["subject_kind", "subject"], "", "").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Alias::new("calendar_feed")).to_owned()).await
    }
}
