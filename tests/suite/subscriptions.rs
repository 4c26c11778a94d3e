//! What is told as it happens, over graphql-transport-ws on a real socket.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use futures_util::{SinkExt, StreamExt, future::join_all};
use liandong_engine::{
    rules::{
        actor::Actor,
        id::RequestId,
        instant::Instant,
        request::{Outcome, command::Command as Act},
    },
    run::engine::{Command, Engine, Order},
};
use liandong_graphql_api::Config;
use liandong_tests::{
    fixtures, on_both_stores,
    serving::{self, PATIENCE, Serving},
    stores::{Kind, Trouble},
    town::{self, Town, person, request},
};
use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

use crate::http::{Api, input, log, on_hamlet, order};

/// A web socket that speaks graphql-transport-ws.
pub(crate) struct Socket(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What the server says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Heard {
    Message(Value),
    Closed(u16),
}

impl Heard {
    /// The data of a `next` for an operation.
    pub(crate) fn next(self, id: &str) -> Value {
        match self {
            Self::Message(message) if message["type"] == "next" && message["id"] == id => {
                assert_eq!(message["payload"].get("errors"), None, "{message}");
                message["payload"]["data"].clone()
            }
            other => panic!("not the next of {id}: {other:?}"),
        }
    }
}

impl Socket {
    pub(crate) async fn open(serving: &Serving) -> Result<Self, Trouble> {
        let mut request = format!("ws://{}/graphql/ws", serving.address).into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("graphql-transport-ws"));
        let (socket, response) = tokio::time::timeout(PATIENCE, connect_async(request)).await??;
        assert_eq!(response.headers()["sec-websocket-protocol"], "graphql-transport-ws");
        Ok(Self(socket))
    }

    /// A socket that has said who it is.
    async fn of(serving: &Serving, authorization: &str) -> Result<Self, Trouble> {
        let mut socket = Self::open(serving).await?;
        socket.say(&json!({ "type": "connection_init", "payload": { "Authorization": authorization } })).await?;
        assert_eq!(socket.hear().await?, Heard::Message(json!({ "type": "connection_ack" })));
        Ok(socket)
    }

    pub(crate) async fn of_person(api: &Api, code: &str) -> Result<Self, Trouble> {
        Self::of(&api.serving, &format!("Bearer {}", api.token(code).await?)).await
    }

    async fn say(&mut self, message: &Value) -> Result<(), Trouble> {
        self.send(Message::text(message.to_string())).await
    }

    pub(crate) async fn send(&mut self, message: Message) -> Result<(), Trouble> {
        Ok(tokio::time::timeout(PATIENCE, self.0.send(message)).await??)
    }

    pub(crate) async fn subscribe(&mut self, id: &str, query: &str, variables: Value) -> Result<(), Trouble> {
        self.say(&json!({ "type": "subscribe", "id": id, "payload": { "query": query, "variables": variables } })).await
    }

    /// The next message, or that the socket closed.
    pub(crate) async fn hear(&mut self) -> Result<Heard, Trouble> {
        // In all: the server asks for a sign of life now and then, which is no message.
        tokio::time::timeout(PATIENCE, async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Text(text))) => return Ok(Heard::Message(serde_json::from_str(&text)?)),
                    Some(Ok(Message::Close(frame))) => return Ok(Heard::Closed(frame.map_or(1005, |f| f.code.into()))),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return Ok(Heard::Closed(1006)),
                }
            }
        })
        .await?
    }

    /// Waits until the operations begun on the socket are under way: they begin in their order, and
    /// this one ends.
    pub(crate) async fn settled(&mut self) -> Result<(), Trouble> {
        self.subscribe("settled", "{ __typename }", Value::Null).await?;
        assert_eq!(self.hear().await?.next("settled"), json!({ "__typename": "Query" }));
        assert_eq!(self.hear().await?, Heard::Message(json!({ "type": "complete", "id": "settled" })));
        Ok(())
    }
}

pub(crate) const TOLD: &str = "subscription($after: Position) {
    noticesRaised(after: $after) { position notices { kind assignment urgency delivery { state } } }
}";

pub(crate) const MINE: &str = "subscription($after: Position) {
    assignmentsChanged(after: $after) {
        position kind at opened { no duty post { code } person { code } } ended { no endedHow }
        request { id words citizen { name } }
    }
}";

pub(crate) const ONE: &str = "subscription($id: ID!, $after: Position) {
    requestChanged(id: $id, after: $after) {
        position
        entry { seq kind words acted { kind person { name } } opens { person { name } } }
        request { id stage handle { person { name } } citizen { name } }
    }
}";

pub(crate) const CLIMBS: &str = "subscription($after: Position) {
    escalationsRaised(after: $after) {
        position escalation { kind reason opens { post { code } } request { id citizen { name } } }
    }
}";

