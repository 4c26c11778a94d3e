//! A listener: accepts connections as long as there is room, and talks HTTP on each.

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::{HeaderValue, StatusCode, header::CONNECTION},
};
use hyper::{
    body::{Frame, Incoming, SizeHint},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    time::{sleep, timeout},
};
use tower::ServiceExt;

use super::{
    ServeError,
    doors::{Busy, Doors, Full, Pass},
    metrics::Metrics,
    stream::{Stream, linger},
};
use crate::config::Config;

/// How many that are not let in are told so at a time; the others are closed without a word.
pub(super) const REFUSALS: usize = 32;

/// How long the head of a request may be, in bytes: an answer says so, and an open connection costs no more than that.
const HEAD: usize = 64 * 1024;

/// How long it takes to say it.
const REFUSAL_TIME: Duration = Duration::from_secs(2);

/// How long it is waited for those on their way out before somebody else is let in or refused.
const SETTLING_TIME: Duration = Duration::from_millis(100);

/// How long nobody is let in when the system has no file for it.
const NO_FILE_TIME: Duration = Duration::from_millis(100);

/// What somebody is told who is not let in.
const REFUSAL: &str = concat!(
    "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: 108\r\n",
    "retry-after: 5\r\ncache-control: no-store\r\nconnection: close\r\n\r\n",
    r#"{"errors":[{"message":"too many connections are open; try again in a moment","extensions":{"code":"BUSY"}}]}"#,
);

/// A listener.
pub(super) struct Listener {
    tcp: TcpListener,
    router: Router,
    pub(super) doors: Arc<Doors>,
    metrics: Arc<Metrics>,
    header_time: Duration,
    stall_time: Duration,
    refusals: Arc<Semaphore>,
    stopping: watch::Receiver<bool>,
}

impl Listener {
    /// Binds, and lets nobody in yet.
    pub(super) async fn bind(
        address: SocketAddr,
        router: Router,
        doors: Arc<Doors>,
        (metrics, config): (&Arc<Metrics>, &Config),
        stopping: watch::Receiver<bool>,
    ) -> Result<Self, ServeError> {
        let failed = |error| ServeError::Listen { address, error };
        let tcp = TcpListener::bind(address).await.map_err(failed)?;
        let (address, metrics) = (tcp.local_addr().map_err(failed)?, Arc::clone(metrics));
        tracing::info!(%address, "listening");
        let (header_time, stall_time) = (config.header_time, config.stall_time);
        let refusals = Arc::new(Semaphore::new(REFUSALS));
        Ok(Self { tcp, router, doors, metrics, header_time, stall_time, refusals, stopping })
    }

    /// Lets people in until the server stops.
    pub(super) async fn run(self) {
        let mut stopping = self.stopping.clone();
        loop {
            drop(timeout(SETTLING_TIME, self.doors.settled()).await);
            let accepted = tokio::select! {
                _ = stopping.wait_for(|stopping| *stopping) => return,
                accepted = self.tcp.accept() => accepted,
            };
            match accepted {
                Ok((tcp, peer)) => self.admit(tcp, peer),
                Err(error) if is_of_the_other_side(&error) => {}
                Err(error) => {
                    self.doors.make_room();
                    tracing::warn!(%error, "nobody can be let in");
                    sleep(NO_FILE_TIME).await;
                }
            }
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "whoever stops waits for the pass of each, and no longer than it says"
    )]
    fn admit(&self, tcp: TcpStream, peer: SocketAddr) {
        // Answers are small and somebody waits for each: none is to wait for the next.
        if let Err(error) = tcp.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        match self.doors.enter(peer.ip()) {
            Ok((pass, made_room)) => {
                let open = self.metrics.let_in(made_room);
                let times = (self.header_time, self.stall_time);
                let talk = talk(self.router.clone(), (tcp, pass), times, self.stopping.clone());
                tokio::spawn(async move {
                    talk.await;
                    drop(open);
                });
            }
            Err(full) => {
                self.metrics.refused(match full {
                    Full::All => "all",
                    Full::Address => "address",
                });
                if let Ok(permit) = Arc::clone(&self.refusals).try_acquire_owned() {
                    tokio::spawn(async move {
                        refuse(tcp).await;
                        drop(permit);
                    });
                }
            }
        }
    }
}

async fn refuse(mut tcp: TcpStream) {
    if let Ok(Ok(())) = timeout(REFUSAL_TIME, tcp.write_all(REFUSAL.as_bytes())).await {
        linger(tcp).await;
    }
}

/// Whether the connection failed before it was accepted, which is no trouble of ours.
fn is_of_the_other_side(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Answers the requests of a connection, until one side closes it.
async fn talk(
    router: Router,
    (tcp, pass): (TcpStream, Pass),
    (header_time, stall_time): (Duration, Duration),
    mut stopping: watch::Receiver<bool>,
) {
    let guest = Arc::clone(pass.guest());
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (guest, busy) = (Arc::clone(&guest), guest.busy());
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(Arc::clone(&guest));
        let answer = router.clone().oneshot(request);
        async move {
            let mut answer = answer.await?;
            // Who was told to leave in the meantime is not to send another request on it.
            if guest.told().is_some() && answer.status() != StatusCode::SWITCHING_PROTOCOLS {
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(answer.map(|body| Answer { body, _busy: busy }))
        }
    });
    let stream = TokioIo::new(Stream::new(tcp, pass, stall_time));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_time)
        .max_header_size(HEAD)
        .serve_connection(stream, service)
        .with_upgrades();
    let mut served = pin!(served);
    let stop = async { drop(stopping.wait_for(|stopping| *stopping).await) };
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = stop => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// The body of an answer: its connection is busy until all of it was given to be written. From then on it is for the
/// client to read it, which the connection looks after.
struct Answer {
    body: Body,
    _busy: Busy,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        std::pin::Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::REFUSAL;

    #[test]
    fn a_refusal_is_as_long_as_it_says() {
        let (head, body) = REFUSAL.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{}", body.len());
    }
}
