//! `/graphql/ws`: <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_graphql::{Request as Operation, Response as Answer, ServerError, parser::types::OperationType};
use axum::{
    Extension,
    body::Bytes,
    extract::{
        State,
        ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
};
use futures_util::{
    StreamExt, future,
    stream::{self, AbortHandle, Abortable, BoxStream, SelectAll},
};
use liandong_engine::rules::actor::Actor;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::{MissedTickBehavior, timeout};

use super::{
    App,
    doors::Guest,
    fault::Fault,
    graphql::{Finished, coded, document, finish, kind},
};
use crate::{context::Scope, identity::Credentials, reply::Code};

/// The one protocol that is spoken.
const PROTOCOL: &str = "graphql-transport-ws";

/// How often it is looked at most whether a token is still good; each message looks as well.
const LEAST_LOOK: Duration = Duration::from_millis(100);

/// What the client says.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Said {
    ConnectionInit {
        #[serde(default)]
        payload: Value,
    },
    Subscribe {
        id: String,
        payload: Box<Operation>,
    },
    Complete {
        id: String,
    },
    Ping {
        #[serde(default)]
        payload: Option<Value>,
    },
    Pong {},
}

/// What the server says.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Says<'a> {
    ConnectionAck,
    Next {
        id: &'a str,
        payload: &'a Answer,
    },
    Error {
        id: &'a str,
        payload: &'a [ServerError],
    },
    Complete {
        id: &'a str,
    },
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Value>,
    },
}

/// Why a socket closes, by the numbers of the protocol.
struct Close(u16, &'static str);

const GONE: Close = Close(1000, "");
const STOPPING: Close = Close(1001, "The server stops");
const BAD_PROTOCOL: Close = Close(1002, "Protocol error");
const BAD_TEXT: Close = Close(1007, "Invalid text");
const TOO_BIG: Close = Close(1009, "Message too big");
const BAD_MESSAGE: Close = Close(4400, "Invalid message");
const UNAUTHORIZED: Close = Close(4401, "Unauthorized");
const FORBIDDEN: Close = Close(4403, "Forbidden");
const INIT_TIMEOUT: Close = Close(4408, "Connection initialisation timeout");
const ID_TAKEN: Close = Close(4409, "Subscriber for this id already exists");
const TOO_MANY_INITS: Close = Close(4429, "Too many initialisation requests");
const FAILED: Close = Close(1011, "Internal error");

/// What an operation brings: an answer, or that there are no more.
type Brought = (String, Option<Box<Finished>>);

/// `GET /graphql/ws`.
pub(super) async fn upgrade(
    State(app): State<Arc<App>>,
    guest: Option<Extension<Arc<Guest>>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade.protocols([PROTOCOL]),
        Err(refused) => return Fault::new(refused.status(), Code::BadRequest, "this is a web socket").into_response(),
    };
    if upgrade.selected_protocol().is_none() {
        let message = "offer the protocol `graphql-transport-ws`";
        return Fault::new(StatusCode::BAD_REQUEST, Code::BadRequest, message).into_response();
    }
    let most = app.config.max_body;
    let guest = guest.map(|Extension(guest)| guest);
    // From here on, for it is told of the stop in its own words. Should the handshake not come through, the connection is
    // at its end; until then it is idle and makes room like any other, and nobody waits for it.
    if let Some(guest) = &guest {
        guest.upgrade();
    }
    upgrade.max_message_size(most).max_frame_size(most).on_upgrade(move |socket| Box::pin(talk(app, socket, guest)))
}

async fn talk(app: Arc<App>, socket: WebSocket, guest: Option<Arc<Guest>>) {
    let _open = app.metrics.socket();
    let mut socket = Socket { app, socket, heard: false };
    let Close(code, reason) = match socket.init().await {
        Ok(credentials) => {
            // Who said who they are does not make room for others, unless they do not read.
            let _stays = guest.as_ref().map(Guest::busy);
            Talk::new(&mut socket, credentials).run().await
        }
        Err(close) => close,
    };
    if code != GONE.0 {
        let frame = CloseFrame { code, reason: reason.into() };
        drop(timeout(socket.app.config.request_time, socket.socket.send(Message::Close(Some(frame)))).await);
    }
}

struct Socket {
    app: Arc<App>,
    socket: WebSocket,
    /// Whether there was a sign of life since it was last asked for.
    heard: bool,
}

