//! Receipts are kept as keyed hashes from now on, and the database knows their key by a mark.
//!
//! The key is in no database, so a migration cannot hash what stands there in clear: the first start with the
//! key does, in the transaction that writes the mark.

use sea_orm_migration::prelude::*;

use super::tables::{Rows, Type, col, create};

/// See the module.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [col("id", Type::Small), col("mark", Type::Text)];
        create(manager, Rows::Narrow, "secret_mark", &columns, &["id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(Alias::new("secret_mark")).to_owned()).await
    }
}
