//! The register, requests with their journal, receipts and tokens.

use sea_orm_migration::prelude::*;

use super::tables::{
    Rows,
    Type::{Big, Flag, Id, Int, Small, Text},
    col, create, index, null,
};

const TABLES: &[&str] = &[
    "head",
    "unit",
    "person",
    "post",
    "holding",
    "matter",
    "mandate",
    "rung",
    "request",
    "request_unit",
    "assignment",
    "workload",
    "journal",
    "outbox",
    "receipt",
    "token",
];

/// See the module.
#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create(
            manager,
            Rows::Narrow,
            "head",
            &[col("id", Small), col("world_version", Big), col("position", Big), col("at", Big)],
            &["id"],
        )
        .await?;
        create(
            manager,
            Rows::Narrow,
            "unit",
            &[
                col("code", Text),
                col("from_at", Big),
                col("to_at", Big),
                col("name", Text),
                col("kind", Text),
                null("parent", Text),
                null("serves", Text),
            ],
            &["code", "from_at"],
        )
        .await?;
        create(manager, Rows::Narrow, "person", &[col("code", Text), col("name", Text), col("phone", Text)], &["code"])
            .await?;
        create(
            manager,
            Rows::Narrow,
            "post",
            &[
                col("code", Text),
                col("name", Text),
                col("kind", Text),
                col("unit", Text),
                col("from_at", Big),
                col("to_at", Big),
            ],
            &["code"],
        )
        .await?;
        create(
            manager,
            Rows::Narrow,
            "holding",
            &[col("post", Text), col("person", Text), col("from_at", Big), col("to_at", Big), col("rank", Text)],
            &["post", "person", "from_at"],
        )
        .await?;
        create(
            manager,
            Rows::Wide,
            "matter",
            &[
                col("code", Text),
                col("name", Text),
                col("category", Text),
                col("ladder", Text),
                col("conduct", Flag),
                col("materials", Text),
                col("fee_fen", Big),
                col("words", Text),
                col("from_at", Big),
                col("to_at", Big),
            ],
            &["code"],
        )
        .await?;
        create(
            manager,
            Rows::Narrow,
            "mandate",
            &[col("holder", Text), col("matter", Text), col("power", Text), col("from_at", Big), col("to_at", Big)],
            &["holder", "matter", "power", "from_at"],
        )
        .await?;
        create(
            manager,
            Rows::Narrow,
            "rung",
            &[
                col("ladder", Text),
                col("no", Small),
                col("from_at", Big),
                col("to_at", Big),
                col("ladder_name", Text),
                col("tier", Text),
                col("kind", Text),
            ],
            &["ladder", "no", "from_at"],
        )
        .await?;
        create(
            manager,
            Rows::Wide,
            "request",
            &[
                col("id", Id),
                col("receipt", Text),
                col("matter", Text),
                col("place", Text),
                col("channel", Text),
                null("entered_at", Text),
                col("words", Text),
                col("citizen_name", Text),
                col("citizen_phone", Text),
                col("accused", Text),
                col("logged_by", Text),
                col("logged_at", Big),
                col("stage", Text),
                col("facts", Text),
                col("climb", Text),
                col("returns", Small),
                col("reopened", Small),
                col("events", Int),
            ],
            &["id"],
        )
        .await?;
        create(manager, Rows::Narrow, "request_unit", &[col("unit", Text), col("request", Id)], &["unit", "request"])
            .await?;
        create(
            manager,
            Rows::Narrow,
            "assignment",
            &[
                col("request", Id),
                col("no", Small),
                col("duty", Text),
                col("post", Text),
                col("person", Text),
                col("rung", Small),
                col("opened_at", Big),
                null("accepted_at", Big),
                null("ended_at", Big),
                null("ended_how", Text),
            ],
            &["request", "no"],
        )
        .await?;
        create(manager, Rows::Narrow, "workload", &[col("person", Text), col("handles", Int)], &["person"]).await?;
        create(
            manager,
            Rows::Wide,
            "journal",
            &[
                col("position", Big),
                null("request", Id),
                col("seq", Int),
                col("at", Big),
                col("kind", Text),
                col("actor", Text),
                col("body", Text),
            ],
            &["position"],
        )
        .await?;
        create(
            manager,
            Rows::Narrow,
            "outbox",
            &[
                col("position", Big),
                col("no", Small),
                col("person", Text),
                col("kind", Text),
                col("request", Id),
                null("assignment", Small),
                col("at", Big),
            ],
            &["position", "no"],
        )
        .await?;
        create(
            manager,
            Rows::Wide,
            "receipt",
            &[col("actor", Text), col("key", Text), col("command", Text), col("answer", Text), col("at", Big)],
            &["actor", "key"],
        )
        .await?;
        create(
            manager,
            Rows::Narrow,
            "token",
            &[col("hash", Text), col("person", Text), col("issued_at", Big), null("revoked_at", Big)],
            &["hash"],
        )
        .await?;
        index(manager, "request_receipt", "request", &["receipt"], "UNIQUE", "").await?;
        index(manager, "request_logger", "request", &["logged_by", "id"], "", "").await?;
        index(manager, "request_place", "request", &["place"], "", "").await?;
        index(manager, "assignment_inbox", "assignment", &["person", "opened_at"], "", "WHERE ended_at IS NULL")
            .await?;
        index(manager, "assignment_post", "assignment", &["post"], "", "WHERE ended_at IS NULL").await?;
        index(manager, "assignment_person", "assignment", &["person", "request"], "", "").await?;
        index(manager, "journal_request", "journal", &["request", "seq"], "", "").await?;
        index(
            manager,
            "journal_escalations",
            "journal",
            &["position"],
            "",
            "WHERE kind IN ('Escalated', 'RejectionProposed', 'Reopened', 'Frozen')",
        )
        .await?;
        index(manager, "outbox_person", "outbox", &["person", "position"], "", "").await?;
        index(manager, "token_person", "token", &["person"], "", "").await?;
        let first = "INSERT INTO head (id, world_version, position, at) VALUES (1, 0, 0, 0)";
        manager.get_connection().execute_unprepared(first).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES.iter().rev() {
            manager.drop_table(Table::drop().table(Alias::new(*table)).to_owned()).await?;
        }
        Ok(())
    }
}
