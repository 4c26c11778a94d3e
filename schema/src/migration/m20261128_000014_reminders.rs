//! Overdue stays overdue: that a time of an assignment was over, and when that is told again, have columns of their own,
//! and no reminder moves a limit any more. Counting open work reads them from the index that it reads the times from.

use sea_orm_migration::prelude::*;

use super::tables::{
    Type::{Big, Flag},
    col, index, null,
};

/// See the module.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// What the index holds without the columns that are new.
const TIMES: [&str; 7] = ["post", "finish_by", "accept_by", "accepted_at", "finish_soon", "accept_soon", "ended_at"];

/// The columns that are new.
const NEW: [&str; 3] = ["accept_expired", "finish_expired", "next_reminder"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let [accept, finish, reminder] = NEW;
        let flag = |name| col(name, Flag).default(false).to_owned();
        // One at a time, as SQLite wants it.
        for column in [flag(accept), flag(finish), null(reminder, Big)] {
            manager.alter_table(Table::alter().table(Alias::new("assignment")).add_column(column).to_owned()).await?;
        }
        again(manager, &[&TIMES[..], &NEW].concat()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        again(manager, &TIMES).await?;
        for column in NEW {
            let drop = Table::alter().table(Alias::new("assignment")).drop_column(Alias::new(column)).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

async fn again(manager: &SchemaManager<'_>, columns: &[&str]) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared("DROP INDEX assignment_post").await?;
    index(manager, "assignment_post", "assignment", columns, "", "WHERE ended_at IS NULL").await
}
