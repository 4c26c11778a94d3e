//! The store fails in every way that it can: what was acknowledged is there, nothing else is, and it goes on by itself.

mod disk;
mod kept;
mod postgres;
mod sqlite;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures_util::future::join_all;
use liandong_engine::{
    rules::{actor::Actor, id::RequestId},
    run::{
        engine::{Command, Engine, Order},
        error::Error,
        source::{Clock, Entropy},
        store::Store,
        verify::verify,
    },
};
use liandong_tests::{
    fixtures,
    serving::PATIENCE,
    stores::{TestDb, Trouble},
    town::{SECRET, person, request},
};

/// What was acknowledged: the request of each key.
type Acknowledged = BTreeMap<String, RequestId>;

/// A hamlet on the database, and nobody at work in it.
async fn settle(db: &TestDb) -> Result<(), Trouble> {
    let engine = Engine::open(Store::open(&db.url).await?, Clock::System, Entropy::System).await?;
    engine.make_receipts_with(SECRET, false).await?;
    let command = Command::Load(Box::new(fixtures::register("hamlet")));
    engine.execute(Order { actor: Actor::Operator, key: "town".to_owned(), command }).await?.unwrap();
    engine.stop().await?;
    Ok(())
}

async fn engine(store: Store) -> Result<Arc<Engine>, Trouble> {
    let engine = Engine::open(store, Clock::System, Entropy::System).await?;
    engine.make_receipts_with(SECRET, false).await?;
    Ok(Arc::new(engine))
}

/// Logs a request of many words under a key: its id, or how the machine failed.
async fn log(engine: &Engine, key: &str) -> Result<RequestId, Error> {
    let mut command = request("H21", "water-pipe").unwrap();
    command.words = "水".repeat(500);
    let order = Order { actor: person("P5").unwrap(), key: key.to_owned(), command: Command::Log(command) };
    let done = engine.execute(order).await?.unwrap_or_else(|refused| panic!("{refused:?}"));
    Ok(done.request.unwrap())
}

/// Logs so many at once; those that failed say why.
async fn log_many(engine: &Arc<Engine>, keys: impl Iterator<Item = String>, kept: &mut Acknowledged) -> Vec<Error> {
    let answers = keys.map(|key| {
        let engine = Arc::clone(engine);
        async move { (log(&engine, &key).await, key) }
    });
    let mut failed = Vec::new();
    for (answer, key) in join_all(answers).await {
        match answer {
            Ok(id) => assert!(kept.insert(key.clone(), id).is_none_or(|first| first == id), "{key} is two requests"),
            Err(error) => failed.push(error),
        }
    }
    failed
}

/// Another process finds everything that was acknowledged, and at most so many more, whose outcome nobody knew.
async fn all_there(url: &str, kept: &Acknowledged, more: usize) -> Result<(), Trouble> {
    let store = Store::connect(url).await?;
    let found = verify(&store).await?;
    assert_eq!(found.differences, Vec::<String>::new());
    let engine = engine(store).await?;
    for (key, id) in kept {
        assert!(engine.request(&Actor::Operator, *id).await?.is_some(), "{key} was acknowledged and is lost");
    }
    engine.stop().await?;
    let requests = usize::try_from(found.requests)?;
    let known = kept.values().collect::<std::collections::BTreeSet<_>>().len();
    assert!((known..=known + more).contains(&requests), "{requests} requests, {known} acknowledged");
    Ok(())
}

/// Waits until something is so, for as long as anything may take that has to happen.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) -> Result<(), Trouble> {
    let mut tick = tokio::time::interval(Duration::from_millis(10));
    let waiting = async {
        while !is_so().await {
            tick.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.map_err(|_| format!("in vain: {what}").into())
}

fn block_on(story: impl Future<Output = Result<(), Trouble>>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(story).unwrap();
}
