//! What a command comes to: done, refused, or not taken.

use futures_util::{FutureExt, future::join_all};
use liandong_engine::{
    rules::request::command::Command as Act,
    run::{
        engine::{Command, Engine, MAX_WAITING, Order},
        error::Error,
    },
};
use liandong_tests::{on_both_stores, stores::Trouble, story::graphql::PATIENCE, town::person};
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
