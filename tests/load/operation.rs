//! The operations that are sent, as a client of the service would, and what comes back.

use hyper::{StatusCode, body::Bytes};
use liandong_tests::seed::Scene;
use serde::Deserialize;
use serde_json::{Value, json};

/// What a payload is asked for: enough to know who is next.
macro_rules! payload {
    () => {
        "{ request { id stage handle { person { code } } relay { person { code } } } refusal { code } }"
    };
}

const LOG: &str = concat!(
    "mutation($i: LogRequestInput!, $k: String!) { done: logRequest(input: $i, idempotencyKey: $k) ",
    payload!(),
    " }"
);
const ACCEPT: &str =
    concat!("mutation($r: ID!, $k: String!) { done: accept(request: $r, idempotencyKey: $k) ", payload!(), " }");
const RESOLVE: &str = concat!(
    "mutation($r: ID!, $w: String!, $k: String!) { done: resolve(request: $r, outcome: Solved, words: $w, idempotencyKey: $k) ",
    payload!(),
    " }"
);
const TELL: &str = concat!(
    "mutation($r: ID!, $t: Instant!, $k: String!) { done: confirmRelay(request: $r, told: true, whom: \"户主本人\", when: $t, how: FaceToFace, idempotencyKey: $k) ",
    payload!(),
    " }"
);
const SEARCH: &str = "query($u: String!) { list: requests(filter: { unit: $u }, first: 20) { edges { node { id stage words \
                      loggedAt place { name } matter { name } handle { person { name } } } } pageInfo { hasNextPage } } }";
const CHAIN: &str =
    "query($p: String!) { list: chain(place: $p) { territory { name } post { name kindZh } person { name phone } } }";
const INBOX: &str = "query { list: assignments(first: 50) { edges { node { id duty openedAt acceptedAt post { name } request { id stage \
                     words loggedAt place { code name } matter { name } } } } pageInfo { hasNextPage } } }";

fn body(query: &str, variables: &Value) -> String {
    json!({ "query": query, "variables": variables }).to_string()
}

/// Logs a scene.
pub(crate) fn log(scene: &Scene, key: &str) -> String {
    let log = scene.log();
    let input = json!({
        "place": log.place.as_str(), "matter": log.matter.as_str(), "channel": log.channel.word(), "words": log.words,
        "citizen": { "name": log.citizen.name, "phone": log.citizen.phone },
    });
    body(LOG, &json!({ "i": input, "k": key }))
}

/// Takes it on.
pub(crate) fn accept(request: &str, key: &str) -> String {
    body(ACCEPT, &json!({ "r": request, "k": key }))
}

/// Brings it to its end.
pub(crate) fn resolve(request: &str, key: &str) -> String {
    body(RESOLVE, &json!({ "r": request, "w": "水管已接好,水费不另收", "k": key }))
}

/// Says that the household heard it just now.
pub(crate) fn tell(request: &str, key: &str) -> String {
    body(TELL, &json!({ "r": request, "t": jiff::Timestamp::now().to_string(), "k": key }))
}

/// The newest requests of a unit.
pub(crate) fn search(unit: &str) -> String {
    body(SEARCH, &json!({ "u": unit }))
}

/// The people above a household.
pub(crate) fn chain(place: &str) -> String {
    body(CHAIN, &json!({ "p": place }))
}

/// The open assignments of whoever asks.
pub(crate) fn inbox() -> String {
    body(INBOX, &json!({}))
}

#[derive(Deserialize)]
struct Answer<T> {
    data: Option<T>,
    #[serde(default)]
    errors: Vec<AnswerError>,
}

#[derive(Deserialize)]
struct AnswerError {
    #[serde(default)]
    extensions: Extensions,
}

#[derive(Default, Deserialize)]
struct Extensions {
    #[serde(default)]
    code: String,
}

#[derive(Deserialize)]
struct DoneData {
    done: Payload,
}

#[derive(Deserialize)]
struct Payload {
    request: Option<Row>,
    refusal: Option<Extensions>,
}

/// A request after a command.
#[derive(Deserialize)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) handle: Option<Held>,
    pub(crate) relay: Option<Held>,
}

#[derive(Deserialize)]
pub(crate) struct Held {
    person: Option<Code>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

impl Held {
    /// Whose it is.
    pub(crate) fn person(held: Option<&Self>) -> Result<&str, String> {
        let person = held.and_then(|held| held.person.as_ref());
        person.map(|p| p.code.as_str()).ok_or_else(|| "nobody is named".to_owned())
    }
}

fn data<T: serde::de::DeserializeOwned>(status: StatusCode, text: &Bytes) -> Result<T, String> {
    let answer: Answer<T> =
        serde_json::from_slice(text).map_err(|_| format!("status {}, unreadable", status.as_u16()))?;
    if let Some(error) = answer.errors.first() {
        return Err(error.extensions.code.to_lowercase());
    }
    answer.data.ok_or_else(|| format!("status {}, no data", status.as_u16()))
}

/// The request after a command, or the kind of failure.
pub(crate) fn done(status: StatusCode, text: &Bytes) -> Result<Row, String> {
    let done = data::<DoneData>(status, text)?.done;
    match (done.request, done.refusal) {
        (_, Some(refusal)) => Err(format!("refused {}", refusal.code)),
        (Some(row), None) => Ok(row),
        (None, None) => Err("neither request nor refusal".to_owned()),
    }
}

/// How many items a list had, or the kind of failure.
pub(crate) fn items(status: StatusCode, text: &Bytes) -> Result<u64, String> {
    let list = data::<Value>(status, text)?;
    let list = list.get("list").map(|list| list.get("edges").unwrap_or(list)).and_then(Value::as_array);
    list.map(|list| u64::try_from(list.len()).unwrap_or(0)).ok_or_else(|| "no list".to_owned())
}
