//! On both stores: no position twice, and how long first answers are kept.

use std::fs;

use liandong_engine::{
    rules::actor::Actor,
    run::{
        engine::{Command, NotReady, Order},
        store::Outage,
    },
};
use liandong_tests::{
    on_both_stores,
    town::{person, request},
};
use sea_orm::{ConnectionTrait, Database};

use super::until;

on_both_stores! {
    "hamlet" => async fn a_journal_that_ends_before_what_was_acknowledged_gives_no_position_twice(town) {
        for _ in 0..3 {
            town.log("P5", "H21", "water-pipe").await?;
        }
        let position = town.engine.feed().position();
        let other = Database::connect(&town.db.url).await?;
        other.execute_unprepared(&format!("UPDATE head SET position = {}", position - 2)).await?;
        let command = Command::Log(request("H21", "water-pipe")?);
        let order = Order { actor: person("P5")?, key: "again".to_owned(), command };
        let error = town.engine.execute(order.clone()).await.unwrap_err();
        assert_eq!(error.outage(), Some(Outage::Behind), "{error}");
        assert_eq!(town.engine.readiness(), Err(NotReady::Outage(Outage::Behind)));
        other.execute_unprepared(&format!("UPDATE head SET position = {position}")).await?;
        until("it goes on", async || town.engine.readiness().is_ok()).await?;
        let done = town.engine.execute(order).await?.unwrap();
        assert!(done.position > position, "{} after {position}", done.position);
        // The watcher notices it as well, where nobody writes.
        other.execute_unprepared(&format!("UPDATE head SET position = {position}")).await?;
        until("it is noticed", async || town.engine.readiness() == Err(NotReady::Outage(Outage::Behind))).await?;
        other.close().await?;
        Ok(())
    }

    "hamlet" => async fn a_first_answer_is_given_again_for_thirty_days_and_then_forgotten(town) {
        let order = |n: usize| -> Result<Order, liandong_tests::stores::Trouble> {
            let command = Command::Log(request("H21", "water-pipe")?);
            Ok(Order { actor: person("P5")?, key: format!("key-{n}"), command })
        };
        let first = town.engine.execute(order(0)?).await?;
        for n in 1..250 {
            town.engine.execute(order(n)?).await?.unwrap();
        }
        town.clock.set(town.engine.now().plus_days(30).plus_minutes(-1));
        assert!(!town.engine.forget_answers().await?);
        assert_eq!(town.engine.execute(order(0)?).await?, first, "the first answer is given again");
        town.clock.set(town.engine.now().plus_days(1));
        assert!(town.engine.forget_answers().await?, "a batch, and there is more");
        assert!(!town.engine.forget_answers().await?, "the rest, the register's among them");
        let again = town.engine.execute(order(0)?).await?.unwrap();
        assert_ne!(Some(again.request), first.ok().map(|done| done.request), "the key names a new command");
        assert!(town.engine.request(&Actor::Operator, again.request.unwrap()).await?.is_some());
        Ok(())
    }
}

#[test]
fn the_page_on_retention_names_every_table() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let tables = fs::read_to_string(root.join("schema/db/sqlite.sql")).unwrap();
    let page = fs::read_to_string(root.join("docs/RETENTION.md")).unwrap();
    let names: Vec<&str> =
        tables.lines().filter_map(|l| l.strip_prefix("CREATE TABLE \"")?.split('"').next()).collect();
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        assert!(page.contains(&format!("`{name}`")), "docs/RETENTION.md does not say how long `{name}` is kept");
    }
    let days = liandong_engine::run::forgetting::ANSWER_DAYS;
    assert!(page.contains(&format!("{days} days")), "docs/RETENTION.md says another number of days");
}