#[test]
fn who_does_not_say_who_they_are_is_shown_out() {
    let config = Config { init_time: Duration::from_millis(200), ..serving::config() };
    town::run(Kind::Sqlite, fixtures::register("hamlet"), |town| async {
        let api = Api::with(town, config).await?;
        let good = format!("Bearer {}", api.token("P5").await?);
        let init = |payload: Value| json!({ "type": "connection_init", "payload": payload });
        let subscribe = json!({ "type": "subscribe", "id": "1", "payload": { "query": "{ me { kind } }" } });
        let first: Vec<(&str, Option<Value>, u16)> = vec![
            ("nobody", Some(json!({ "type": "connection_init" })), 4403),
            ("an empty payload", Some(init(json!({}))), 4403),
            ("a payload that is none", Some(init(json!("x"))), 4403),
            ("a wrong token", Some(init(json!({ "Authorization": "Bearer ld_0" }))), 4403),
            ("a wrong receipt", Some(init(json!({ "Authorization": "Receipt 2222-2222-2222" }))), 4403),
            ("a token that is no text", Some(init(json!({ "Authorization": 7 }))), 4403),
            ("an operation first", Some(subscribe.clone()), 4401),
            ("no message", Some(json!({ "type": "hello" })), 4400),
            ("no object", Some(json!(7)), 4400),
            ("nothing", None, 4408),
        ];
        for (name, message, code) in first {
            let mut socket = Socket::open(&api.serving).await?;
            if let Some(message) = message {
                socket.say(&message).await?;
            }
            assert_eq!(socket.hear().await?, Heard::Closed(code), "{name}");
        }
        let then: Vec<(&str, Vec<Message>, u16)> = vec![
            ("twice", vec![Message::text(init(json!({ "Authorization": good })).to_string())], 4429),
            ("no JSON", vec![Message::text("{")], 4400),
            ("no UTF-8", vec![Message::binary(vec![0xff, 0xfe])], 4400),
            (
                "no id",
                vec![Message::text("{\"type\":\"subscribe\",\"payload\":{\"query\":\"{ me { kind } }\"}}")],
                4400,
            ),
            ("no operation", vec![Message::text("{\"type\":\"subscribe\",\"id\":\"1\"}")], 4400),
        ];
        for (name, messages, code) in then {
            let mut socket = Socket::of(&api.serving, &good).await?;
            for message in messages {
                socket.send(message).await?;
            }
            assert_eq!(socket.hear().await?, Heard::Closed(code), "{name}");
        }
        let mut socket = Socket::of(&api.serving, &good).await?;
        socket.subscribe("1", MINE, json!({})).await?;
        socket.subscribe("1", MINE, json!({})).await?;
        assert_eq!(socket.hear().await?, Heard::Closed(4409));
        // Another protocol, or none, is no socket at all.
        for protocol in [None, Some("graphql-ws")] {
            let mut request = format!("ws://{}/graphql/ws", api.serving.address).into_client_request()?;
            if let Some(protocol) = protocol {
                request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static(protocol));
            }
            assert!(connect_async(request).await.is_err(), "{protocol:?}");
        }
        api.close().await
    });
}

#[test]
fn whose_token_is_revoked_hears_nothing_more() {
    on_hamlet(|api| async move {
        let mut socket = Socket::of_person(&api, "P2").await?;
        socket.subscribe("1", MINE, json!({})).await?;
        socket.settled().await?;
        assert_eq!(api.town.engine.revoke_tokens(&"P2".parse()?).await?, 1);
        let later = api.town.engine.now().0 + i64::try_from(Config::default().identity_time.as_micros())?;
        api.town.clock.set(Instant(later));
        log(&api.client("P5").await?, "1", input("H11", "water-pipe")).await?;
        assert_eq!(socket.hear().await?, Heard::Closed(4403));
        api.close().await
    });
}

#[test]
fn an_identity_that_is_believed_for_no_time_is_looked_up_and_the_socket_goes_on() {
    let config = Config { identity_time: Duration::ZERO, ..serving::config() };
    town::run(Kind::Sqlite, fixtures::register("hamlet"), |town| async {
        let api = Api::with(town, config).await?;
        let mut socket = Socket::of_person(&api, "P5").await?;
        socket.settled().await?;
        // Nothing is said on it, and it closes all the same.
        assert_eq!(api.town.engine.revoke_tokens(&"P5".parse()?).await?, 1);
        assert_eq!(socket.hear().await?, Heard::Closed(4403));
        api.close().await
    });
}

