//! What a command comes to: done, refused, or not taken.

use std::time::Duration;

use futures_util::{FutureExt, future::join_all};
use liandong_engine::{
    rules::{actor::Actor, request::command::Command as Act},
    run::{
        engine::{Command, Engine, MAX_WAITING, Order},
        error::Error,
        query::RequestFilter,
        store::MAX_TRIES,
    },
};
use liandong_graphql_api::Config;
use liandong_tests::{
    fixtures, on_both_stores,
    serving::{self, PATIENCE},
    stores::{Kind, Trouble},
    town::{self, person, request},
};
use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use serde_json::{Value, json};

use super::{Api, GRAPHQL, JSON, LOG, Sent, ids, input, log, on_hamlet};

#[test]
fn a_refusal_is_in_the_payload_and_not_among_the_errors() {
    on_hamlet(|api| async move {
        let client = api.client("P5").await?;
        let (id, _) = log(&client, "1", input("H11", "water-pipe")).await?;
        let payload = "{ id receipt position request { id } refusal { code message zh } }";
        let cases = [
            (format!("logRequest(input: {{ place: \"NOWHERE\", matter: \"water-pipe\", channel: HomeVisit, words: \"x\", citizen: {{}} }}, idempotencyKey: \"a\") {payload}"), "UnknownPlace"),
            (format!("accept(request: \"{id}\", idempotencyKey: \"b\") {payload}"), "NotAllowed"),
            (format!("addNote(request: \"{id}\", text: \" \", idempotencyKey: \"c\") {payload}"), "WordsMissing"),
            (format!("rate(request: \"{id}\", satisfied: true, idempotencyKey: \"d\") {payload}"), "WrongStage"),
            (format!("addNote(request: \"{id}\", text: \"x\", idempotencyKey: \"\") {payload}"), "BadKey"),
            (format!("addNote(request: \"{id}\", text: \"x\", idempotencyKey: \"{}\") {payload}", "k".repeat(101)), "BadKey"),
            (format!("addNote(request: \"{id}\", text: \"x\", idempotencyKey: \"1\") {payload}"), "KeyReused"),
            ("renameUnit(unit: \"V\", name: \"x\", idempotencyKey: \"e\") { position world refusal { code message zh } }".to_owned(), "NotYourRegister"),
        ];
        for (mutation, code) in cases {
            for accept in [GRAPHQL, JSON] {
                let body = json!({ "query": format!("mutation {{ it: {mutation} }}") });
                let reply = Sent::post(accept, body).by(&client).await?;
                assert_eq!(reply.status, 200, "{}", reply.text);
                let data = reply.data()?;
                let refusal = &data["it"]["refusal"];
                assert_eq!(refusal["code"], code, "{mutation}");
                assert!(refusal["message"].as_str().is_some_and(|m| !m.is_empty()), "{refusal}");
                assert!(refusal["zh"].as_str().is_some_and(|m| !m.is_ascii()), "{refusal}");
                let others = data["it"].as_object().unwrap().iter().filter(|(name, _)| *name != "refusal");
                for (name, value) in others {
                    assert_eq!(value, &Value::Null, "{mutation}: {name}");
                }
            }
        }
        api.close().await
    });
}

on_both_stores! {
    "hamlet" => async fn the_same_key_gives_the_same_answer_with_the_receipt(town) {
        let api = Api::of(town).await?;
        let client = api.client("P5").await?;
        let variables = json!({ "input": input("H11", "water-pipe"), "key": "once" });
        // All at once, and once more when all is done.
        let replies = join_all((0..20).map(|_| client.ask(LOG, variables.clone()))).await;
        let mut answers = replies.into_iter().collect::<Result<Vec<_>, _>>()?;
        answers.push(client.ask(LOG, variables.clone()).await?);
        assert!(answers[0]["logRequest"]["receipt"].is_string(), "{}", answers[0]);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        // The key is each actor's own.
        let other = api.client("P6").await?.ask(LOG, variables).await?;
        assert_ne!(other["logRequest"]["id"], answers[0]["logRequest"]["id"]);
        let data = client.ask("{ requests { edges { node { id } } } }", Value::Null).await?;
        assert_eq!(ids(&data["requests"], "/id").len(), 2);
        api.close().await
    }
}

fn accept_order(key: usize) -> Result<Order, Trouble> {
    let command = Command::Act { request: "00000000000000000000000000000000".parse()?, command: Act::Accept };
    Ok(Order { actor: person("P5")?, key: format!("fill-{key}"), command })
}

/// Fills the queue of an engine whose writer waits for somebody else's transaction.
fn fill(engine: &Engine) -> Result<(), Trouble> {
    let mut taken = 0;
    // More were taken than may wait: so the writer has some of them in hand, and stands still.
    for key in 0.. {
        match engine.execute(accept_order(key)?).now_or_never() {
            Some(Err(Error::Busy)) if taken > MAX_WAITING => break,
            Some(Err(Error::Busy)) => std::thread::yield_now(),
            Some(other) => return Err(format!("{other:?}").into()),
            None => taken += 1,
        }
    }
    Ok(())
}

