//! Notices: when each is to be told, and what becomes of what goes out to people.

use sea_orm_migration::prelude::*;

use super::tables::{
    Rows,
    Type::{Big, Small, Text},
    col, create, index, null,
};

/// See the module.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let outbox = || Table::alter().table(Alias::new("outbox")).to_owned();
        let urgency = col("urgency", Text).default("Prompt").to_owned();
        manager.alter_table(outbox().add_column(urgency).to_owned()).await?;
        let deliver_at = col("deliver_at", Big).default(0).to_owned();
        manager.alter_table(outbox().add_column(deliver_at).to_owned()).await?;
        // What was told before there were digests was told at once.
        manager.get_connection().execute_unprepared("UPDATE outbox SET deliver_at = at").await?;
        create(
            manager,
            Rows::Wide,
            "delivery",
            &[
                col("id", Text),
                col("person", Text),
                col("urgency", Text),
                col("deliver_at", Big),
                col("position", Big),
                col("no", Small),
                col("state", Text),
                col("attempts", Small),
                null("next_at", Big),
                null("ended_at", Big),
                null("error", Text),
            ],
            &["id"],
        )
        .await?;
        index(manager, "delivery_due", "delivery", &["urgency", "next_at"], "", "WHERE next_at IS NOT NULL").await?;
        index(manager, "delivery_dead", "delivery", &["ended_at", "id"], "", "WHERE state = 'Dead'").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Alias::new("delivery")).to_owned()).await?;
        for column in ["deliver_at", "urgency"] {
            let alter = Table::alter().table(Alias::new("outbox")).drop_column(Alias::new(column)).to_owned();
            manager.alter_table(alter).await?;
        }
        Ok(())
    }
}
