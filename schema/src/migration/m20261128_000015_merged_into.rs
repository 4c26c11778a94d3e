//! Duplicates name the other request: those that follow one are found by it when it comes to its end.

use sea_orm_migration::prelude::*;

use super::tables::{Type, index, null};

/// See the module.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = Table::alter();
        column.table(Alias::new("request")).add_column(null("merged_into", Type::Id));
        manager.alter_table(column).await?;
        let where_clause = "WHERE merged_into IS NOT NULL";
        index(manager, "request_merged_into", "request", &["merged_into", "stage"], "", where_clause).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX request_merged_into").await?;
        let mut column = Table::alter();
        column.table(Alias::new("request")).drop_column(Alias::new("merged_into"));
        manager.alter_table(column).await
    }
}
