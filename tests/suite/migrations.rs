//! Migrations go up, down and up again on both stores, with rows in every table.

use liandong_schema::migration::Migrator;
use liandong_tests::stores::{Kind, TestDb, Trouble};
use sea_orm::{ConnectionTrait, Database};
use sea_orm_migration::MigratorTrait;

fn check(kind: Kind) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(up_down_up(kind)).unwrap();
}

async fn up_down_up(kind: Kind) -> Result<(), Trouble> {
    let Some(db) = TestDb::new(kind).await? else { return Ok(()) };
    let url = if kind == Kind::Sqlite { format!("{}?mode=rwc", db.url) } else { db.url.clone() };
    let connection = Database::connect(url).await?;
    let all = Migrator::migrations();
    for round in 0..2 {
        for migration in &all {
            Migrator::up(&connection, Some(1)).await?;
            let sample = format!("{}/../fixtures/migrations/{}.sql", env!("CARGO_MANIFEST_DIR"), migration.name());
            let sample = std::fs::read_to_string(&sample)
                .map_err(|e| format!("{sample}: {e}; every migration has sample data"))?;
            connection.execute_unprepared(&sample).await?;
        }
        for _ in &all {
            Migrator::down(&connection, Some(1)).await?;
        }
        assert!(Migrator::get_applied_migrations(&connection).await?.is_empty(), "round {round}");
    }
    Migrator::up(&connection, None).await?;
    assert_eq!(Migrator::get_pending_migrations(&connection).await?.len(), 0);
    connection.close().await?;
    Ok(())
}

#[test]
fn every_migration_goes_up_down_and_up_on_sqlite() {
    check(Kind::Sqlite);
}

#[test]
fn every_migration_goes_up_down_and_up_on_postgres() {
    check(Kind::Postgres);
}
