//! Notices of a post that nobody answers for, or that somebody takes or leaves, and of a unit that changed.

use sea_orm_migration::prelude::*;

use super::tables::{Type::Text, null};

/// See the module.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

const COLUMNS: [&str; 2] = ["post", "unit"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            let outbox = Table::alter().table(Alias::new("outbox")).add_column(null(column, Text)).to_owned();
            manager.alter_table(outbox).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Nothing before this could tell of them, so nobody is told.
        let delete = "DELETE FROM outbox WHERE post IS NOT NULL OR unit IS NOT NULL";
        manager.get_connection().execute_unprepared(delete).await?;
        for column in COLUMNS {
            let outbox = Table::alter().table(Alias::new("outbox")).drop_column(Alias::new(column)).to_owned();
            manager.alter_table(outbox).await?;
        }
        Ok(())
    }
}
