//! Pulling the plug: what was acknowledged is there, once, and the journal verifies.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use liandong_engine::{
    rules::{actor::Actor, id::RequestId},
    run::{
        engine::{Command, Engine, Order},
        source::{Clock, Entropy},
        store::Store,
        verify::verify,
    },
};
use liandong_tests::{
    client::Client,
    fixtures,
    server::Server,
    stores::{Kind, TestDb, Trouble},
};
use serde_json::{Value, json};
use tokio::sync::Mutex;

const ROUNDS: usize = 20;
const WRITERS: usize = 8;
/// After so many acknowledgements in a round the server is killed, with others under way.
const KILL_AFTER: usize = 25;

const LOG: &str = "mutation($input: LogRequestInput!, $key: String!) {
    logRequest(input: $input, idempotencyKey: $key) { id receipt refusal { code } }
}";

/// What the server said of a command: its key, the request and the receipt.
type Acknowledged = (String, String, String);

async fn log(client: &Client, key: &str) -> Result<(String, String), Trouble> {
    let input = json!({
        "place": "H21", "matter": "water-pipe", "channel": "HomeVisit", "words": "水管破了", "citizen": { "name": "韦某" }
    });
    let data = client.ask(LOG, json!({ "input": input, "key": key })).await?;
    let text = |field: &str| data.pointer(&format!("/logRequest/{field}")).and_then(Value::as_str).map(str::to_owned);
    match (text("id"), text("receipt")) {
        (Some(id), Some(receipt)) => Ok((id, receipt)),
        _ => Err(format!("refused: {data}").into()),
    }
}

async fn prepare(db: &TestDb) -> Result<String, Trouble> {
    let store = Store::open(&db.url).await?;
    let engine = Engine::open(store, Clock::System, Entropy::System).await?;
    let command = Command::Load(Box::new(fixtures::register("hamlet")));
    engine.execute(Order { actor: Actor::Operator, key: "town".to_owned(), command }).await?.unwrap();
    let token = engine.issue_token(&"P5".parse()?).await?;
    engine.stop().await?;
    Ok(token)
}

/// One round: writers log until the server dies under them.
async fn round(
    db: &TestDb,
    token: &str,
    round: usize,
    acknowledged: &Arc<Mutex<Vec<Acknowledged>>>,
) -> Result<(), Trouble> {
    let server = Server::start(&db.url).await?;
    let client = server.client.bearer(token);
    let count = Arc::new(AtomicUsize::new(0));
    let enough = Arc::new(tokio::sync::Notify::new());
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (client, count) = (client.clone(), Arc::clone(&count));
            let (enough, acknowledged) = (Arc::clone(&enough), Arc::clone(acknowledged));
            tokio::spawn(async move {
                for n in 0.. {
                    let key = format!("r{round}-w{writer}-{n}");
                    let Ok((id, receipt)) = log(&client, &key).await else { return };
                    acknowledged.lock().await.push((key, id, receipt));
                    if count.fetch_add(1, Ordering::SeqCst) + 1 == KILL_AFTER {
                        enough.notify_one();
                    }
                }
            })
        })
        .collect();
    enough.notified().await;
    server.kill().await?;
    for writer in writers {
        writer.await?;
    }
    Ok(())
}

async fn story(kind: Kind) -> Result<(), Trouble> {
    let Some(db) = TestDb::new(kind).await? else {
        eprintln!("skipped: there is no PostgreSQL here");
        return Ok(());
    };
    let token = prepare(&db).await?;
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    for n in 0..ROUNDS {
        round(&db, &token, n, &acknowledged).await?;
    }
    let acknowledged = std::mem::take(&mut *acknowledged.lock().await);
    assert!(acknowledged.len() >= ROUNDS * KILL_AFTER);

    let found = verify(&Store::connect(&db.url).await?).await?;
    assert_eq!(found.differences, Vec::<String>::new());
    // Commands that were under way may have come through without the answer reaching anybody.
    assert!(found.requests as usize >= acknowledged.len());
    assert!(found.requests as usize <= acknowledged.len() + ROUNDS * WRITERS);

    let engine = Engine::open(Store::connect(&db.url).await?, Clock::System, Entropy::System).await?;
    for (_, id, _) in &acknowledged {
        let id: RequestId = id.parse()?;
        let request = engine.request(&Actor::Operator, id).await?.unwrap_or_else(|| panic!("{id} is lost"));
        assert!(request.handle().is_some(), "{id} is without a holder");
    }
    engine.stop().await?;

    // The same keys again: the first answers, and nothing new.
    let server = Server::start(&db.url).await?;
    let client = server.client.bearer(&token);
    for (key, id, receipt) in acknowledged.iter().step_by(7) {
        assert_eq!(log(&client, key).await?, (id.clone(), receipt.clone()));
    }
    server.kill().await?;
    assert_eq!(verify(&Store::connect(&db.url).await?).await?.requests, found.requests);
    Ok(())
}

#[test]
fn twenty_kills_under_load_lose_and_double_nothing_on_sqlite() {
    tokio::runtime::Runtime::new().unwrap().block_on(story(Kind::Sqlite)).unwrap();
}

#[test]
fn twenty_kills_under_load_lose_and_double_nothing_on_postgres() {
    tokio::runtime::Runtime::new().unwrap().block_on(story(Kind::Postgres)).unwrap();
}
