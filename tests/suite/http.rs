//! The API as a client meets it: who gets what, and what HTTP says about it.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::{FutureExt, future::join_all};
use hyper::Method;
use liandong_engine::{
    rules::{
        actor::Actor,
        id::RequestId,
        instant::{Instant, Zone},
        post::Rank,
        register::command::Command as Change,
        request::command::Command as Act,
    },
    run::{
        engine::{Command, Engine, Order},
        error::Error,
        source::Entropy,
        store::Store,
        verify::verify,
    },
};
use liandong_graphql_api::Config;
use liandong_tests::{
    client::{Client, Reply},
    fixtures, on_both_stores,
    stores::{Kind, Trouble},
    story::graphql::{PATIENCE, Serving},
    town::{self, Town, instant, person, request},
};
use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A town with a server on it.
pub(crate) struct Api {
    pub(crate) town: Town,
    pub(crate) serving: Serving,
}

impl Api {
    pub(crate) async fn of(town: Town) -> Result<Self, Trouble> {
        Self::with(town, Config::default()).await
    }

    pub(crate) async fn with(town: Town, config: Config) -> Result<Self, Trouble> {
        let serving = Serving::start(&town.engine, &config).await?;
        Ok(Self { town, serving })
    }

    pub(crate) async fn token(&self, code: &str) -> Result<String, Trouble> {
        Ok(self.town.engine.issue_token(&code.parse()?).await?)
    }

    /// A client that is this person.
    pub(crate) async fn client(&self, code: &str) -> Result<Client, Trouble> {
        Ok(self.serving.client.bearer(&self.token(code).await?))
    }

    pub(crate) async fn close(self) -> Result<(), Trouble> {
        self.serving.stop().await
    }
}

/// Runs a test on the hamlet, on SQLite.
pub(crate) fn on_hamlet<F: Future<Output = Result<(), Trouble>>>(test: impl FnOnce(Api) -> F) {
    town::run(Kind::Sqlite, fixtures::register("hamlet"), |town| async { test(Api::of(town).await?).await });
}

const LOG: &str = "mutation($input: LogRequestInput!, $key: String!) {
    logRequest(input: $input, idempotencyKey: $key) { id receipt position refusal { code message zh } request { id } }
}";

pub(crate) fn input(place: &str, matter: &str) -> Value {
    json!({
        "place": place, "matter": matter, "channel": "HomeVisit", "words": "水管破了",
        "citizen": { "name": "韦某某", "phone": "18912345678" },
    })
}

/// Logs a request; gives its id and its receipt.
pub(crate) async fn log(client: &Client, key: &str, input: Value) -> Result<(String, String), Trouble> {
    let data = client.ask(LOG, json!({ "input": input, "key": key })).await?;
    let text = |field: &str| data["logRequest"][field].as_str().map(ToOwned::to_owned);
    Ok((text("id").ok_or(data.to_string())?, text("receipt").ok_or(data.to_string())?))
}

/// Does something about a request: `order(client, "escalate", id, "reason: \"x\"")`; the code of the
/// refusal, or `done`.
pub(crate) async fn order(client: &Client, name: &str, id: &str, args: &str) -> Result<String, Trouble> {
    static KEYS: AtomicUsize = AtomicUsize::new(0);
    let key = KEYS.fetch_add(1, Ordering::SeqCst);
    let query = format!(
        "mutation {{ it: {name}(request: \"{id}\", {args} idempotencyKey: \"o{key}\") {{ id refusal {{ code }} }} }}"
    );
    let data = client.ask(&query, Value::Null).await?;
    match data["it"]["refusal"]["code"].as_str() {
        Some(code) => Ok(code.to_owned()),
        None => data["it"]["id"].as_str().map(|_| "done".to_owned()).ok_or_else(|| data.to_string().into()),
    }
}

/// The ids of a list of nodes.
fn ids(list: &Value, place: &str) -> BTreeSet<String> {
    let edges = list["edges"].as_array().cloned().unwrap_or_default();
    edges.iter().filter_map(|edge| edge["node"].pointer(place)?.as_str()).map(ToOwned::to_owned).collect()
}

/// What a server says byte for byte, head and all, to what is sent byte for byte.
pub(crate) async fn raw(serving: &Serving, bytes: &[u8]) -> Result<String, Trouble> {
    let talk = async {
        let mut stream = TcpStream::connect(serving.address).await?;
        stream.write_all(bytes).await?;
        let mut text = Vec::new();
        stream.read_to_end(&mut text).await?;
        Ok::<_, std::io::Error>(String::from_utf8_lossy(&text).into_owned())
    };
    Ok(tokio::time::timeout(PATIENCE, talk).await??)
}

const GRAPHQL: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

// No token, no data.

