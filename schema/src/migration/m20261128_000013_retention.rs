//! The first answers to commands are forgotten after a time, the oldest first.

use sea_orm_migration::prelude::*;

use super::tables::index;

/// See the module.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index(manager, "receipt_at", "receipt", &["at"], "", "").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX receipt_at").await.map(drop)
    }
}