impl Socket {
    /// The next message of the protocol; an error when the socket is to close.
    async fn hear(&mut self) -> Result<Said, Close> {
        loop {
            let received = self.socket.recv().await;
            self.heard = true;
            let bytes = match received {
                Some(Ok(Message::Text(text))) => text.into(),
                Some(Ok(Message::Binary(bytes))) => bytes,
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                Some(Ok(Message::Close(_))) | None => return Err(GONE),
                Some(Err(error)) => return Err(broken(error)),
            };
            return serde_json::from_slice::<Said>(&bytes).map_err(|_| BAD_MESSAGE);
        }
    }

    async fn say(&mut self, says: &Says<'_>) -> Result<(), Close> {
        let text = serde_json::to_string(says).map_err(|_| FAILED)?;
        // A client that does not read is as good as gone.
        match timeout(self.app.config.request_time, self.socket.send(Message::Text(text.into()))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(GONE),
        }
    }

    /// Asks for a sign of life; an error when there was none since the last time.
    async fn ping(&mut self) -> Result<(), Close> {
        if !std::mem::take(&mut self.heard) {
            return Err(GONE);
        }
        let sent = timeout(self.app.config.request_time, self.socket.send(Message::Ping(Bytes::new()))).await;
        sent.ok().and_then(Result::ok).ok_or(GONE)
    }

    /// Waits until the client has said who it is.
    async fn init(&mut self) -> Result<Credentials, Close> {
        let (wait, mut closing) = (self.app.config.init_time, self.app.closing.subscribe());
        tokio::select! {
            introduced = timeout(wait, self.introduced()) => introduced.unwrap_or(Err(INIT_TIMEOUT)),
            _ = closing.wait_for(|closing| *closing) => Err(STOPPING),
        }
    }

    async fn introduced(&mut self) -> Result<Credentials, Close> {
        loop {
            match self.hear().await? {
                Said::ConnectionInit { payload } => {
                    let credentials = authorization(&payload).and_then(Credentials::parse).ok_or(FORBIDDEN)?;
                    known(&self.app, &credentials).await?;
                    self.say(&Says::ConnectionAck).await?;
                    return Ok(credentials);
                }
                Said::Ping { payload } => self.say(&Says::Pong { payload }).await?,
                Said::Pong {} => {}
                Said::Subscribe { .. } | Said::Complete { .. } => return Err(UNAUTHORIZED),
            }
        }
    }
}

/// Why nothing can be read any more: what came is wrong, which can be said, or there is nobody to say it to.
fn broken(error: axum::Error) -> Close {
    use tungstenite::error::{Error, ProtocolError::ResetWithoutClosingHandshake};
    match error.into_inner().downcast_ref::<Error>() {
        Some(Error::Capacity(_)) => TOO_BIG,
        Some(Error::Utf8(_)) => BAD_TEXT,
        Some(Error::Protocol(what)) if *what != ResetWithoutClosingHandshake => BAD_PROTOCOL,
        _ => GONE,
    }
}

/// Whose credentials they are, still.
async fn known(app: &App, credentials: &Credentials) -> Result<Actor, Close> {
    match app.identity.actor(credentials).await {
        Ok(actor) => actor.ok_or(FORBIDDEN),
        Err(error) => {
            tracing::error!(%error, "could not look a token up");
            Err(FAILED)
        }
    }
}

/// The value of `Authorization` in a payload, whatever the case of its name.
fn authorization(payload: &Value) -> Option<&str> {
    let found = payload.as_object()?.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    found?.1.as_str()
}

/// A conversation after the introduction.
struct Talk<'a> {
    socket: &'a mut Socket,
    credentials: Credentials,
    open: HashMap<String, AbortHandle>,
    streams: SelectAll<Abortable<BoxStream<'static, Brought>>>,
}

impl<'a> Talk<'a> {
    fn new(socket: &'a mut Socket, credentials: Credentials) -> Self {
        Self { socket, credentials, open: HashMap::new(), streams: SelectAll::new() }
    }

    async fn run(mut self) -> Close {
        match self.converse().await {
            Ok(()) => STOPPING,
            Err(close) => close,
        }
    }

