//! Notices of what is no request: a change of duty, an absence. And what was delivered, in the order in which it
//! is forgotten.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use super::tables::{
    Rows,
    Type::{Big, Id, Small, Text},
    col, create, index, null,
};

/// See the module.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index(manager, "delivery_done", "delivery", &["ended_at"], "", "WHERE state = 'Delivered'").await?;
        if manager.get_database_backend() == DbBackend::Sqlite {
            let about = [null("request", Id), null("duty_change", Text), null("absence", Text)];
            return again(manager, about).await;
        }
        let optional = "ALTER TABLE outbox ALTER COLUMN request DROP NOT NULL";
        manager.get_connection().execute_unprepared(optional).await?;
        for column in ["duty_change", "absence"] {
            let alter = Table::alter().table(Alias::new("outbox")).add_column(null(column, Text)).to_owned();
            manager.alter_table(alter).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let run = manager.get_connection();
        run.execute_unprepared("DROP INDEX delivery_done").await?;
        // Nothing before this could tell of them, so nobody is told.
        run.execute_unprepared("DELETE FROM outbox WHERE request IS NULL").await?;
        if manager.get_database_backend() == DbBackend::Sqlite {
            return again(manager, [col("request", Id)]).await;
        }
        for column in ["absence", "duty_change"] {
            let alter = Table::alter().table(Alias::new("outbox")).drop_column(Alias::new(column)).to_owned();
            manager.alter_table(alter).await?;
        }
        run.execute_unprepared("ALTER TABLE outbox ALTER COLUMN request SET NOT NULL").await.map(drop)
    }
}

/// The table of the outbox once more, with these columns for what a notice is about: SQLite cannot make a
/// column optional, or needed, where it stands.
async fn again<const N: usize>(manager: &SchemaManager<'_>, about: [ColumnDef; N]) -> Result<(), DbErr> {
    let run = manager.get_connection();
    run.execute_unprepared("DROP INDEX outbox_person").await?;
    run.execute_unprepared("ALTER TABLE outbox RENAME TO outbox_before").await?;
    let mut columns = vec![col("position", Big), col("no", Small), col("person", Text), col("kind", Text)];
    columns.extend(about);
    columns.extend([
        null("assignment", Small),
        col("at", Big),
        col("urgency", Text).default("Prompt").to_owned(),
        col("deliver_at", Big).default(0).to_owned(),
    ]);
    create(manager, Rows::Narrow, "outbox", &columns, &["position", "no"]).await?;
    let kept = "position, no, person, kind, request, assignment, at, urgency, deliver_at";
    run.execute_unprepared(&format!("INSERT INTO outbox ({kept}) SELECT {kept} FROM outbox_before")).await?;
    run.execute_unprepared("DROP TABLE outbox_before").await?;
    index(manager, "outbox_person", "outbox", &["person", "position"], "", "").await
}