fn operations() -> Vec<(Method, String, String)> {
    let post = |body: Value| (Method::POST, "/graphql".to_owned(), body.to_string());
    vec![
        post(json!({ "query": "{ me { kind } }" })),
        post(json!({ "query": "{ __typename }" })),
        post(json!({ "query": "{ __schema { types { name } } }" })),
        post(json!({ "query": "{ __type(name: \"Request\") { fields { name } } }" })),
        post(json!({ "query": "{ matters { edges { node { name } } } }" })),
        post(json!({ "query": "{ no such thing" })),
        post(json!({ "query": "mutation { withdraw(request: \"x\", reason: \"y\", idempotencyKey: \"z\") { id } }" })),
        post(json!({ "query": LOG, "variables": { "input": input("H11", "water-pipe"), "key": "k" } })),
        post(json!([{ "query": "{ me { kind } }" }])),
        (Method::POST, "/graphql".to_owned(), "{".to_owned()),
        (Method::POST, "/graphql".to_owned(), String::new()),
        (Method::GET, "/graphql?query=%7Bme%7Bkind%7D%7D".to_owned(), String::new()),
        (Method::GET, "/graphql?query=%7B__schema%7BqueryType%7Bname%7D%7D%7D".to_owned(), String::new()),
        (Method::GET, "/graphql".to_owned(), String::new()),
    ]
}

#[test]
fn without_a_good_token_every_operation_is_answered_401_and_nothing_else() {
    on_hamlet(|api| async move {
        let revoked = api.token("P5").await?;
        let good = api.serving.client.bearer(&revoked);
        assert_eq!(good.ask("{ me { person { code } } }", Value::Null).await?["me"]["person"]["code"], "P5");
        assert_eq!(api.town.engine.revoke_tokens(&"P5".parse()?).await?, 1);
        // An identity is believed for a while.
        let later = api.town.engine.now().0 + i64::try_from(Config::default().identity_time.as_micros())?;
        api.town.clock.set(Instant(later));
        let before = api.town.engine.feed().position();
        let wrong = [
            api.serving.client.clone(),
            good,
            api.serving.client.bearer("ld_0000000000000000000000000000000000000000000000000000000000000000"),
            api.serving.client.bearer("ld_"),
            api.serving.client.bearer(""),
            api.serving.client.bearer("x' OR '1'='1"),
            api.serving.client.bearer(&format!("ld_{}", "x".repeat(5_000))),
            api.serving.client.receipt("2222-3333-4444"),
            api.serving.client.receipt("%"),
            api.serving.client.receipt(""),
        ];
        for client in &wrong {
            for (method, path, body) in operations() {
                let headers = [("content-type", JSON), ("accept", GRAPHQL)];
                let reply = client.send(method, &path, &headers, body.clone()).await?;
                let errors = reply.json();
                assert_eq!(reply.status, 401, "{path} {body}: {}", reply.text);
                assert_eq!(reply.error_code(), "UNAUTHENTICATED");
                assert_eq!(errors.as_object().map(|o| o.keys().collect::<Vec<_>>()), Some(vec![&"errors".to_owned()]));
                assert_eq!(errors["errors"].as_array().map(Vec::len), Some(1));
            }
        }
        assert_eq!(api.town.engine.feed().position(), before, "nothing happened");
        let head = raw(&api.serving, b"GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await?;
        assert!(head.to_ascii_lowercase().contains("\r\nwww-authenticate: bearer"), "{head}");
        api.close().await
    });
}

/// Everything that a request shows, as far as it goes without the map.
const WHOLE: &str = "fragment Whole on Request {
    id words channel stage stageZh returns reopened events outcome question loggedAt closedAt
    matter { code name rungs { no kind } } place { code name above { name } }
    citizen { name phone } accused { code name }
    loggedBy { kind person { code name phone } }
    resolution { outcome words post { name } person { name } rung }
    told { whom how by { name } } rating { satisfied words }
    handle { no post { name } person { code name phone } } relay { no person { name } }
    assignments { no person { name } }
    journal(first: 100) { edges { node { seq kind words acted { kind person { name } } responsible { name }
        opens { person { name } account { found { person { name } } passed { post { name } } } } } } }
}";

