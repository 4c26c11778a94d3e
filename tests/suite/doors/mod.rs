//! The doors of the server on real sockets: who is let in, for how long, what is read of them, and how it closes.

mod bodies;
mod caps;
mod exposition;
mod files;
mod metrics;
mod slow;
mod sockets;
mod stop;

use std::{
    future::Future,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use liandong_graphql_api::Config;
use liandong_tests::{
    fixtures,
    serving::{self, PATIENCE},
    stores::{Kind, Trouble},
    town,
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpSocket, TcpStream},
    time::timeout,
};

use crate::http::{Api, input};

/// So long that nothing of a test can wait for it.
const FOR_EVER: Duration = Duration::from_secs(3_600);

/// Whom the town knows, and somebody at another address.
const HERE: Ipv4Addr = Ipv4Addr::LOCALHOST;
const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// A server that waits for nobody to look, and for everybody for as long as they like.
fn patient() -> Config {
    Config { header_time: FOR_EVER, stall_time: FOR_EVER, init_time: FOR_EVER, ..serving::config() }
}

/// Less than all that `Line::ask_without_reading` asks for, in bytes.
const FAR_TOO_MUCH: usize = 30_000_000;

/// Runs a test on a server of the hamlet with such limits.
fn behind<F: Future<Output = Result<(), Trouble>>>(config: Config, test: impl FnOnce(Api) -> F) {
    town::run(Kind::Sqlite, fixtures::register("hamlet"), |town| async { test(Api::with(town, config).await?).await });
}

/// A connection that a test holds in its own hands.
struct Line(BufReader<TcpStream>);

/// An answer, whole.
#[derive(Debug)]
struct Answer {
    status: u16,
    /// In small letters, without the first line.
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// The code of the first error.
    fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Line {
    async fn to(api: &Api) -> Result<Self, Trouble> {
        Self::from(HERE, api.serving.address).await
    }

    /// From an address of this machine.
    async fn from(source: Ipv4Addr, server: SocketAddr) -> Result<Self, Trouble> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((source, 0)))?;
        // Little of what is not read fits on the way.
        socket.set_recv_buffer_size(4_096)?;
        Ok(Self(BufReader::new(timeout(PATIENCE, socket.connect(server)).await??)))
    }

    async fn say(&mut self, bytes: impl AsRef<[u8]>) -> Result<(), Trouble> {
        Ok(timeout(PATIENCE, self.0.write_all(bytes.as_ref())).await??)
    }

    /// The next answer; the connection stays.
    async fn hear(&mut self) -> Result<Answer, Trouble> {
        timeout(PATIENCE, async {
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                if self.0.read_line(&mut head).await? == 0 {
                    return Err(format!("it ended after `{head}`").into());
                }
            }
            let (first, head) = head.split_once("\r\n").ok_or("no head")?;
            let status = first.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).ok_or("no status")?.parse()?;
            let mut answer = Answer { status, head: head.to_ascii_lowercase(), body: String::new() };
            let length = answer.header("content-length").unwrap_or("0").parse()?;
            let mut body = vec![0; length];
            self.0.read_exact(&mut body).await?;
            answer.body = String::from_utf8(body)?;
            Ok(answer)
        })
        .await?
    }

    /// Asks for a page, and hears the answer.
    async fn ask(&mut self, path: &str) -> Result<Answer, Trouble> {
        self.say(get(path)).await?;
        self.hear().await
    }

    /// Asks for far more than fits on the way, many times over, and reads none of it but that it comes.
    async fn ask_without_reading(&mut self) -> Result<(), Trouble> {
        self.say(get("/graphiql/graphiql.min.js").repeat(30)).await?;
        assert_ne!(timeout(PATIENCE, self.0.get_ref().peek(&mut [0])).await??, 0);
        Ok(())
    }

    /// All that comes until the server closes in order; an error when it breaks off.
    async fn rest(&mut self) -> Result<String, Trouble> {
        let mut rest = Vec::new();
        timeout(PATIENCE, self.0.read_to_end(&mut rest)).await??;
        Ok(String::from_utf8(rest)?)
    }

    /// Waits until the server closes or breaks off; how many bytes came before.
    async fn gone(&mut self) -> Result<usize, Trouble> {
        let mut rest = Vec::new();
        // A reset is an end as well.
        drop(timeout(PATIENCE, self.0.read_to_end(&mut rest)).await?);
        Ok(rest.len())
    }
}

/// A question for a page.
fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n")
}

/// The head of a POST of an operation, without the length of its body and without the empty line.
fn post(token: &str) -> String {
    format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         accept: application/json\r\n"
    )
}

/// The same, of a body that the server asks for as soon as it has read the head, with what the server says then.
async fn begin(line: &mut Line, token: &str, length: usize) -> Result<(), Trouble> {
    line.say(format!("{}expect: 100-continue\r\ncontent-length: {length}\r\n\r\n", post(token))).await?;
    assert_eq!(line.hear().await?.status, 100);
    Ok(())
}

/// An operation of nothing but who asks.
const ME: &str = r#"{"query":"{ me { kind } }"}"#;

/// A command that logs a request.
fn logging(key: &str) -> String {
    let query =
        "mutation($input: LogRequestInput!, $key: String!) { logRequest(input: $input, idempotencyKey: $key) { id } }";
    json!({ "query": query, "variables": { "input": input("H11", "water-pipe"), "key": key } }).to_string()
}
