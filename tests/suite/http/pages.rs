//! Lists: page by page, and how often the store is asked for one.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use liandong_engine::run::{engine::Engine, source::Entropy, store::Store};
use liandong_tests::{
    client::Client,
    on_both_stores,
    serving::{self, Serving},
    stores::Trouble,
    town::Town,
};
use serde_json::{Value, json};

use super::{Api, input, log};

on_both_stores! {
    "hamlet" => async fn paging_gives_each_of_57_requests_once_while_new_ones_arrive(town) {
        let api = Api::of(town).await?;
        let client = api.client("P5").await?;
        let mut logged = BTreeSet::new();
        for n in 0..57 {
            api.later(1_000);
            logged.insert(log(&client, &format!("k{n}"), input("H11", "water-pipe")).await?.0);
        }
        for size in [1, 7, 19, 57, 100] {
            let query = format!(
                "query($after: String) {{
                    requests(first: {size}, after: $after, filter: {{ matter: \"water-pipe\" }}) {{
                        edges {{ cursor node {{ id loggedAt }} }}
                        pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
                    }}
                }}"
            );
            let (mut seen, mut after, mut pages) = (Vec::new(), Value::Null, 0);
            loop {
                let data = client.ask(&query, json!({ "after": after })).await?;
                let page = &data["requests"];
                let edges = page["edges"].as_array().unwrap();
                assert!(edges.len() <= size);
                assert_eq!(page["pageInfo"]["hasPreviousPage"], pages > 0);
                assert_eq!(page["pageInfo"]["startCursor"], edges.first().map_or(Value::Null, |e| e["cursor"].clone()));
                seen.extend(edges.iter().map(|e| e["node"]["id"].as_str().unwrap().to_owned()));
                // New ones come at the front, and are not seen by who began before.
                api.later(1_000);
                log(&client, &format!("new-{size}-{pages}"), input("H21", "street-lamp")).await?;
                if pages == 0 && size < 57 {
                    log(&client, &format!("newer-{size}"), input("H11", "water-pipe")).await.map(|(id, _)| logged.insert(id))?;
                }
                pages += 1;
                after = page["pageInfo"]["endCursor"].clone();
                if page["pageInfo"]["hasNextPage"] == false {
                    break;
                }
            }
            let newer = usize::from(size < 57);
            let distinct: BTreeSet<String> = seen.iter().cloned().collect();
            assert_eq!(distinct.len(), seen.len(), "{size}: something came twice");
            assert_eq!(distinct.len(), logged.len() - newer, "{size}: something was missed");
            assert!(distinct.is_subset(&logged));
            let mut newest_first = seen.clone();
            newest_first.sort();
            newest_first.reverse();
            assert_eq!(seen, newest_first, "{size}: out of order");
        }
        api.close().await
    }
}

/// How many statements readers send for a query.
struct Counter {
    statements: Arc<AtomicUsize>,
    serving: Serving,
    engine: Arc<Engine>,
}

impl Counter {
    async fn of(town: &Town) -> Result<Self, Trouble> {
        let statements = Arc::new(AtomicUsize::new(0));
        let mut store = Store::connect(&town.db.url).await?;
        let count = Arc::clone(&statements);
        store.on_read(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
        });
        let engine = Arc::new(Engine::open(store, town.clock.clone(), Entropy::System).await?);
        engine.make_receipts_with(liandong_tests::town::SECRET, false).await?;
        let serving = Serving::start(&engine, &serving::config()).await?;
        Ok(Self { statements, serving, engine })
    }

    /// The answer, and the statements that it took; asked a few times, because the engine itself looks
    /// at the head of the journal now and then.
    async fn ask(&self, client: &Client, query: &str) -> Result<(Value, usize), Trouble> {
        let (mut data, mut fewest) = (client.ask(query, Value::Null).await?, usize::MAX);
        for _ in 0..5 {
            let before = self.statements.load(Ordering::SeqCst);
            data = client.ask(query, Value::Null).await?;
            fewest = fewest.min(self.statements.load(Ordering::SeqCst) - before);
        }
        Ok((data, fewest))
    }
}

const INBOX: &str = "{
    assignments(first: COUNT) {
        edges {
            node {
                no dutyZh openedAt post { name } person { name }
                request {
                    id words stageZh matter { name } citizen { name }
                    place { name above { name } chain { post { name } person { name } } }
                    handle { no person { name } } assignments { no person { name } }
                }
            }
        }
        pageInfo { hasNextPage endCursor }
    }
}";

const DESK: &str = "{
    requests(first: COUNT) {
        edges {
            node {
                id words stageZh matter { name } citizen { name } place { name chain { person { name } } }
                handle { person { name } } relay { person { name } } assignments { no post { name } }
            }
        }
        pageInfo { hasNextPage endCursor }
    }
}";

on_both_stores! {
    "hamlet" => async fn an_inbox_of_50_takes_no_more_statements_than_one_of_5(town) {
        for n in 0..60 {
            town.log("P5", ["H11", "H12", "H13"][n % 3], "water-pipe").await?;
        }
        let counter = Counter::of(&town).await?;
        let token = counter.engine.issue_token(&"P2".parse()?).await?;
        let client = counter.serving.client.bearer(&token);
        for (name, query, most) in [("inbox", INBOX, 3), ("desk", DESK, 5)] {
            let mut taken = Vec::new();
            for count in [1, 5, 50] {
                let (data, statements) = counter.ask(&client, &query.replace("COUNT", &count.to_string())).await?;
                let list = &data[if name == "inbox" { "assignments" } else { "requests" }]["edges"];
                assert_eq!(list.as_array().map(Vec::len), Some(count), "{name}");
                assert!(data.to_string().contains("王值督"), "{name}: the chain goes up to the town");
                taken.push(statements);
            }
            eprintln!("{name}: {taken:?} statements for 1, 5 and 50 items");
            assert!(taken.iter().all(|n| *n == taken[0] && *n <= most), "{name}: {taken:?}");
        }
        counter.serving.stop().await?;
        Ok(())
    }
}