#[test]
fn a_receipt_sees_its_own_request_only_and_nobody_who_handles_it() {
    on_hamlet(|api| async move {
        let cadre = api.client("P5").await?;
        let (mine, receipt) = log(&cadre, "1", input("H11", "water-pipe")).await?;
        let (other, _) = log(&cadre, "2", input("H11", "street-lamp")).await?;
        let handler = api.client("P2").await?;
        assert_eq!(order(&handler, "escalate", &mine, "reason: \"要换主管\"").await?, "done");
        let citizen = api.serving.client.receipt(&format!("{}-{} ", &receipt[..4].to_lowercase(), &receipt[4..]));

        let query = format!(
            "query($other: ID!, $mine: ID!) {{
                me {{ kind person {{ code }} request {{ id }} }}
                mine: request(id: $mine) {{ ...Whole }}
                other: request(id: $other) {{ id }}
                requests {{ edges {{ node {{ ...Whole }} }} pageInfo {{ hasNextPage }} }}
                notices {{ edges {{ node {{ kind }} }} }}
            }} {WHOLE}"
        );
        let reply = citizen.post(&query, json!({ "other": other, "mine": mine })).await?;
        let data = reply.data()?;
        assert_eq!(data["me"], json!({ "kind": "Citizen", "person": null, "request": { "id": mine } }));
        assert_eq!(data["other"], Value::Null);
        assert_eq!(ids(&data["requests"], "/id"), BTreeSet::from([mine.clone()]));
        assert_eq!(data["notices"]["edges"], json!([]));
        assert_eq!(data["mine"]["citizen"], json!({ "name": "韦某某", "phone": "18912345678" }));
        assert_eq!(data["mine"]["stage"], "Routed");
        assert_eq!(data["mine"]["journal"]["edges"].as_array().map(Vec::len), Some(2));
        let people = &api.town.engine.world().register().people.clone();
        let posts = &api.town.engine.world().register().posts.clone();
        let shown = reply.text.replace("韦水生户", "");
        for name in people.iter().map(|p| &p.name).chain(posts.iter().map(|p| &p.name)) {
            assert!(!shown.contains(name.as_str()), "{name} in {shown}");
        }

        // What is not about the one request is not for a receipt.
        for query in [
            "{ assignments { edges { node { no } } } }",
            "{ escalations { edges { node { reason opens { person { name } } } } } }",
            "{ unit(code: \"V\") { name } }",
            "{ post(code: \"V-SC\") { name } }",
            "{ person(code: \"P5\") { name } }",
            "{ chain(place: \"H11\") { person { name } } }",
            "{ matters { edges { node { name } } } }",
            "{ coverage { asOf } }",
            "{ workload(unit: \"V\") { handles } }",
            "{ responsibilityMap(root: \"V\") { cutOff } }",
            "{ whoIsResponsible(place: \"H11\", matter: \"water-pipe\") { unrouted } }",
            "{ me { request { place { chain { person { name } } } } } }",
            "{ me { request { place { posts { name } } } } }",
            "{ me { request { place { children { edges { node { name } } } } } } }",
        ] {
            let reply = citizen.post(query, Value::Null).await?;
            assert_eq!(reply.error_code(), "FORBIDDEN", "{query}: {}", reply.text);
        }

        // What the citizen may do, and what not.
        let asks = "question: \"哪天在家\"";
        let boss = api.client("P5").await?;
        assert_eq!(order(&citizen, "addNote", &mine, "text: \"在后院\"").await?, "done");
        assert_eq!(order(&citizen, "resume", &mine, "answer: \"在\"").await?, "WrongStage");
        assert_eq!(order(&boss, "askCitizen", &mine, asks).await?, "done");
        assert_eq!(order(&citizen, "resume", &mine, "answer: \"初八\"").await?, "done");
        for (name, args) in [
            ("accept", ""),
            ("escalate", "reason: \"x\""),
            ("transfer", "to: \"V-SC\", reason: \"x\""),
            ("askCitizen", asks),
        ] {
            assert_eq!(order(&citizen, name, &mine, args).await?, "NotAllowed", "{name}");
        }
        for (name, args) in [("addNote", "text: \"x\""), ("withdraw", "reason: \"x\""), ("accept", "")] {
            assert_eq!(order(&citizen, name, &other, args).await?, "UnknownRequest", "{name}");
        }
        let logs = citizen.ask(LOG, json!({ "input": input("H11", "water-pipe"), "key": "c" })).await?;
        assert!(logs["logRequest"]["refusal"]["code"].is_string(), "{logs}");
        let changes = "mutation { renameUnit(unit: \"V\", name: \"x\", idempotencyKey: \"c1\") { refusal { code } } }";
        let changes = citizen.ask(changes, Value::Null).await?;
        assert_eq!(changes["renameUnit"]["refusal"]["code"], "NotYourRegister");
        assert_eq!(order(&boss, "resolve", &mine, "outcome: Solved, words: \"好了\", faceToFace: true").await?, "done");
        assert_eq!(order(&citizen, "rate", &mine, "satisfied: true,").await?, "done");
        assert_eq!(order(&cadre, "withdraw", &other, "reason: \"不要了\"").await?, "done");
        let done = citizen.post(&query, json!({ "other": other, "mine": mine })).await?;
        assert_eq!(done.data()?["mine"]["outcome"], "Solved");
        let shown = done.text.replace("韦水生户", "");
        for name in people.iter().map(|p| &p.name).chain(posts.iter().map(|p| &p.name)) {
            assert!(!shown.contains(name.as_str()), "{name} in {shown}");
        }
        api.close().await
    });
}

// Who sees what.

/// What everybody of the hamlet sees of some requests, by every way that there is.
async fn check_sight(api: &Api, named: &[(&str, &str)], expected: &[(&str, &[&str])]) -> Result<(), Trouble> {
    const LISTS: &str = "{
        requests(first: 100) { edges { node { id } } }
        escalations(first: 100) { edges { node { request { id } } } }
        assignments(first: 100) { edges { node { request { id } } } }
        ended: assignments(first: 100, filter: { ended: true }) { edges { node { request { id } } } }
        notices(first: 100) { edges { node { request { id } } } }
    }";
    let names: BTreeMap<&str, &str> = named.iter().map(|(name, id)| (*id, *name)).collect();
    for (who, sees) in expected {
        let client = api.client(who).await?;
        let sees: BTreeSet<&str> = sees.iter().copied().collect();
        let data = client.ask(LISTS, Value::Null).await?;
        let listed = ids(&data["requests"], "/id");
        let listed: BTreeSet<&str> = listed.iter().filter_map(|id| names.get(id.as_str()).copied()).collect();
        assert_eq!(listed, sees, "{who} in the list");
        for list in ["escalations", "assignments", "ended", "notices"] {
            for id in ids(&data[list], "/request/id") {
                assert!(sees.contains(names[id.as_str()]), "{who} in {list}: {}", names[id.as_str()]);
            }
        }
        for (name, id) in named {
            let one = client.ask(&format!("{{ request(id: \"{id}\") {{ id }} }}"), Value::Null).await?;
            assert_eq!(one["request"].is_object(), sees.contains(name), "{who} by the id of {name}");
            if !sees.contains(name) {
                for (act, args) in [("addNote", "text: \"x\""), ("accept", ""), ("withdraw", "reason: \"x\"")] {
                    assert_eq!(order(&client, act, id, args).await?, "UnknownRequest", "{who} {act} {name}");
                }
            }
        }
    }
    Ok(())
}

