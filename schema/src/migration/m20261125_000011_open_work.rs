//! Counting open work reads the index of a post's open assignments and no row.
//!
//! That index holds the times since 000009, and yet SQLite looked every row up: for the end, which the index says
//! none of them has, and which a query for open ones names. With a million of them open that was two seconds, and
//! is a tenth of one with the end in the index, where it takes no room.

use sea_orm_migration::prelude::*;

use super::tables::index;

/// See the module.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// What the index holds without the end.
const TIMES: [&str; 6] = ["post", "finish_by", "accept_by", "accepted_at", "finish_soon", "accept_soon"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        again(manager, &[&TIMES[..], &["ended_at"]].concat()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        again(manager, &TIMES).await
    }
}

async fn again(manager: &SchemaManager<'_>, columns: &[&str]) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared("DROP INDEX assignment_post").await?;
    index(manager, "assignment_post", "assignment", columns, "", "WHERE ended_at IS NULL").await
}
