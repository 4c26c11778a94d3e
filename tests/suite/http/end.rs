//! Health, numbers, and the end of a server.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use liandong_engine::{
    rules::{actor::Actor, id::RequestId},
    run::{store::Store, verify::verify},
};
use liandong_graphql_api::Config;
use liandong_tests::{
    fixtures, on_both_stores,
    serving::{self, PATIENCE},
    stores::{Kind, Trouble},
    town::{self, Town},
};
use serde_json::json;
use tokio::net::TcpStream;

use super::{Api, GRAPHQL, LOG, Sent, input, log, on_hamlet, raw};

#[test]
fn ready_turns_before_the_server_stops_and_live_does_not() {
    on_hamlet(|api| async move {
        let get = async |path: &str| api.serving.client.get(path).await.map(|reply| reply.status.as_u16());
        assert_eq!((get("/health/live").await?, get("/health/ready").await?), (200, 200));
        api.town.engine.announce_stop();
        assert_eq!((get("/health/live").await?, get("/health/ready").await?), (200, 503));
        // What still arrives is still done.
        log(&api.client("P5").await?, "1", input("H11", "water-pipe")).await?;
        api.close().await
    });
}

#[test]
fn a_stopping_server_says_so_while_it_still_takes_connections() {
    let config = Config { grace_time: Duration::from_secs(3_600), ..serving::config() };
    town::run(Kind::Sqlite, fixtures::register("hamlet"), |town| async {
        let mut api = Api::with(town, config).await?;
        let client = api.client("P5").await?;
        let get = async |path: &str| api.serving.client.get(path).await.map(|reply| reply.status.as_u16());
        assert_eq!(get("/health/ready").await?, 200);
        api.serving.ask_to_stop();
        let turned = async {
            while api.serving.client.get("/health/ready").await?.status != 503 {}
            Ok::<_, Trouble>(())
        };
        tokio::time::timeout(PATIENCE, turned).await??;
        // Who comes now, on a connection of its own, is told the same, and is served all the same.
        let ask = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        for (path, status) in [("/health/ready", "HTTP/1.1 503 "), ("/health/live", "HTTP/1.1 200 ")] {
            let answer = raw(&api.serving, ask(path).as_bytes()).await?;
            assert!(answer.starts_with(status), "{path}: {answer}");
        }
        log(&client, "late", input("H11", "water-pipe")).await?;
        let Api { town, serving } = api;
        serving.break_off().await;
        town.engine.stop().await?;
        Ok(())
    });
}

#[test]
fn a_server_goes_on_listening_for_as_long_as_it_is_told_and_no_longer() {
    let grace_time = Duration::from_millis(300);
    let config = Config { grace_time, ..serving::config() };
    town::run(Kind::Sqlite, fixtures::register("hamlet"), |town| async {
        let Api { serving, .. } = Api::with(town, config).await?;
        let address = serving.address;
        let asked = Instant::now();
        serving.stop().await?;
        assert!(asked.elapsed() >= grace_time, "it stopped after {:?}", asked.elapsed());
        assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
        Ok(())
    });
}

/// The samples of a page of numbers, by name with labels.
fn samples(page: &str) -> BTreeMap<String, f64> {
    let mut found = BTreeMap::new();
    let mut kinds: BTreeMap<&str, &str> = BTreeMap::new();
    for line in page.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let mut parts = comment.splitn(3, ' ');
            match (parts.next(), parts.next(), parts.next()) {
                (Some("TYPE"), Some(name), Some(kind)) => {
                    assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                    assert_eq!(kinds.insert(name, kind), None, "{name} twice");
                }
                (Some("HELP" | "UNIT"), Some(_), Some(_)) | (Some("EOF"), None, None) => {}
                _ => panic!("`{line}` is no comment of the format"),
            }
            continue;
        }
        let (name, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("`{line}` is no sample"));
        let family = name.split('{').next().unwrap();
        assert!(family.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{line}");
        assert!(kinds.keys().any(|kind| family.starts_with(kind)), "`{line}` has no type");
        if let Some((_, labels)) = name.split_once('{') {
            let labels = labels.strip_suffix('}').unwrap_or_else(|| panic!("`{line}` has open labels"));
            for label in labels.split(',') {
                let (_, text) = label.split_once('=').unwrap_or_else(|| panic!("`{line}` has a bad label"));
                assert!(text.starts_with('"') && text.ends_with('"'), "{line}");
            }
        }
        assert_eq!(found.insert(name.to_owned(), value.parse().unwrap()), None, "{name} twice");
    }
    found
}