on_both_stores! {
    "hamlet" => async fn everybody_sees_the_requests_of_their_units_and_what_they_hold_or_held(town) {
        let api = Api::of(town).await?;
        let cadre = api.client("P5").await?;
        let (one, _) = log(&cadre, "1", input("H11", "water-pipe")).await?;
        let (two, _) = log(&cadre, "2", input("H21", "water-pipe")).await?;
        let (lamp, _) = log(&cadre, "3", input("H12", "street-lamp")).await?;
        let named = [("one", one.as_str()), ("two", &two), ("lamp", &lamp)];
        let all: &[&str] = &["one", "two", "lamp"];
        let first: &[&str] = &["one", "lamp"];
        let expected: &[(&str, &[&str])] = &[
            ("P1", first), ("P2", first), ("P3", &["two"]), ("P4", &[]), ("P5", all), ("P6", all), ("P7", all), ("P8", all),
        ];
        check_sight(&api, &named, expected).await?;
        // Who leaves keeps what they held, and sees nothing else there any more.
        assert_eq!(order(&api.client("P2").await?, "escalate", &one, "reason: \"要换主管\"").await?, "done");
        let relieved = Change::Relieve { post: "G1-LEAD".parse()?, person: "P2".parse()?, successor: Some("P4".parse()?) };
        api.town.change(relieved).await?;
        check_sight(&api, &named, &[("P2", &["one"]), ("P4", first), ("P3", &["two"]), ("P8", all)]).await?;
        api.close().await
    }

    "hamlet" => async fn a_request_about_conduct_is_not_there_for_whom_it_is_about_nor_for_those_below(town) {
        let api = Api::of(town).await?;
        let mut conduct = input("H12", "cadre-conduct");
        conduct["accused"] = json!(["P5"]);
        let (conduct, _) = log(&api.client("P2").await?, "1", conduct).await?;
        let (pipe, _) = log(&api.client("P2").await?, "2", input("H12", "water-pipe")).await?;
        let named = [("conduct", conduct.as_str()), ("pipe", &pipe)];
        let both: &[&str] = &["conduct", "pipe"];
        let expected: &[(&str, &[&str])] =
            &[("P1", &["pipe"]), ("P2", both), ("P3", &[]), ("P5", &["pipe"]), ("P6", both), ("P8", both)];
        check_sight(&api, &named, expected).await?;
        api.close().await
    }

    "hamlet" => async fn who_merely_watches_sees_the_matter_and_not_the_person(town) {
        let api = Api::of(town).await?;
        let (one, receipt) = log(&api.client("P5").await?, "1", input("H11", "water-pipe")).await?;
        let query = format!(
            "{{ one: request(id: \"{one}\") {{ ...Who }} requests {{ edges {{ node {{ ...Who }} }} }} }}
             fragment Who on Request {{ words citizen {{ name phone }} }}"
        );
        let known = json!({ "name": "韦某某", "phone": "18912345678" });
        let check = async |client: Client, who: &str, knows: bool| -> Result<(), Trouble> {
            let reply = client.post(&query, Value::Null).await?;
            let data = reply.data()?;
            let expected = if knows { &known } else { &Value::Null };
            assert_eq!(&data["one"]["citizen"], expected, "{who}");
            assert_eq!(&data["requests"]["edges"][0]["node"]["citizen"], expected, "{who} in a list");
            assert_eq!(data["one"]["words"], "水管破了", "{who}");
            assert_eq!(reply.text.contains("18912345678"), knows, "{who}");
            Ok(())
        };
        for (who, knows) in [("P1", true), ("P2", true), ("P5", true), ("P6", true), ("P8", false)] {
            check(api.client(who).await?, who, knows).await?;
        }
        check(api.serving.client.receipt(&receipt), "the citizen", true).await?;
        // Who gets it to handle needs to know.
        assert_eq!(order(&api.client("P2").await?, "escalate", &one, "reason: \"要换主管\"").await?, "done");
        assert_eq!(order(&api.client("P5").await?, "escalate", &one, "reason: \"镇里的管\"").await?, "done");
        check(api.client("P8").await?, "P8, who has it now", true).await?;
        api.close().await
    }

    "story-two-villages" => async fn what_somebody_held_elsewhere_is_not_for_their_new_superiors(town) {
        let api = Api::of(town).await?;
        let (one, _) = log(&api.client("P1").await?, "1", input("H11", "street-lamp")).await?;
        let relieved = Change::Relieve { post: "V1-SC".parse()?, person: "P1".parse()?, successor: Some("P3".parse()?) };
        api.town.change(relieved).await?;
        let appointed = Change::Appoint { post: "G2-LEAD".parse()?, person: "P1".parse()?, rank: Rank::Substitute };
        api.town.change(appointed).await?;
        let query = "{ assignments(filter: { person: \"P1\", ended: true }) { edges { node { no request { words } } } } }";
        let own = api.client("P1").await?.ask(query, Value::Null).await?;
        assert_eq!(own["assignments"]["edges"][0]["node"]["request"]["words"], "水管破了");
        let new_superior = api.client("P2").await?.ask(query, Value::Null).await?;
        assert!(!new_superior.to_string().contains("水管破了"), "{new_superior}");
        let above_both = api.client("P5").await?.ask(query, Value::Null).await?;
        assert_eq!(above_both["assignments"]["edges"][0]["node"]["request"]["words"], "水管破了");
        api.close().await
    }
}

