//! The API as a client meets it: what the files of this folder ask it with.

mod calendars;
mod coverage;
mod duplicates;
mod duty;
mod end;
mod limits;
mod merged;
mod pages;
mod payloads;
mod protocol;
mod sight;

use std::{
    collections::BTreeSet,
    future::Future,
    sync::atomic::{AtomicUsize, Ordering},
};

use hyper::Method;
use liandong_engine::rules::instant::Instant;
use liandong_graphql_api::Config;
use liandong_tests::{
    client::{Client, Reply},
    fixtures,
    serving::{self, PATIENCE, Serving},
    stores::{Kind, Trouble},
    town::{self, Town},
};
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
        Self::with(town, serving::config()).await
    }

    /// With other limits than usual.
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

    /// Lets time pass, in microseconds.
    pub(crate) fn later(&self, micros: i64) {
        self.town.clock.set(Instant(self.town.engine.now().0 + micros));
    }

    /// Stops the server in order.
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

/// An HTTP request.
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
