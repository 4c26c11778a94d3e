//! Limits: the rules of the register, what they come to for each case, and the index of what is due.

use sea_orm_migration::prelude::*;

use super::tables::{
    Rows,
    Type::{Big, Id, Small, Text},
    col, create, null,
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
        create(
            manager,
            Rows::Narrow,
            "due",
            &[col("due_at", Big), col("request", Id), col("no", Small), col("kind", Text)],
            &["due_at", "request", "no", "kind"],
        )
        .await?;
        for column in OF_ASSIGNMENT {
            add(manager, "assignment", null(column, Big)).await?;
        }
        add(manager, "request", null("limits", Text)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_column(manager, "request", "limits").await?;
        for column in OF_ASSIGNMENT {
            drop_column(manager, "assignment", column).await?;
        }
        for table in ["due", "limit_rule"] {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}

async fn add(manager: &SchemaManager<'_>, table: &'static str, column: ColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(Alias::new(table)).add_column(column).to_owned()).await
}

async fn drop_column(manager: &SchemaManager<'_>, table: &'static str, column: &'static str) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(Alias::new(table)).drop_column(Alias::new(column)).to_owned()).await
}