#[test]
fn what_takes_too_long_is_answered_as_such_and_the_same_key_does_it_once() {
    let config = Config { request_time: Duration::from_millis(500), ..serving::config() };
    town::run(Kind::Sqlite, fixtures::register("hamlet"), |town| async {
        let api = Api::with(town, config).await?;
        let client = api.client("P5").await?;
        let body = json!({ "query": LOG, "variables": { "input": input("H11", "water-pipe"), "key": "k" } });
        let mut options = ConnectOptions::new(&api.town.db.url);
        options.max_connections(1);
        let other = Database::connect(options).await?;
        other.execute_unprepared("BEGIN IMMEDIATE").await?;
        for accept in [GRAPHQL, JSON] {
            let reply = Sent::post(accept, &body).by(&client).await?;
            assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (504, "TIMEOUT"), "{}", reply.text);
            assert_eq!(reply.json().get("data"), None, "{}", reply.text);
        }
        other.execute_unprepared("ROLLBACK").await?;
        // The command was taken when it came: it happens though nobody waited, and once.
        let again = async {
            loop {
                let reply = Sent::post(GRAPHQL, &body).by(&client).await?;
                if reply.error_code() != "TIMEOUT" {
                    return reply.data();
                }
            }
        };
        let data = tokio::time::timeout(PATIENCE, again).await??;
        assert!(data["logRequest"]["id"].is_string(), "{data}");
        let (all, _) = api.town.engine.requests(&Actor::Operator, &RequestFilter::default(), None, 10).await?;
        assert_eq!(all.len(), 1);
        api.close().await
    });
}

/// By a trigger, which says on SQLite what the store says when another writer is in the way, in the same words and
/// under another code: words make no conflict. A true one is waited out for longer than a test may take.
#[test]
fn words_alone_make_no_conflict() {
    on_hamlet(|api| async move {
        let db = Database::connect(&api.town.db.url).await?;
        let trigger = "CREATE TRIGGER in_the_way BEFORE INSERT ON request \
                       BEGIN SELECT RAISE(ABORT, 'database is locked'); END";
        db.execute_unprepared(trigger).await?;
        let body = json!({ "query": LOG, "variables": { "input": input("H11", "water-pipe"), "key": "k" } });
        let reply = Sent::post(GRAPHQL, &body).by(&api.client("P5").await?).await?;
        assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (500, "INTERNAL"), "{}", reply.text);
        db.execute_unprepared("DROP TRIGGER in_the_way").await?;
        api.close().await
    });
}

#[test]
fn whoever_loses_against_other_writers_every_time_is_told_of_the_conflict() {
    town::run(Kind::Postgres, fixtures::register("hamlet"), |town| async move {
        let api = Api::of(town).await?;
        let client = api.client("P5").await?;
        let db = Database::connect(&api.town.db.url).await?;
        // What the store says when another writer was in the way, said every time.
        let begin = "CREATE FUNCTION in_the_way() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                         RAISE EXCEPTION 'somebody was first' USING ERRCODE = '40001';
                     END $$;
                     CREATE TRIGGER in_the_way BEFORE INSERT ON request FOR EACH ROW EXECUTE FUNCTION in_the_way()";
        db.execute_unprepared(begin).await?;
        let order = Order {
            actor: person("P5")?,
            key: "engine".to_owned(),
            command: Command::Log(request("H11", "water-pipe")?),
        };
        assert!(matches!(api.town.engine.execute(order.clone()).await, Err(Error::Conflict(MAX_TRIES))));
        let body = json!({ "query": LOG, "variables": { "input": input("H11", "water-pipe"), "key": "k" } });
        for accept in [GRAPHQL, JSON] {
            let reply = Sent::post(accept, &body).by(&client).await?;
            assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (503, "CONFLICT"), "{}", reply.text);
            assert_eq!(reply.json()["data"], Value::Null);
        }
        db.execute_unprepared("DROP TRIGGER in_the_way ON request").await?;
        // Nothing was done under either key, so both may be used again.
        assert!(api.town.engine.execute(order).await?.is_ok());
        let data = Sent::post(GRAPHQL, &body).by(&client).await?.data()?;
        assert!(data["logRequest"]["id"].is_string(), "{data}");
        let (all, _) = api.town.engine.requests(&Actor::Operator, &RequestFilter::default(), None, 10).await?;
        assert_eq!(all.len(), 2);
        api.close().await
    });
}

#[test]
fn too_many_commands_are_answered_busy_and_a_stopping_server_says_so() {
    on_hamlet(|api| async move {
        let client = api.client("P5").await?;
        assert!(client.ask("{ me { kind } }", Value::Null).await?.is_object());
        let mut options = ConnectOptions::new(&api.town.db.url);
        options.max_connections(1);
        let other = Database::connect(options).await?;
        other.execute_unprepared("BEGIN IMMEDIATE").await?;
        fill(&api.town.engine)?;
        let body = json!({ "query": LOG, "variables": { "input": input("H11", "water-pipe"), "key": "k" } });
        for accept in [GRAPHQL, JSON] {
            let reply = Sent::post(accept, &body).by(&client).await?;
            assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (503, "BUSY"), "{}", reply.text);
            assert_eq!(reply.json()["data"], Value::Null);
        }
        other.execute_unprepared("ROLLBACK").await?;
        // There is room again in a moment, and the same key may be used: nothing was done under it.
        let again = async {
            loop {
                let reply = Sent::post(GRAPHQL, &body).by(&client).await?;
                if reply.error_code() != "BUSY" {
                    return reply.data();
                }
            }
        };
        let data = tokio::time::timeout(PATIENCE, again).await??;
        assert!(data["logRequest"]["id"].is_string(), "{data}");

        api.town.engine.stop().await?;
        let token = api.token("P5").await;
        assert!(token.is_err(), "the store is closed");
        for accept in [GRAPHQL, JSON] {
            let reply = Sent::post(accept, &body).by(&client).await?;
            assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (503, "STOPPING"), "{}", reply.text);
        }
        api.close().await
    });
}