#[test]
fn what_takes_too_long_is_told_on_the_socket_too() {
    let config = Config { request_time: Duration::from_millis(500), ..serving::config() };
    town::run(Kind::Sqlite, fixtures::register("hamlet"), |town| async {
        let api = Api::with(town, config).await?;
        let mut socket = Socket::of_person(&api, "P5").await?;
        socket.settled().await?;
        let other = Database::connect(ConnectOptions::new(&api.town.db.url).max_connections(1).clone()).await?;
        other.execute_unprepared("BEGIN IMMEDIATE").await?;
        let rename = "mutation { renameUnit(unit: \"H11\", name: \"x\", idempotencyKey: \"k\") { world } }";
        socket.subscribe("late", rename, Value::Null).await?;
        let heard = socket.hear().await?;
        other.execute_unprepared("ROLLBACK").await?;
        let Heard::Message(message) = heard else { return Err(format!("{heard:?}").into()) };
        assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("late")), "{message}");
        assert_eq!(message["payload"][0]["extensions"]["code"], "TIMEOUT", "{message}");
        // The socket goes on.
        socket.settled().await?;
        api.close().await
    });
}

#[test]
fn queries_mutations_and_bad_operations_are_answered_on_the_socket_too() {
    on_hamlet(|api| async move {
        let mut socket = Socket::of_person(&api, "P5").await?;
        let complete = |id: &str| Heard::Message(json!({ "type": "complete", "id": id }));
        socket.subscribe("q", "{ me { person { code } } }", Value::Null).await?;
        assert_eq!(socket.hear().await?.next("q"), json!({ "me": { "person": { "code": "P5" } } }));
        assert_eq!(socket.hear().await?, complete("q"));
        let mutation =
            "mutation($input: LogRequestInput!) { logRequest(input: $input, idempotencyKey: \"s\") { receipt } }";
        socket.subscribe("m", mutation, json!({ "input": input("H11", "water-pipe") })).await?;
        assert!(socket.hear().await?.next("m")["logRequest"]["receipt"].is_string());
        assert_eq!(socket.hear().await?, complete("m"));
        for (name, query, code) in [
            ("no GraphQL", "{", "GRAPHQL_PARSE_FAILED"),
            ("no such field", "subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
            ("too deep", &"{ a ".repeat(100), "GRAPHQL_VALIDATION_FAILED"),
            ("no id", "subscription { requestChanged(id: \"x\") { position } }", "BAD_INPUT"),
            (
                "before all positions",
                "subscription { assignmentsChanged(after: -1) { position } }",
                "GRAPHQL_VALIDATION_FAILED",
            ),
        ] {
            socket.subscribe(name, query, Value::Null).await?;
            let heard = socket.hear().await?;
            let Heard::Message(message) = heard else { panic!("{name}: {heard:?}") };
            let error =
                if message["type"] == "error" { &message["payload"][0] } else { &message["payload"]["errors"][0] };
            assert_eq!(error["extensions"]["code"], code, "{name}: {message}");
            if message["type"] == "next" {
                assert_eq!(socket.hear().await?, complete(name));
            }
        }
        // So many operations and no more; completing one makes room.
        let most = Config::default().max_operations;
        for n in 0..most {
            socket.subscribe(&format!("s{n}"), MINE, json!({})).await?;
        }
        socket.subscribe("one more", MINE, json!({})).await?;
        let Heard::Message(message) = socket.hear().await? else { panic!("closed") };
        assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("one more")));
        socket.say(&json!({ "type": "complete", "id": "s0" })).await?;
        socket.subscribe("one more", "{ me { kind } }", Value::Null).await?;
        assert_eq!(socket.hear().await?.next("one more")["me"]["kind"], "Person");
        api.close().await
    });
}

