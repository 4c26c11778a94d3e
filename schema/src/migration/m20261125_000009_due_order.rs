//! The indexes that time is read from.
//!
//! The due index in the order in which it is read: very many limits run out at one moment, at noon say, and
//! without the id every look sorted all of them. And the open assignments of a post with their times, so that who
//! only counts those reads no row: with a million of them open that took two seconds, three times a minute.

use sea_orm_migration::prelude::*;

use super::tables::index;

/// See the module.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let times = ["post", "finish_by", "accept_by", "accepted_at", "finish_soon", "accept_soon"];
        again(manager, &["due_at", "id"], &times).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        again(manager, &["due_at"], &["post"]).await
    }
}

async fn again(manager: &SchemaManager<'_>, due: &[&str], post: &[&str]) -> Result<(), DbErr> {
    for name in ["request_due", "assignment_post"] {
        manager.get_connection().execute_unprepared(&format!("DROP INDEX {name}")).await?;
    }
    index(manager, "request_due", "request", due, "", "WHERE due_at IS NOT NULL").await?;
    index(manager, "assignment_post", "assignment", post, "", "WHERE ended_at IS NULL").await
}