#[test]
fn the_numbers_are_prometheus_text_and_count_commands() {
    on_hamlet(|api| async move {
        let client = api.client("P5").await?;
        let before = samples(&api.serving.client.get("/metrics").await?.text);
        for n in 0..7 {
            log(&client, &format!("k{n}"), input("H11", "water-pipe")).await?;
        }
        log(&client, "k0", input("H11", "water-pipe")).await?;
        let refused = client.ask(LOG, json!({ "input": input("NOWHERE", "water-pipe"), "key": "x" })).await?;
        assert_eq!(refused["logRequest"]["refusal"]["code"], "UnknownPlace");
        client.get("/graphql/never/asked/before").await?;
        let reply = api.serving.client.get("/metrics").await?;
        // Who does not ask for anything better gets what every collector reads.
        assert!(reply.content_type.starts_with("text/plain; version=0.0.4"), "{}", reply.content_type);
        assert!(!reply.text.contains("# EOF"));
        assert!(!reply.text.contains("never"), "what a caller chose is counted");
        let after = samples(&reply.text);
        let grew = |name: &str| after.get(name).copied().unwrap_or(f64::NAN) - before.get(name).copied().unwrap_or(0.0);
        assert_eq!(grew("liandong_commands_total{outcome=\"done\"}"), 8.0, "{}", reply.text);
        assert_eq!(grew("liandong_commands_total{outcome=\"replayed\"}"), 1.0);
        assert_eq!(grew("liandong_commands_total{outcome=\"refused\"}"), 1.0);
        assert_eq!(grew("liandong_http_requests_total{route=\"/graphql\",status=\"200\"}"), 9.0, "{}", reply.text);
        assert_eq!(after["liandong_ready"], 1.0);
        assert_eq!(after["liandong_journal_position"] as i64, api.town.engine.feed().position());
        api.close().await
    });
}

on_both_stores! {
    "hamlet" => async fn the_orderly_stop_answers_what_is_in_flight_and_loses_nothing(town) {
        let mut api = Api::of(town).await?;
        let token = api.token("P5").await?;
        let acknowledged = AtomicUsize::new(0);
        let (enough, told) = tokio::sync::oneshot::channel();
        let enough = std::sync::Mutex::new(Some(enough));
        let client = api.serving.client.bearer(&token);
        let writers = (0..16).map(|writer| {
            let (client, acknowledged, enough) = (client.clone(), &acknowledged, &enough);
            async move {
                let mut done: Vec<String> = Vec::new();
                for n in 0.. {
                    let body = json!({ "query": LOG, "variables": { "input": input("H11", "water-pipe"), "key": format!("{writer}-{n}") } });
                    // A connection that is closed says no as well.
                    let Ok(reply) = Sent::post(GRAPHQL, body).by(&client).await else { break };
                    if reply.status != 200 {
                        assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (503, "STOPPING"), "{}", reply.text);
                        break;
                    }
                    done.push(reply.data().unwrap()["logRequest"]["id"].as_str().unwrap().to_owned());
                    if acknowledged.fetch_add(1, Ordering::SeqCst) == 100
                        && let Some(enough) = enough.lock().unwrap().take()
                    {
                        enough.send(()).unwrap();
                    }
                }
                done
            }
        });
        let stop = async {
            told.await.unwrap();
            api.serving.ask_to_stop();
        };
        let (done, ()) = tokio::time::timeout(PATIENCE, async { tokio::join!(join_all(writers), stop) }).await?;
        let Api { town, serving } = api;
        let address = serving.address;
        serving.stop().await?;
        assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
        let acknowledged: BTreeSet<String> = done.into_iter().flatten().collect();
        let store = Store::connect(&town.db.url).await?;
        let found = verify(&store).await?;
        assert_eq!(found.differences, Vec::<String>::new());
        let again = Town::engine(&town.db, &town.clock).await?;
        let (mut stored, mut before) = (BTreeSet::new(), None::<RequestId>);
        loop {
            let (page, next) = again.requests(&Actor::Operator, &Default::default(), before, 100).await?;
            stored.extend(page.iter().map(|r| r.id.to_string()));
            before = next;
            if before.is_none() {
                break;
            }
        }
        again.stop().await?;
        // What was acknowledged is there, and what is there was acknowledged.
        assert_eq!(stored, acknowledged);
        Ok(())
    }
}
