//! Changes of duty that expired, and substitutes who left.

use sea_orm_migration::prelude::*;

use super::tables::{
    Type::{Big, Text},
    null,
};

/// See the module.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let changes = Table::alter().table(Alias::new("duty_change")).add_column(null("expiry", Text)).to_owned();
        manager.alter_table(changes).await?;
        let absences = Table::alter().table(Alias::new("absence")).add_column(null("substitute_until", Big)).to_owned();
        manager.alter_table(absences).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let absences =
            Table::alter().table(Alias::new("absence")).drop_column(Alias::new("substitute_until")).to_owned();
        manager.alter_table(absences).await?;
        let changes = Table::alter().table(Alias::new("duty_change")).drop_column(Alias::new("expiry")).to_owned();
        manager.alter_table(changes).await
    }
}
