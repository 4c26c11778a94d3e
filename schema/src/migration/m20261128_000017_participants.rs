//! Who acted on a request goes on seeing it: kept with the row, and found by the person. And a complaint about
//! somebody counts in nobody's open work, where a number would tell of it.

use std::collections::BTreeMap;

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DbBackend, Statement, prelude::Uuid},
};

use super::tables::{
    Rows,
    Type::{Id, Text},
    col, create, null,
};

/// See the module.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

/// The events that only who answers for an assignment brings about.
const HANDLING: &str = "'Accepted', 'Escalated', 'Transferred', 'SentBack', 'Frozen', 'Ruled', 'RejectionProposed', \
     'CitizenAsked', 'Resolved', 'Relayed', 'CitizenTold', 'HelpCalled', 'Delegated', 'Responded', 'Reported', \
     'Recalled', 'ExtensionAsked', 'ExtensionGranted', 'ExtensionRefused'";

/// The events that came of a change of the register: whoever made that did nothing to the request.
const OF_THE_REGISTER: &str = "'HandedOver', 'PlaceMoved', 'Released'";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let request = Table::alter().table(Alias::new("request")).add_column(null("acted", Text)).to_owned();
        manager.alter_table(request).await?;
        let columns = [col("person", Text), col("request", Id)];
        create(manager, Rows::Narrow, "request_actor", &columns, &["person", "request"]).await?;
        for (request, acted) in acted(manager).await? {
            keep(manager, request, &acted).await?;
        }
        recount(manager, "AND request.accused = ''").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        recount(manager, "").await?;
        manager.drop_table(Table::drop().table(Alias::new("request_actor")).to_owned()).await?;
        let request = Table::alter().table(Alias::new("request")).drop_column(Alias::new("acted")).to_owned();
        manager.alter_table(request).await
    }
}

/// Who acted on which request without an assignment of it and without having logged it, in the order of codes, and
/// whether they did what only who answers for an assignment does.
async fn acted(manager: &SchemaManager<'_>) -> Result<BTreeMap<Uuid, Vec<(String, bool)>>, DbErr> {
    let db = manager.get_connection();
    let person = match manager.get_database_backend() {
        DbBackend::Sqlite => "json_extract(journal.actor, '$.Person')",
        _ => "(journal.actor::json ->> 'Person')",
    };
    let sql = format!(
        "SELECT request, person, CAST(MAX(handled) AS bigint) AS handled FROM ( \
             SELECT journal.request AS request, {person} AS person, \
                    CASE WHEN journal.kind IN ({HANDLING}) THEN 1 ELSE 0 END AS handled \
             FROM journal JOIN request ON request.id = journal.request \
             WHERE journal.actor LIKE '{{\"Person\":%' AND journal.kind NOT IN ({OF_THE_REGISTER}) \
                   AND request.logged_by <> journal.actor \
         ) AS acted \
         WHERE NOT EXISTS (SELECT 1 FROM assignment \
                           WHERE assignment.request = acted.request AND assignment.person = acted.person) \
         GROUP BY request, person ORDER BY request, person"
    );
    let rows = db.query_all_raw(Statement::from_string(manager.get_database_backend(), sql)).await?;
    let mut found: BTreeMap<Uuid, Vec<(String, bool)>> = BTreeMap::new();
    for row in rows {
        let (request, person, handled) =
            (row.try_get("", "request")?, row.try_get("", "person")?, row.try_get::<i64>("", "handled")?);
        found.entry(request).or_default().push((person, handled != 0));
    }
    found.values_mut().for_each(|acted| acted.sort());
    Ok(found)
}

async fn keep(manager: &SchemaManager<'_>, request: Uuid, acted: &[(String, bool)]) -> Result<(), DbErr> {
    let (db, backend) = (manager.get_connection(), manager.get_database_backend());
    // A code has no character that JSON would have to escape.
    let one = |(person, handled): &(String, bool)| format!("{{\"person\":\"{person}\",\"handled\":{handled}}}");
    let json = format!("[{}]", acted.iter().map(one).collect::<Vec<_>>().join(","));
    let update = "UPDATE request SET acted = $1 WHERE id = $2";
    db.execute_raw(Statement::from_sql_and_values(backend, update, [json.into(), request.into()])).await?;
    for (person, _) in acted {
        let insert = "INSERT INTO request_actor (person, request) VALUES ($1, $2)";
        let values = [person.as_str().into(), request.into()];
        db.execute_raw(Statement::from_sql_and_values(backend, insert, values)).await?;
    }
    Ok(())
}

/// Counts everybody's open work anew.
async fn recount(manager: &SchemaManager<'_>, only: &str) -> Result<(), DbErr> {
    let sql = format!(
        "UPDATE workload SET handles = (SELECT COUNT(*) FROM assignment JOIN request ON request.id = assignment.request \
         WHERE assignment.person = workload.person AND assignment.duty = 'Handle' AND assignment.ended_at IS NULL {only})"
    );
    manager.get_connection().execute_unprepared(&sql).await.map(drop)
}
