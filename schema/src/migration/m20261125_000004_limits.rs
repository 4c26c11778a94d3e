//! Limits: the rules of the register, what they come to for each case, and the index of what is due.

use sea_orm_migration::prelude::*;

use super::tables::{
    Rows,
    Type::{Big, Small, Text},
    col, create, index, null,
};

const OF_ASSIGNMENT: [&str; 4] = ["accept_soon", "accept_by", "finish_soon", "finish_by"];

/// See the module.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(
            manager,
            Rows::Narrow,
            "limit_rule",
            &[
                col("ladder", Text),
                col("matter", Text),
                col("rung", Small),
                col("kind", Text),
                col("from_at", Big),
                col("to_at", Big),
                col("allowance", Text),
            ],
            &["ladder", "matter", "rung", "kind", "from_at"],
        )
        .await?;
        for column in OF_ASSIGNMENT {
            add(manager, "assignment", null(column, Big)).await?;
        }
        add(manager, "request", null("limits", Text)).await?;
        add(manager, "request", null("due_at", Big)).await?;
        index(manager, "request_due", "request", &["due_at"], "", "WHERE due_at IS NOT NULL").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX request_due").await?;
        drop_column(manager, "request", "due_at").await?;
        drop_column(manager, "request", "limits").await?;
        for column in OF_ASSIGNMENT {
            drop_column(manager, "assignment", column).await?;
        }
        manager.drop_table(Table::drop().table(Alias::new("limit_rule")).to_owned()).await
    }
}

async fn add(manager: &SchemaManager<'_>, table: &'static str, column: ColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(Alias::new(table)).add_column(column).to_owned()).await
}

async fn drop_column(manager: &SchemaManager<'_>, table: &'static str, column: &'static str) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(Alias::new(table)).drop_column(Alias::new(column)).to_owned()).await
}