on_both_stores! {
    "hamlet" => async fn assignments_are_told_to_whom_they_are_given_and_from_whom_they_are_taken(town) {
        let api = Api::of(town).await?;
        let (cadre, leader) = (api.client("P5").await?, api.client("P2").await?);
        let mut of_leader = Socket::of_person(&api, "P2").await?;
        let mut of_cadre = Socket::of_person(&api, "P5").await?;
        for socket in [&mut of_leader, &mut of_cadre] {
            socket.subscribe("a", MINE, json!({})).await?;
            socket.settled().await?;
        }
        let (id, receipt) = log(&cadre, "1", input("H11", "water-pipe")).await?;
        let told = of_leader.hear().await?.next("a")["assignmentsChanged"].clone();
        assert_eq!((&told["kind"], &told["request"]["id"]), (&json!("RequestLogged"), &json!(id)));
        assert_eq!(told["opened"], json!({ "no": 1, "duty": "Handle", "post": { "code": "G1-LEAD" }, "person": { "code": "P2" } }));
        assert_eq!(told["ended"], Value::Null);
        assert_eq!(order(&leader, "escalate", &id, "reason: \"要换主管\"").await?, "done");
        let ended = of_leader.hear().await?.next("a")["assignmentsChanged"].clone();
        assert_eq!(ended["ended"], json!({ "no": 1, "endedHow": "Escalated" }));
        assert_eq!(ended["opened"], Value::Null, "what another has is not mine");
        let opened = of_cadre.hear().await?.next("a")["assignmentsChanged"].clone();
        assert_eq!((&opened["opened"]["no"], &opened["ended"]), (&json!(2), &Value::Null));
        assert_eq!(opened["position"], ended["position"]);
        let citizen = api.serving.client.receipt(&receipt);
        assert_eq!(order(&citizen, "withdraw", &id, "reason: \"自己修好了\"").await?, "done");
        let ended = of_cadre.hear().await?.next("a")["assignmentsChanged"].clone();
        assert_eq!(ended["ended"], json!({ "no": 2, "endedHow": "Withdrawn" }));
        api.close().await
    }

    "hamlet" => async fn a_request_is_followed_by_the_receipt_without_a_name_of_who_handles_it(town) {
        let api = Api::of(town).await?;
        let cadre = api.client("P5").await?;
        let (id, receipt) = log(&cadre, "1", input("H11", "water-pipe")).await?;
        let (other, _) = log(&cadre, "2", input("H11", "water-pipe")).await?;
        let mut citizen = Socket::of(&api.serving, &format!("Receipt {receipt}")).await?;
        // Of another request a receipt hears nothing, of its own everything since it began.
        citizen.subscribe("other", ONE, json!({ "id": other, "after": 0 })).await?;
        citizen.subscribe("mine", ONE, json!({ "id": id, "after": 0 })).await?;
        let mut boss = Socket::of_person(&api, "P8").await?;
        boss.subscribe("boss", ONE, json!({ "id": id, "after": 0 })).await?;
        assert_eq!(order(&api.client("P2").await?, "accept", &other, "").await?, "done");
        assert_eq!(order(&api.client("P2").await?, "escalate", &id, "reason: \"要换主管\"").await?, "done");
        let mut kinds = Vec::new();
        for _ in 0..2 {
            let heard = citizen.hear().await?.next("mine");
            let text = heard.to_string();
            let told = &heard["requestChanged"];
            kinds.push(told["entry"]["kind"].as_str().unwrap().to_owned());
            assert_eq!((&told["entry"]["acted"], &told["entry"]["opens"], &told["entry"]["words"]), (&Value::Null, &Value::Null, &Value::Null));
            assert_eq!(told["request"]["handle"], Value::Null);
            for name in ["罗河边", "陆新支", "要换主管"] {
                assert!(!text.contains(name), "{text}");
            }
        }
        assert_eq!(kinds, ["RequestLogged", "Escalated"]);
        for kind in ["RequestLogged", "Escalated"] {
            let told = boss.hear().await?.next("boss")["requestChanged"].clone();
            assert_eq!(told["entry"]["kind"], kind);
            assert_eq!(told["request"]["citizen"], Value::Null, "who merely watches does not see the person");
            assert!(told["entry"]["opens"]["person"]["name"].is_string());
        }
        // What a receipt may not watch.
        for (n, query) in [MINE, CLIMBS, TOLD].into_iter().enumerate() {
            citizen.subscribe(&format!("no{n}"), query, json!({ "after": 0 })).await?;
            let Heard::Message(message) = citizen.hear().await? else { panic!("closed") };
            assert!(message.to_string().contains("FORBIDDEN"), "{message}");
            if message["type"] == "next" {
                citizen.hear().await?;
            }
        }
        api.close().await
    }

    "hamlet" => async fn nobody_is_told_of_what_they_may_not_see(town) {
        let api = Api::of(town).await?;
        let (cadre, leader) = (api.client("P5").await?, api.client("P2").await?);
        let mut conduct = input("H12", "cadre-conduct");
        conduct["accused"] = json!(["P6"]);
        let (about, _) = log(&leader, "c", conduct).await?;
        let (one, _) = log(&cadre, "1", input("H11", "water-pipe")).await?;
        let (two, _) = log(&cadre, "2", input("H21", "water-pipe")).await?;
        // Everything there is, for everybody.
        let mut sockets = Vec::new();
        for who in ["P3", "P5", "P6"] {
            let mut socket = Socket::of_person(&api, who).await?;
            for (n, id) in [&about, &one, &two].into_iter().enumerate() {
                socket.subscribe(&format!("r{n}"), ONE, json!({ "id": id, "after": 0 })).await?;
            }
            socket.subscribe("climbs", CLIMBS, json!({ "after": 0 })).await?;
            socket.subscribe("mine", MINE, json!({ "after": 0 })).await?;
            sockets.push((who, socket));
        }
        assert_eq!(order(&api.client("P8").await?, "addNote", &about, "text: \"已约谈\"").await?, "done");
        assert_eq!(order(&leader, "escalate", &one, "reason: \"要换主管\"").await?, "done");
        assert_eq!(order(&api.client("P3").await?, "escalate", &two, "reason: \"管子太老\"").await?, "done");
        let told = api.client("P3").await?;
        assert_eq!(order(&told, "addNote", &two, "text: \"完\"").await?, "done");
        let expected: BTreeMap<&str, &[&str]> = BTreeMap::from([
            ("P3", &["r2", "climbs", "mine"][..]),
            ("P5", &["r1", "r2", "climbs", "mine"]),
            ("P6", &["r1", "r2", "climbs"]),
        ]);
        for (who, mut socket) in sockets {
            let mut heard: BTreeMap<String, Vec<Value>> = BTreeMap::new();
            // The note is the last that happened, and everybody here hears it.
            loop {
                let Heard::Message(message) = socket.hear().await? else { panic!("{who}: closed") };
                assert_eq!(message["type"], "next", "{who}: {message}");
                let id = message["id"].as_str().unwrap().to_owned();
                let last = id == "r2" && message["payload"]["data"]["requestChanged"]["entry"]["words"] == "完";
                heard.entry(id).or_default().push(message["payload"]["data"].clone());
                if last {
                    break;
                }
            }
            let sees = |id: &str| expected[who].contains(&id);
            for id in heard.keys() {
                assert!(sees(id), "{who} hears {id}: {:?}", heard[id]);
            }
            let all = format!("{heard:?}");
            assert!(!all.contains(&about), "{who}: {all}");
            if who == "P3" {
                assert!(!all.contains(&one), "{who}: {all}");
            }
        }
        api.close().await
    }

    "hamlet" => async fn whoever_helps_is_told_when_the_case_ends_under_them_and_its_lead_too(town) {
        let api = Api::of(town).await?;
        let town = &api.town;
        let mut sockets = Vec::new();
        for who in ["P1", "P2", "P5", "P6"] {
            let mut socket = Socket::of_person(&api, who).await?;
            socket.subscribe("a", MINE, json!({})).await?;
            socket.settled().await?;
            sockets.push((who, socket));
        }
        let text = || "说明".to_owned();
        let beside = async |id: RequestId| -> Result<(), Trouble> {
            town.act("P2", id, Act::CallHelp { to: "V-RC".parse()?, reason: text() }).await?;
            town.act("P2", id, Act::Delegate { to: "H11-C".parse()?, instruction: text() }).await
        };
        // Handed up, the step ends with that and the help goes on; withdrawn, everything ends.
        let id = town.log("P5", "H11", "water-pipe").await?;
        beside(id).await?;
        town.act("P2", id, Act::Escalate { reason: text() }).await?;
        town.act("P5", id, Act::Withdraw { reason: text() }).await?;
        // Another matter, for another post, which helped.
        let id = town.log("P5", "H11", "water-pipe").await?;
        beside(id).await?;
        town.act("P5", id, Act::Correct { matter: "street-lamp".parse()?, reason: text() }).await?;
        town.act("P5", id, Act::Withdraw { reason: text() }).await?;
        // Resolved while somebody helps.
        let id = town.log("P5", "H11", "water-pipe").await?;
        town.act("P2", id, Act::CallHelp { to: "V-RC".parse()?, reason: text() }).await?;
        let resolve = Act::Resolve { outcome: Outcome::Solved, words: text(), face_to_face: false };
        town.act("P2", id, resolve).await?;
        let expected: BTreeMap<&str, &[(&str, &str, &str)]> = BTreeMap::from([
            ("P1", &[
                ("Delegated", "3", ""), ("Escalated", "", "3 Released"),
                ("Delegated", "3", ""), ("Corrected", "", "3 Released"),
                ("Resolved", "3", ""),
            ][..]),
            ("P2", &[
                ("RequestLogged", "1", ""), ("Escalated", "", "1 Escalated"),
                ("RequestLogged", "1", ""), ("Corrected", "", "1 Corrected"),
                ("RequestLogged", "1", ""), ("Resolved", "", "1 Resolved"),
            ]),
            ("P5", &[("Escalated", "4", ""), ("Withdrawn", "", "4 Withdrawn")]),
            ("P6", &[
                ("HelpCalled", "2", ""), ("Withdrawn", "", "2 Withdrawn"),
                ("HelpCalled", "2", ""), ("Corrected", "4", "2 Released"), ("Withdrawn", "", "4 Withdrawn"),
                ("HelpCalled", "2", ""), ("Resolved", "", "2 Released"),
            ]),
        ]);
        for (who, mut socket) in sockets {
            for (n, (kind, opened, ended)) in expected[who].iter().enumerate() {
                let told = socket.hear().await?.next("a")["assignmentsChanged"].clone();
                let no = told["opened"]["no"].as_u64().map(|no| no.to_string()).unwrap_or_default();
                let how = told["ended"]["endedHow"].as_str().map(|how| format!("{} {how}", told["ended"]["no"]));
                assert_eq!((told["kind"].as_str(), &*no, &*how.unwrap_or_default()), (Some(*kind), *opened, *ended), "{who} {n}");
            }
        }
        api.close().await
    }

    "hamlet" => async fn escalations_are_raised_to_those_who_see_the_request(town) {
        let api = Api::of(town).await?;
        let cadre = api.client("P5").await?;
        let (one, _) = log(&cadre, "1", input("H11", "water-pipe")).await?;
        let (two, _) = log(&cadre, "2", input("H21", "water-pipe")).await?;
        let mut sockets = Vec::new();
        for who in ["P3", "P8"] {
            let mut socket = Socket::of_person(&api, who).await?;
            socket.subscribe("e", CLIMBS, json!({})).await?;
            socket.settled().await?;
            sockets.push(socket);
        }
        assert_eq!(order(&api.client("P2").await?, "escalate", &one, "reason: \"要换主管\"").await?, "done");
        assert_eq!(order(&api.client("P3").await?, "addNote", &two, "text: \"不算\"").await?, "done");
        assert_eq!(order(&api.client("P3").await?, "escalate", &two, "reason: \"管子太老\"").await?, "done");
        let mut heard = Vec::new();
        for (socket, count) in sockets.iter_mut().zip([1, 2]) {
            for _ in 0..count {
                let told = socket.hear().await?.next("e")["escalationsRaised"]["escalation"].clone();
                heard.push((told["request"]["id"].clone(), told["reason"].clone(), told["opens"]["post"]["code"].clone()));
            }
        }
        let (first, second) = ((json!(one), json!("要换主管"), json!("V-SC")), (json!(two), json!("管子太老"), json!("V-SC")));
        assert_eq!(heard, [second.clone(), first, second]);
        api.close().await
    }

    "hamlet" => async fn notices_are_raised_to_whom_they_tell_and_to_nobody_else_and_none_is_lost_in_between(town) {
        let api = Api::of(town).await?;
        let (cadre, leader) = (api.client("P5").await?, api.client("P2").await?);
        let start = api.town.engine.feed().position();
        let (mut heard, mut after) = (Vec::new(), start);
        for n in 0..6 {
            let (id, _) = log(&cadre, &format!("l{n}"), input("H11", "water-pipe")).await?;
            assert_eq!(order(&leader, "addNote", &id, "text: \"看过\"").await?, "done");
            assert_eq!(order(&leader, "escalate", &id, "reason: \"要换主管\"").await?, "done");
            // The listener is there now and then, and goes on from what it heard last.
            if n % 2 == 1 {
                let mut socket = Socket::of_person(&api, "P2").await?;
                socket.subscribe("t", TOLD, json!({ "after": after })).await?;
                for _ in 0..2 {
                    let told = socket.hear().await?.next("t")["noticesRaised"].clone();
                    after = told["position"].as_i64().unwrap();
                    heard.push(told["notices"].clone());
                }
            }
        }
        let assigned = json!([{ "kind": "Assigned", "assignment": 1, "urgency": "Digest", "delivery": null }]);
        assert_eq!(heard, vec![assigned; 6], "nobody is told what they did themselves");
        // The cadre, who logged them, hears of what came back, all of it from the start.
        let mut socket = Socket::of_person(&api, "P5").await?;
        socket.subscribe("t", TOLD, json!({ "after": start })).await?;
        for _ in 0..6 {
            assert_eq!(socket.hear().await?.next("t")["noticesRaised"]["notices"][0]["assignment"], 2);
        }
        api.close().await
    }

    "roster" => async fn whoever_has_a_case_hears_what_the_citizen_does_and_whoever_sees_to_a_post_that_it_is_empty(town) {
        use liandong_engine::rules::register::command::Command as Change;
        town.clock.set(liandong_tests::town::instant("2026-11-24T09:00:00+08:00")?);
        let api = Api::of(town).await?;
        let start = api.town.engine.feed().position();
        let (id, receipt) = log(&api.client("P1").await?, "l", input("H11", "water-pipe")).await?;
        let citizen = api.serving.client.receipt(&receipt);
        assert_eq!(order(&citizen, "addNote", &id, "text: \"院里也漏\"").await?, "done");
        assert_eq!(order(&citizen, "withdraw", &id, "reason: \"自己修好了\"").await?, "done");
        let away = "mutation { recordAbsence(input: { person: \"P9\", from: \"2026-12-13\", to: \"2026-12-21\", reason: \"进城\" },
            idempotencyKey: \"a\") { refusal { code } } }";
        let refused = api.client("P6").await?.ask(away, Value::Null).await?;
        assert_eq!(refused["recordAbsence"]["refusal"], Value::Null);
        api.town.change(Change::Relieve { post: "V-SC".parse()?, person: "P5".parse()?, successor: None }).await?;
        api.town.change(Change::MoveUnit { unit: "H11".parse()?, parent: "G2".parse()? }).await?;
        let told = "subscription($after: Position) {
            noticesRaised(after: $after) { notices { kind assignment roster { code } post { code } unit { code } } }
        }";
        let said = |kind: &str, about: (&str, Value)| {
            let mut said = json!({ "kind": kind, "assignment": null, "roster": null, "post": null, "unit": null });
            said[about.0] = about.1;
            json!([said])
        };
        let hears: [(&str, Vec<Value>); 3] = [
            ("P2", vec![
                said("Assigned", ("assignment", json!(1))),
                said("NoteAdded", ("assignment", json!(1))),
                said("Withdrawn", ("assignment", json!(1))),
                said("UnitChanged", ("unit", json!({ "code": "H11" }))),
            ]),
            ("P8", vec![said("ShiftEmpty", ("roster", json!({ "code": "V-SP" })))]),
            ("P6", vec![said("PostUnanswered", ("post", json!({ "code": "V-SC" })))]),
        ];
        for (who, expected) in hears {
            let mut socket = Socket::of_person(&api, who).await?;
            socket.subscribe("t", told, json!({ "after": start })).await?;
            for one in expected {
                assert_eq!(socket.hear().await?.next("t")["noticesRaised"]["notices"], one, "{who}");
            }
        }
        api.close().await
    }

    "roster" => async fn a_change_of_duty_is_raised_to_whom_it_concerns(town) {
        town.clock.set(liandong_tests::town::instant("2026-11-24T09:00:00+08:00")?);
        let api = Api::of(town).await?;
        let start = api.town.engine.feed().position();
        let owner = api.client("P9").await?;
        for (key, to) in [("a", "P10"), ("b", "P5")] {
            let offer = format!("mutation {{ offerSwap(roster: \"V-SP\", shift: \"2026-01-05#49\", to: \"{to}\",
                idempotencyKey: \"{key}\") {{ refusal {{ code }} }} }}");
            assert_eq!(owner.ask(&offer, Value::Null).await?["offerSwap"]["refusal"], Value::Null);
        }
        let mut socket = Socket::of_person(&api, "P5").await?;
        let told = "subscription($after: Position) {
            noticesRaised(after: $after) { position notices { kind dutyChange { code } } }
        }";
        socket.subscribe("t", told, json!({ "after": start })).await?;
        let first = json!({ "noticesRaised": {
            "position": start + 2, "notices": [{ "kind": "SwapOffered", "dutyChange": { "code": "DUTY-2" } }],
        } });
        assert_eq!(socket.hear().await?.next("t"), first, "what goes to somebody else is passed over");
        api.close().await
    }

    "hamlet" => async fn who_comes_back_after_a_position_misses_nothing_and_hears_nothing_twice(town) {
        // Two servers on one database, and the socket moves between them.
        let other = Town::engine(&town.db, &town.clock).await?;
        let second = Serving::start(&other, &serving::config()).await?;
        let api = Api::of(town).await?;
        let start = api.town.engine.feed().position();
        let token = format!("Bearer {}", api.token("P3").await?);
        let engines = [Arc::clone(&api.town.engine), Arc::clone(&other)];
        let writers = (0..60).map(|n| {
            let engine = Arc::clone(&engines[n % 2]);
            async move { write(&engine, n).await }
        });
        let servings = [&api.serving, &second];
        let listen = async {
            let (mut heard, mut after, mut visits) = (Vec::new(), start, 0);
            while heard.len() < 120 {
                let mut socket = Socket::of(servings[visits % 2], &token).await?;
                socket.subscribe("a", MINE, json!({ "after": after })).await?;
                // After some the listener goes away, without a word.
                for _ in 0..(1 + visits % 11).min(120 - heard.len()) {
                    let told = socket.hear().await?.next("a")["assignmentsChanged"].clone();
                    after = told["position"].as_i64().unwrap();
                    heard.push((after, told["request"]["id"].as_str().unwrap().to_owned(), told["ended"].is_object()));
                }
                visits += 1;
            }
            Ok::<_, Trouble>((heard, visits))
        };
        let (written, listened) = tokio::join!(join_all(writers), listen);
        let (heard, visits) = listened?;
        assert!(visits > 15, "{visits} visits");
        assert!(heard.windows(2).all(|two| two[0].0 < two[1].0), "in order, none twice: {heard:?}");
        let mut expected = BTreeSet::new();
        for written in written {
            let id = written?;
            expected.insert((id.to_string(), false));
            expected.insert((id.to_string(), true));
        }
        let heard_last = heard.last().map(|(position, ..)| *position).unwrap();
        let found: BTreeSet<(String, bool)> = heard.into_iter().map(|(_, id, ended)| (id, ended)).collect();
        assert_eq!(found, expected);
        // Who asks for what is to come is told of nothing that was: of nothing that this server knows, and it may not
        // know yet what the other one committed last.
        let mut caught_up = Socket::of(&api.serving, &token).await?;
        caught_up.subscribe("a", MINE, json!({ "after": heard_last - 1 })).await?;
        assert_eq!(position(caught_up.hear().await?.next("a")), heard_last);
        let mut socket = Socket::of(&api.serving, &token).await?;
        socket.subscribe("a", MINE, json!({})).await?;
        socket.settled().await?;
        let (id, _) = log(&api.client("P5").await?, "last", input("H21", "water-pipe")).await?;
        assert_eq!(socket.hear().await?.next("a")["assignmentsChanged"]["request"]["id"], json!(id));
        second.stop().await?;
        api.close().await
    }

    "hamlet" => async fn a_stopping_server_completes_every_subscription_and_then_closes(town) {
        let mut api = Api::of(town).await?;
        for n in 0..40 {
            write(&api.town.engine, n).await?;
        }
        let token = format!("Bearer {}", api.token("P3").await?);
        let (mut socket, mut idle) = (Socket::of(&api.serving, &token).await?, Socket::of(&api.serving, &token).await?);
        // One has much to tell yet, two wait for what is to come.
        let names = ["a", "b", "c"];
        for (name, query) in names.into_iter().zip([MINE, CLIMBS, MINE]) {
            let after = if name == "a" { 0 } else { api.town.engine.feed().position() };
            socket.subscribe(name, query, json!({ "after": after })).await?;
        }
        let mut told = vec![position(socket.hear().await?.next("a"))];
        let engine = Arc::clone(&api.town.engine);
        let writers = (40..80).map(|n| {
            let engine = Arc::clone(&engine);
            async move { write(&engine, n).await.ok() }
        });
        api.serving.ask_to_stop();
        let mut completed = BTreeSet::new();
        let listen = async {
            loop {
                match socket.hear().await? {
                    Heard::Closed(code) => return Ok::<_, Trouble>(code),
                    Heard::Message(message) if message["type"] == "complete" => {
                        assert!(completed.insert(message["id"].as_str().unwrap().to_owned()), "twice");
                    }
                    heard => {
                        let Heard::Message(message) = &heard else { unreachable!() };
                        let id = message["id"].as_str().unwrap().to_owned();
                        assert!(!completed.contains(&id), "after its end: {message}");
                        let data = heard.next(&id);
                        if id == "a" {
                            told.push(position(data));
                        }
                    }
                }
            }
        };
        let (_, code) = tokio::join!(join_all(writers), listen);
        assert_eq!(code?, 1001);
        assert_eq!(completed, names.map(ToOwned::to_owned).into());
        assert_eq!(idle.hear().await?, Heard::Closed(1001));
        let Api { town, serving } = api;
        serving.stop().await?;
        // What was told before the end is what is told to who asks again, as far as it went.
        let engine = Town::engine(&town.db, &town.clock).await?;
        let serving = Serving::start(&engine, &serving::config()).await?;
        let mut socket = Socket::of(&serving, &token).await?;
        socket.subscribe("a", MINE, json!({ "after": 0 })).await?;
        for (n, expected) in told.iter().enumerate() {
            assert_eq!(position(socket.hear().await?.next("a")), *expected, "number {n} of {}", told.len());
        }
        serving.stop().await
    }
}

/// The position of what a person was told of an own assignment.
fn position(data: Value) -> i64 {
    data["assignmentsChanged"]["position"].as_i64().unwrap()
}

/// Somebody logs a request in the second group, and its leader escalates it; in the first group
/// something happens too, which is not for that leader.
async fn write(engine: &Engine, n: usize) -> Result<RequestId, Trouble> {
    let order = async |actor: Actor, what: &str, command: Command| -> Result<RequestId, Trouble> {
        let done = engine.execute(Order { actor, key: format!("{what}{n}"), command }).await?;
        done.map_err(|refused| refused.message)?.request.ok_or_else(|| "no request".into())
    };
    order(person("P5")?, "other", Command::Log(request("H11", "water-pipe")?)).await?;
    let id = order(person("P5")?, "log", Command::Log(request("H21", "water-pipe")?)).await?;
    let resolve = Act::Resolve { outcome: Outcome::Solved, words: "已经修好".to_owned(), face_to_face: false };
    let command = if n % 2 == 0 { Act::Escalate { reason: "要换主管".to_owned() } } else { resolve };
    order(person("P3")?, "end", Command::Act { request: id, command }).await
}
