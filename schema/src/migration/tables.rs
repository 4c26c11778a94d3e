//! How a migration writes a table down, the same for both stores.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// The types that the tables are made of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Type {
    Small,
    Int,
    Big,
    Text,
    Id,
    Flag,
}

/// A column that is always there.
pub(super) fn col(name: &'static str, of: Type) -> ColumnDef {
    let mut column = null(name, of);
    column.not_null();
    column
}

/// A column that may be empty.
pub(super) fn null(name: &'static str, of: Type) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    match of {
        Type::Small => column.small_integer(),
        Type::Int => column.integer(),
        Type::Big => column.big_integer(),
        Type::Text => column.text(),
        Type::Id => column.uuid(),
        Type::Flag => column.boolean(),
    };
    column
}

/// How large the rows of a table are, which decides how SQLite keeps them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rows {
    /// A few words: kept in the order of the key (`WITHOUT ROWID`), so that none is stored twice.
    Narrow,
    /// Texts of people: such rows would spill out of the pages of an index.
    Wide,
}

/// Creates a table with its primary key.
pub(super) async fn create(
    manager: &SchemaManager<'_>,
    rows: Rows,
    table: &'static str,
    columns: &[ColumnDef],
    key: &[&'static str],
) -> Result<(), DbErr> {
    let mut create = Table::create();
    create.table(Alias::new(table));
    for column in columns {
        create.col(column.clone());
    }
    let mut primary = Index::create();
    for column in key {
        primary.col(Alias::new(*column));
    }
    create.primary_key(&mut primary);
    if rows == Rows::Narrow && manager.get_database_backend() == DbBackend::Sqlite {
        create.extra("WITHOUT ROWID");
    }
    manager.create_table(create).await
}

/// Creates an index; `kind` is empty or `UNIQUE`, `condition` empty or a `WHERE`. Written as text
/// because both stores know partial indexes and the builder does not.
pub(super) async fn index(
    manager: &SchemaManager<'_>,
    name: &str,
    table: &str,
    columns: &[&str],
    kind: &str,
    condition: &str,
) -> Result<(), DbErr> {
    let columns = columns.join(", ");
    let sql = format!("CREATE {kind} INDEX {name} ON {table} ({columns}) {condition}");
    manager.get_connection().execute_unprepared(&sql).await.map(drop)
}