// GraphQL over HTTP.

#[derive(Clone)]
struct Sent<'a> {
    method: Method,
    path: String,
    headers: Vec<(&'a str, &'a str)>,
    body: Vec<u8>,
}

impl<'a> Sent<'a> {
    fn post(accept: &'a str, body: impl ToString) -> Self {
        let headers = vec![("accept", accept), ("content-type", JSON)];
        Self { method: Method::POST, path: "/graphql".to_owned(), headers, body: body.to_string().into_bytes() }
    }

    fn get(accept: &'a str, query: &str) -> Self {
        let path = if query.is_empty() { "/graphql".to_owned() } else { format!("/graphql?{query}") };
        Self { method: Method::GET, path, headers: vec![("accept", accept)], body: Vec::new() }
    }

    fn header(mut self, name: &'a str, value: &'a str) -> Self {
        self.headers.retain(|(n, _)| *n != name);
        if !value.is_empty() {
            self.headers.push((name, value));
        }
        self
    }

    fn method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    async fn by(self, client: &Client) -> Result<Reply, Trouble> {
        client.send(self.method, &self.path, &self.headers, self.body).await
    }
}

/// Status, content type and the code of the first error, as `200 application/json`.
async fn check_http(client: &Client, name: &str, sent: Sent<'_>, expected: &str) -> Result<(), Trouble> {
    let reply = sent.by(client).await?;
    let kind = reply.content_type.split(';').next().unwrap_or_default();
    let found = format!("{} {kind} {}", reply.status.as_u16(), reply.error_code());
    assert_eq!(found.trim_end(), expected, "{name}: {}", reply.text);
    if kind.ends_with("json") {
        let json = reply.json();
        assert!(json.get("data").is_some() || json.get("errors").is_some(), "{name}: {}", reply.text);
        assert_ne!(json.get("errors"), Some(&json!([])), "{name}");
    }
    Ok(())
}

