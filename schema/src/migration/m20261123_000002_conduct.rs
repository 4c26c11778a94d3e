//! Requests about somebody's conduct by their stage: a change of the register looks at all open ones.

use sea_orm_migration::prelude::*;

use super::tables::index;

/// See the module.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index(manager, "request_conduct", "request", &["stage"], "", "WHERE accused <> ''").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX request_conduct").await.map(drop)
    }
}
