//! The due index in the order in which it is read: very many limits run out at one moment, at noon say, and
//! without the id every look sorted all of them.

use sea_orm_migration::prelude::*;

use super::tables::index;

/// See the module.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        again(manager, &["due_at", "id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        again(manager, &["due_at"]).await
    }
}

async fn again(manager: &SchemaManager<'_>, columns: &[&str]) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared("DROP INDEX request_due").await?;
    index(manager, "request_due", "request", columns, "", "WHERE due_at IS NOT NULL").await
}