    /// Goes on until the socket is to close, or the server stops and every operation has completed.
    async fn converse(&mut self) -> Result<(), Close> {
        let mut closing = self.socket.app.closing.subscribe();
        // An identity may be believed for no time at all; to look without a pause would help nobody.
        let mut look = tokio::time::interval(self.socket.app.config.identity_time.max(LEAST_LOOK));
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ping = tokio::time::interval(self.socket.app.config.ping_time.max(LEAST_LOOK));
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            if *closing.borrow_and_update() && self.open.is_empty() {
                return Ok(());
            }
            tokio::select! {
                said = self.socket.hear() => self.answer(said?).await?,
                Some(brought) = self.streams.next() => self.bring(brought).await?,
                _ = look.tick() => drop(known(&self.socket.app, &self.credentials).await?),
                _ = ping.tick() => self.socket.ping().await?,
                Ok(()) = closing.changed() => {}
            }
        }
    }

    async fn answer(&mut self, said: Said) -> Result<(), Close> {
        match said {
            Said::ConnectionInit { .. } => Err(TOO_MANY_INITS),
            Said::Ping { payload } => self.socket.say(&Says::Pong { payload }).await,
            Said::Pong {} => Ok(()),
            Said::Complete { id } => {
                if let Some(handle) = self.open.remove(&id) {
                    handle.abort();
                }
                Ok(())
            }
            Said::Subscribe { id, payload } => self.begin(id, *payload).await,
        }
    }

    async fn begin(&mut self, id: String, operation: Operation) -> Result<(), Close> {
        if self.open.contains_key(&id) {
            return Err(ID_TAKEN);
        }
        let actor = known(&self.socket.app, &self.credentials).await?;
        let app = &self.socket.app;
        if self.open.len() >= app.config.max_operations {
            let message = format!("{} operations are open; complete one first", self.open.len());
            let error = coded(ServerError::new(message, None), Code::BadRequest);
            return self.socket.say(&Says::Error { id: &id, payload: &[error] }).await;
        }
        let mut operation = operation;
        let document = match document(app, &operation) {
            Ok(document) => document,
            Err(errors) => return self.socket.say(&Says::Error { id: &id, payload: &errors }).await,
        };
        let watches = kind(&document, operation.operation_name.as_deref()) == Some(OperationType::Subscription);
        operation.set_parsed_query(document);
        let operation = operation.data(Scope::new(&app.engine, actor));
        let answers = if watches { watched(app, operation) } else { once(app, operation) };
        let key = id.clone();
        let brought = answers.map(move |answer| (key.clone(), Some(Box::new(answer))));
        let done = stream::once(future::ready((id.clone(), None)));
        let (handle, registration) = AbortHandle::new_pair();
        self.streams.push(Abortable::new(brought.chain(done).boxed(), registration));
        self.open.insert(id, handle);
        Ok(())
    }

    async fn bring(&mut self, (id, finished): Brought) -> Result<(), Close> {
        let Some(finished) = finished else {
            // An operation that ended with an error message is complete already.
            return if self.open.remove(&id).is_some() {
                self.socket.say(&Says::Complete { id: &id }).await
            } else {
                Ok(())
            };
        };
        known(&self.socket.app, &self.credentials).await?;
        let Finished { answer, refused } = *finished;
        if refused {
            if let Some(handle) = self.open.remove(&id) {
                handle.abort();
            }
            return self.socket.say(&Says::Error { id: &id, payload: &answer.errors }).await;
        }
        self.socket.say(&Says::Next { id: &id, payload: &answer }).await
    }
}

/// The answers of a subscription, counted while they come.
fn watched(app: &Arc<App>, operation: Operation) -> BoxStream<'static, Finished> {
    let counted = app.metrics.subscription();
    let answers = app.schema.execute_stream(operation);
    answers
        .map(move |answer| {
            let _while_it_lives = &counted;
            finish(answer)
        })
        .boxed()
}

/// The one answer of a query or mutation.
fn once(app: &Arc<App>, operation: Operation) -> BoxStream<'static, Finished> {
    let app = Arc::clone(app);
    let answer = async move {
        let done = timeout(app.config.request_time, app.schema.execute(operation)).await;
        done.map(finish).unwrap_or_else(|_| {
            let message = "it took too long and was broken off; send a command again with the same key";
            let late = coded(ServerError::new(message, None), Code::Timeout);
            Finished { answer: Answer::from_errors(vec![late]), refused: true }
        })
    };
    stream::once(answer).boxed()
}