#[test]
fn what_a_client_sends_is_answered_as_graphql_over_http_says() {
    on_hamlet(|api| async move {
        let client = api.client("P5").await?;
        let query = |text: &str| json!({ "query": text });
        let note = "mutation { addNote(request: \"x\", text: \"y\", idempotencyKey: \"z\") { id } }";
        let two = "query A { me { kind } } query B { me { world } }";
        let typed = "query($first: Int, $id: ID, $at: Instant, $who: AssignmentsFilter) {
            requests(first: $first) { edges { node { id } } }
            assignments(filter: $who) { edges { node { no } } }
            unit(code: \"V\", asOf: $at) { name }
        }";
        let typed = |variables: Value| json!({ "query": typed.replace(", $id: ID", ""), "variables": variables });
        let with = |name: &str| json!({ "query": two, "operationName": name });
        // The body, then the answer for either kind that a client accepts.
        let posts: Vec<(&str, String, &str, &str)> = vec![
            ("a query", query("{ me { kind } }").to_string(), "200", "200"),
            ("a typed query", typed(json!({ "first": 1, "at": "2024-05-06", "who": null })).to_string(), "200", "200"),
            ("introspection", query("{ __schema { queryType { name } } }").to_string(), "200", "200"),
            ("one of two by name", with("B").to_string(), "200", "200"),
            (
                "a null name",
                json!({ "query": "{ me { kind } }", "operationName": null, "variables": null, "extensions": {} })
                    .to_string(),
                "200",
                "200",
            ),
            ("no JSON", "{".to_owned(), "400 BAD_REQUEST", "400 BAD_REQUEST"),
            ("nothing", String::new(), "400 BAD_REQUEST", "400 BAD_REQUEST"),
            ("a number", "7".to_owned(), "400 BAD_REQUEST", "400 BAD_REQUEST"),
            ("a batch", json!([query("{ me { kind } }")]).to_string(), "400 BAD_REQUEST", "400 BAD_REQUEST"),
            ("no query", json!({ "operationName": "A" }).to_string(), "400 BAD_REQUEST", "400 BAD_REQUEST"),
            ("an empty query", query("  ").to_string(), "400 BAD_REQUEST", "400 BAD_REQUEST"),
            ("a query that is a number", json!({ "query": 7 }).to_string(), "400 BAD_REQUEST", "400 BAD_REQUEST"),
            (
                "variables that are a text",
                json!({ "query": "{ me { kind } }", "variables": "x" }).to_string(),
                "400 BAD_REQUEST",
                "400 BAD_REQUEST",
            ),
            (
                "variables that are a list",
                json!({ "query": "{ me { kind } }", "variables": [1] }).to_string(),
                "400 BAD_REQUEST",
                "400 BAD_REQUEST",
            ),
            ("no GraphQL", query("{ me {").to_string(), "400 GRAPHQL_PARSE_FAILED", "200 GRAPHQL_PARSE_FAILED"),
            (
                "two documents",
                query("{ me { kind } } }").to_string(),
                "400 GRAPHQL_PARSE_FAILED",
                "200 GRAPHQL_PARSE_FAILED",
            ),
            (
                "no such field",
                query("{ mee { kind } }").to_string(),
                "400 GRAPHQL_VALIDATION_FAILED",
                "200 GRAPHQL_VALIDATION_FAILED",
            ),
            (
                "no such argument",
                query("{ me(x: 1) { kind } }").to_string(),
                "400 GRAPHQL_VALIDATION_FAILED",
                "200 GRAPHQL_VALIDATION_FAILED",
            ),
            (
                "no selection",
                query("{ me }").to_string(),
                "400 GRAPHQL_VALIDATION_FAILED",
                "200 GRAPHQL_VALIDATION_FAILED",
            ),
            (
                "an unknown fragment",
                query("{ me { ...F } }").to_string(),
                "400 GRAPHQL_VALIDATION_FAILED",
                "200 GRAPHQL_VALIDATION_FAILED",
            ),
            ("which of two", query(two).to_string(), "400 GRAPHQL_VALIDATION_FAILED", "200 GRAPHQL_VALIDATION_FAILED"),
            (
                "no such operation",
                with("C").to_string(),
                "400 GRAPHQL_VALIDATION_FAILED",
                "200 GRAPHQL_VALIDATION_FAILED",
            ),
            (
                "a name that one operation has not",
                json!({ "query": "query A { me { kind } }", "operationName": "B" }).to_string(),
                "400 GRAPHQL_VALIDATION_FAILED",
                "200 GRAPHQL_VALIDATION_FAILED",
            ),
            (
                "a literal of the wrong type",
                query("{ requests(first: \"x\") { edges { cursor } } }").to_string(),
                "400 GRAPHQL_VALIDATION_FAILED",
                "200 GRAPHQL_VALIDATION_FAILED",
            ),
            (
                "a variable of the wrong type",
                typed(json!({ "first": "x" })).to_string(),
                "400 GRAPHQL_VALIDATION_FAILED",
                "200 GRAPHQL_VALIDATION_FAILED",
            ),
            (
                "a variable with an unknown field",
                typed(json!({ "who": { "x": 1 } })).to_string(),
                "400 GRAPHQL_VALIDATION_FAILED",
                "200 GRAPHQL_VALIDATION_FAILED",
            ),
            (
                "a variable with a wrong word",
                typed(json!({ "who": { "duty": "Sleep" } })).to_string(),
                "400 GRAPHQL_VALIDATION_FAILED",
                "200 GRAPHQL_VALIDATION_FAILED",
            ),
            ("a date that is none", typed(json!({ "at": "yesterday" })).to_string(), "200 BAD_INPUT", "200 BAD_INPUT"),
            ("a date that is a number", typed(json!({ "at": 7 })).to_string(), "200 BAD_INPUT", "200 BAD_INPUT"),
            (
                "a required variable that is missing",
                json!({ "query": "query($id: ID!) { request(id: $id) { id } }" }).to_string(),
                "400 GRAPHQL_VALIDATION_FAILED",
                "200 GRAPHQL_VALIDATION_FAILED",
            ),
            (
                "an id that is a list",
                json!({ "query": "query($id: ID!) { request(id: $id) { id } }", "variables": { "id": [1] } })
                    .to_string(),
                "400 GRAPHQL_VALIDATION_FAILED",
                "200 GRAPHQL_VALIDATION_FAILED",
            ),
            (
                "an id that is none",
                query("{ request(id: \"x\") { id } }").to_string(),
                "200 BAD_INPUT",
                "200 BAD_INPUT",
            ),
            (
                "a number too large for an Int",
                query("{ requests(first: 10000000000) { edges { cursor } } }").to_string(),
                "200 BAD_INPUT",
                "200 BAD_INPUT",
            ),
            (
                "a variable too large for an Int",
                typed(json!({ "first": 10_000_000_000_i64 })).to_string(),
                "200 BAD_INPUT",
                "200 BAD_INPUT",
            ),
            (
                "a depth below nothing",
                query("{ responsibilityMap(root: \"V\", depth: -1) { cutOff } }").to_string(),
                "200 BAD_INPUT",
                "200 BAD_INPUT",
            ),
            (
                "a position below nothing",
                query("subscription { assignmentsChanged(after: -1) { kind } }").to_string(),
                "400 BAD_REQUEST",
                "400 BAD_REQUEST",
            ),
            (
                "a subscription",
                query("subscription { assignmentsChanged { kind } }").to_string(),
                "400 BAD_REQUEST",
                "400 BAD_REQUEST",
            ),
            ("a mutation about nothing", query(note).to_string(), "200 BAD_INPUT", "200 BAD_INPUT"),
        ];
        for (name, body, modern, old) in posts {
            for (accept, expected) in [(GRAPHQL, modern), (JSON, old)] {
                let (status, code) = expected.split_once(' ').unwrap_or((expected, ""));
                let expected = format!("{status} {accept} {code}");
                check_http(&client, name, Sent::post(accept, &body), expected.trim_end()).await?;
            }
        }
        let fine = || Sent::post(GRAPHQL, query("{ me { kind } }"));
        let me = "query=%7B%20me%20%7B%20kind%20%7D%20%7D";
        let named = "query=query%20A(%24c%3AString!)%7Bunit(code%3A%24c)%7Bname%7D%7D&operationName=A&variables=%7B%22c%22%3A%22V%22%7D";
        let changing =
            "query=mutation%7BaddNote(request%3A%22x%22%2Ctext%3A%22y%22%2CidempotencyKey%3A%22z%22)%7Bid%7D%7D";
        let both = "query=query%20A%7Bme%7Bkind%7D%7D%20mutation%20B%7BaddNote(request%3A%22x%22%2Ctext%3A%22y%22%2CidempotencyKey%3A%22z%22)%7Bid%7D%7D&operationName=B";
        let watching = "query=subscription%7BassignmentsChanged%7Bkind%7D%7D";
        let rest: Vec<(&str, Sent<'_>, &str)> = vec![
            ("no Accept", fine().header("accept", ""), "200 application/graphql-response+json"),
            ("any Accept", fine().header("accept", "*/*"), "200 application/graphql-response+json"),
            (
                "both, as clients send them",
                fine().header("accept", "application/graphql-response+json, application/json;q=0.9"),
                "200 application/graphql-response+json",
            ),
            ("a picture", fine().header("accept", "image/png"), "406 application/graphql-response+json BAD_REQUEST"),
            (
                "a page by POST",
                fine().header("accept", "text/html"),
                "406 application/graphql-response+json BAD_REQUEST",
            ),
            (
                "with a charset",
                fine().header("content-type", "application/json; charset=utf-8"),
                "200 application/graphql-response+json",
            ),
            (
                "with another charset",
                fine().header("content-type", "application/json; charset=gb18030"),
                "415 application/graphql-response+json BAD_REQUEST",
            ),
            (
                "a form",
                fine().header("content-type", "application/x-www-form-urlencoded"),
                "415 application/graphql-response+json BAD_REQUEST",
            ),
            (
                "a form with files",
                fine().header("content-type", "multipart/form-data; boundary=x"),
                "415 application/graphql-response+json BAD_REQUEST",
            ),
            (
                "plain text",
                fine().header("content-type", "text/plain"),
                "415 application/graphql-response+json BAD_REQUEST",
            ),
            ("no type", fine().header("content-type", ""), "415 application/graphql-response+json BAD_REQUEST"),
            ("GET a query", Sent::get(GRAPHQL, me), "200 application/graphql-response+json"),
            ("GET a query, old", Sent::get(JSON, me), "200 application/json"),
            ("GET with variables", Sent::get(JSON, named), "200 application/json"),
            ("GET a mutation", Sent::get(GRAPHQL, changing), "405 application/graphql-response+json BAD_REQUEST"),
            ("GET a mutation, old", Sent::get(JSON, changing), "405 application/json BAD_REQUEST"),
            ("GET a mutation by name", Sent::get(JSON, both), "405 application/json BAD_REQUEST"),
            ("GET a subscription", Sent::get(GRAPHQL, watching), "400 application/graphql-response+json BAD_REQUEST"),
            ("GET nothing", Sent::get(GRAPHQL, ""), "400 application/graphql-response+json BAD_REQUEST"),
            ("GET nothing, old", Sent::get(JSON, ""), "400 application/json BAD_REQUEST"),
            ("GET bad variables", Sent::get(JSON, &format!("{me}&variables=x")), "400 application/json BAD_REQUEST"),
            (
                "GET no GraphQL",
                Sent::get(GRAPHQL, "query=%7B"),
                "400 application/graphql-response+json GRAPHQL_PARSE_FAILED",
            ),
            ("GET no GraphQL, old", Sent::get(JSON, "query=%7B"), "200 application/json GRAPHQL_PARSE_FAILED"),
            ("GET bad escapes", Sent::get(GRAPHQL, "query=%ff%fe"), "400 application/graphql-response+json"),
            ("PUT", fine().method(Method::PUT), "405 application/graphql-response+json BAD_REQUEST"),
            ("DELETE", fine().method(Method::DELETE), "405 application/graphql-response+json BAD_REQUEST"),
            ("OPTIONS", fine().method(Method::OPTIONS), "405 application/graphql-response+json BAD_REQUEST"),
            (
                "another page",
                Sent { path: "/nothing".to_owned(), ..fine() },
                "404 application/graphql-response+json BAD_REQUEST",
            ),
        ];
        for (name, sent, expected) in rest {
            if name == "GET bad escapes" {
                let reply = sent.by(&client).await?;
                assert_eq!(reply.status, 400, "{name}: {}", reply.text);
            } else {
                check_http(&client, name, sent, expected).await?;
            }
        }
        let token = api.token("P5").await?;
        let head = format!(
            "GET /graphql?{changing} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        );
        let answer = raw(&api.serving, head.as_bytes()).await?.to_ascii_lowercase();
        assert!(answer.contains("\r\nallow: post\r\n"), "{answer}");
        let head =
            format!("PUT /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n");
        let answer = raw(&api.serving, head.as_bytes()).await?.to_ascii_lowercase();
        assert!(answer.contains("\r\nallow: get, post\r\n"), "{answer}");
        api.close().await
    });
}

#[test]
fn a_body_that_is_too_long_is_answered_413() {
    on_hamlet(|api| async move {
        let client = api.client("P5").await?;
        let most = Config::default().max_body;
        let padded = |length: usize| {
            let body = json!({ "query": "{ me { kind } }" }).to_string();
            format!("{body}{}", " ".repeat(length - body.len()))
        };
        for accept in [GRAPHQL, JSON] {
            check_http(&client, "just fits", Sent::post(accept, padded(most)), &format!("200 {accept}")).await?;
            let too_long = format!("413 {accept} BAD_REQUEST");
            check_http(&client, "one byte more", Sent::post(accept, padded(most + 1)), &too_long).await?;
        }
        api.close().await
    });
}

#[test]
fn the_page_for_people_comes_whole_from_this_server() {
    on_hamlet(|api| async move {
        let head = "GET /graphql HTTP/1.1\r\nHost: x\r\nAccept: text/html,*/*;q=0.8\r\nConnection: close\r\n\r\n";
        let answer = raw(&api.serving, head.as_bytes()).await?;
        let (head, page) = answer.split_once("\r\n\r\n").unwrap();
        let head = head.to_ascii_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{head}");
        assert!(head.contains("content-type: text/html"), "{head}");
        let policy = head.lines().find_map(|line| line.strip_prefix("content-security-policy: ")).unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("http") && !policy.contains('*') && !policy.contains("unsafe-eval"), "{policy}");
        let mut assets = 0;
        for attribute in ["src=\"", "href=\""] {
            for rest in page.split(attribute).skip(1) {
                let reference = rest.split('"').next().unwrap();
                if reference.starts_with("data:") {
                    continue;
                }
                assert!(!reference.contains("//") && !reference.contains(':'), "{reference} is on another host");
                let asset = api.serving.client.get(&format!("/{}", reference.trim_start_matches('/'))).await?;
                assert_eq!(asset.status, 200, "{reference}");
                let kind = if reference.ends_with(".css") { "text/css" } else { "text/javascript" };
                assert!(asset.content_type.starts_with(kind), "{reference} is {}", asset.content_type);
                assets += 1;
            }
        }
        assert!(assets >= 3, "{assets} assets");
        let start = api.serving.client.get("/graphiql/start.js").await?.text;
        assert!(!start.contains("http://") && !start.contains("https://"), "{start}");
        for path in
            ["/graphiql/../Cargo.toml", "/graphiql/..%2fCargo.toml", "/graphiql/%2e%2e/Cargo.toml", "/graphiql/x"]
        {
            assert_eq!(api.serving.client.get(path).await?.status, 404, "{path}");
        }
        api.close().await
    });
}

