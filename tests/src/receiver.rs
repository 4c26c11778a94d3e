//! A receiver of webhooks on a loopback socket, which answers as a test says and keeps what it heard.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use liandong_engine::run::courier::Webhook;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

use crate::{serving::PATIENCE, stores::Trouble};

/// The secret that everything is signed with: 32 bytes that say so.
pub const SECRET: &str = "whsec_dGhpcnR5LXR3byBieXRlcyBvZiBhIHRlc3QncyBvd24=";

/// A request that was heard to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The headers, by their lower-case names.
    pub headers: BTreeMap<String, String>,
    /// The body as it came.
    pub body: String,
}

impl Heard {
    /// A header, or nothing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The id of the delivery.
    #[must_use]
    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// What each notice of the delivery says: kind, assignment, and `over` where it is.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let json = self.json();
        let notices = json.pointer("/data/notices").and_then(Value::as_array).cloned().unwrap_or_default();
        let text = |notice: &Value| {
            let kind = notice.get("kind").and_then(Value::as_str).unwrap_or_default().to_owned();
            let over = notice.get("over").and_then(Value::as_bool).unwrap_or(true);
            if over { format!("{kind} over") } else { kind }
        };
        notices.iter().map(text).collect()
    }
}

/// What a receiver does with what it heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It answers with this status.
    Status(u16),
    /// It says nothing and lets the sender wait.
    Hang,
}

/// How a receiver answers the `n`th request, counted from 0.
type Answers = Arc<dyn Fn(usize) -> Answer + Send + Sync>;

/// A receiver; gone when this goes.
#[derive(Debug)]
pub struct Receiver {
    /// `HOST:PORT`.
    address: String,
    heard: Arc<Mutex<Vec<Heard>>>,
    count: watch::Receiver<usize>,
    task: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Receiver {
    /// A receiver that answers the `n`th request, counted from 0, as `answers` says.
    ///
    /// # Errors
    /// When no port is to be had.
    pub async fn start(answers: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Result<Self, Trouble> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?.to_string();
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (counted, count) = watch::channel(0);
        let (answers, keeps, counted): (Answers, _, _) = (Arc::new(answers), Arc::clone(&heard), Arc::new(counted));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answers, heard, counted) = (Arc::clone(&answers), Arc::clone(&keeps), Arc::clone(&counted));
                tokio::spawn(async move { serve(stream, &answers, &heard, &counted).await });
            }
        });
        Ok(Self { address, heard, count, task })
    }

    /// The webhook that delivers here.
    ///
    /// # Errors
    /// When the address is none.
    pub fn webhook(&self) -> Result<Webhook, Trouble> {
        Ok(Webhook::new(&format!("http://{}/notices", self.address), SECRET)?)
    }

    /// All that was heard, in order.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until so many requests were heard in all.
    ///
    /// # Errors
    /// When they do not come.
    pub async fn hears(&self, many: usize) -> Result<(), Trouble> {
        let mut count = self.count.clone();
        tokio::time::timeout(PATIENCE, count.wait_for(|count| *count >= many)).await??;
        Ok(())
    }
}

/// Answers the requests of one connection until it ends.
async fn serve(
    stream: TcpStream,
    answers: &Answers,
    heard: &Mutex<Vec<Heard>>,
    counted: &watch::Sender<usize>,
) -> Result<(), std::io::Error> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await? {
        let no = {
            let mut all = heard.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(request);
            all.len()
        };
        counted.send_modify(|count| *count = no.max(*count));
        match answers(no - 1) {
            Answer::Status(status) => {
                let answer = format!("HTTP/1.1 {status} As asked\r\ncontent-length: 0\r\n\r\n");
                stream.get_mut().write_all(answer.as_bytes()).await?;
            }
            Answer::Hang => std::future::pending().await,
        }
    }
    Ok(())
}

/// One request; none at the end of the connection.
async fn read(stream: &mut BufReader<TcpStream>) -> Result<Option<Heard>, std::io::Error> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(Some(Heard { headers, body: String::from_utf8_lossy(&body).into_owned() }))
}
