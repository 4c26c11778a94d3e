//! What is generated is as the code says. `make update` writes these files; nobody else does.

use expect_test::expect_file;
use liandong_tests::{
    stores::{Kind, TestDb},
    tables,
};

fn dump(kind: Kind) -> Option<String> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let db = TestDb::new(kind).await.unwrap()?;
        let store = liandong_engine::run::store::Store::open(&db.url).await.unwrap();
        store.close().await.unwrap();
        Some(tables::dump(&db.url, kind).await.unwrap())
    })
}

#[test]
fn the_authority_page_is_the_authority_table() {
    expect_file!["../../fixtures/authority.txt"].assert_eq(&liandong_engine::rules::authority::page());
}

#[test]
fn the_page_of_notices_is_the_table_of_notices() {
    expect_file!["../../fixtures/notices.txt"].assert_eq(&liandong_engine::rules::notice::page());
}

#[test]
fn the_graphql_schema_is_the_one_that_is_served() {
    expect_file!["../../schema/api/schema.graphql"].assert_eq(&liandong_graphql_api::sdl());
}

#[test]
fn the_sqlite_dump_is_what_the_migrations_make() {
    expect_file!["../../schema/db/sqlite.sql"].assert_eq(&dump(Kind::Sqlite).unwrap());
}

#[test]
fn the_postgres_dump_is_what_the_migrations_make() {
    if let Some(text) = dump(Kind::Postgres) {
        expect_file!["../../schema/db/postgres.sql"].assert_eq(&text);
    }
}