// Payloads.

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
fn fill(engine: &Engine) -> Result<usize, Trouble> {
    let mut taken = 0;
    // More were taken than may wait: so the writer has some of them in hand, and stands still.
    for key in 0.. {
        match engine.execute(accept_order(key)?).now_or_never() {
            Some(Err(Error::Busy)) if taken > liandong_engine::run::engine::MAX_WAITING => break,
            Some(Err(Error::Busy)) => std::thread::yield_now(),
            Some(other) => return Err(format!("{other:?}").into()),
            None => taken += 1,
        }
    }
    Ok(taken)
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
        let taken = fill(&api.town.engine)?;
        let body = json!({ "query": LOG, "variables": { "input": input("H11", "water-pipe"), "key": "k" } });
        for accept in [GRAPHQL, JSON] {
            let reply = Sent::post(accept, &body).by(&client).await?;
            assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (503, "BUSY"), "{}", reply.text);
            assert_eq!(reply.json()["data"], Value::Null);
        }
        other.execute_unprepared("ROLLBACK").await?;
        // What was taken is answered, and there is room again.
        let (id, _) = log(&client, "k", input("H11", "water-pipe")).await?;
        assert!(!id.is_empty());
        let refused = api.town.engine.counts();
        let counted = refused.busy.load(Ordering::SeqCst);
        assert!(taken > 0 && counted > 0, "{taken} taken, {counted} turned away");

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

// Connections.

on_both_stores! {
    "hamlet" => async fn paging_gives_each_of_57_requests_once_while_new_ones_arrive(town) {
        let api = Api::of(town).await?;
        let client = api.client("P5").await?;
        let mut logged = BTreeSet::new();
        for n in 0..57 {
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
        store.on_read(move |_| drop(count.fetch_add(1, Ordering::SeqCst)));
        let engine = Arc::new(Engine::open(store, town.clock.clone(), Entropy::System).await?);
        let serving = Serving::start(&engine, &Config::default()).await?;
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

// Health, metrics, the end.

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
        assert!(reply.content_type.starts_with("application/openmetrics-text"), "{}", reply.content_type);
        assert!(reply.text.ends_with("# EOF\n"));
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

#[test]
fn instants_are_told_in_the_time_of_china() {
    on_hamlet(|api| async move {
        let data = api.client("P5").await?.ask("{ me { at } }", Value::Null).await?;
        assert_eq!(data["me"]["at"], town::MORNING);
        assert_eq!(instant(town::MORNING)?.rfc3339(&Zone::china()), town::MORNING);
        let _ = request("H11", "water-pipe")?;
        api.close().await
    });
}
