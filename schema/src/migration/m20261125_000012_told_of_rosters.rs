//! Notices of a roster that has another rota.

use sea_orm_migration::prelude::*;

use super::tables::{Type::Text, null};

/// See the module.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let outbox = Table::alter().table(Alias::new("outbox")).add_column(null("roster", Text)).to_owned();
        manager.alter_table(outbox).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Nothing before this could tell of them, so nobody is told.
        manager.get_connection().execute_unprepared("DELETE FROM outbox WHERE roster IS NOT NULL").await?;
        let outbox = Table::alter().table(Alias::new("outbox")).drop_column(Alias::new("roster")).to_owned();
        manager.alter_table(outbox).await
    }
}
