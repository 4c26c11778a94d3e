//! The server within this process, on a loopback socket of its own.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use liandong_engine::run::engine::Engine;
use liandong_graphql_api::{Config, server};
use tokio::{sync::oneshot, task::JoinHandle};

use crate::{client::Client, server::free_port, stores::Trouble};

/// How a server of a test is set up: as usual, but that its end waits for nobody to look, and that a machine with
/// much else to do gives no other outcome.
#[must_use]
pub fn config() -> Config {
    Config { grace_time: Duration::ZERO, request_time: PATIENCE, ..Config::default() }
}

/// How long anything may take that has to happen.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A server, its client and its end.
#[derive(Debug)]
pub struct Serving {
    /// A client of it, without a token.
    pub client: Client,
    /// Where it listens.
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<Result<(), server::ServeError>>,
}

impl Serving {
    /// Serves an engine, and is ready when this returns.
    ///
    /// # Errors
    /// When no port is to be had.
    pub async fn start(engine: &Arc<Engine>, config: &Config) -> Result<Self, Trouble> {
        let mut trouble: Trouble = "the server did not start".into();
        // Somebody else may take the port between the look and the start.
        for _ in 0..5 {
            match Self::try_start(engine, config).await {
                Ok(serving) => return Ok(serving),
                Err(error) => trouble = error,
            }
        }
        Err(trouble)
    }

    async fn try_start(engine: &Arc<Engine>, config: &Config) -> Result<Self, Trouble> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { drop(stopped.await) };
        let config = Config { listen: address, ..config.clone() };
        let mut task = tokio::spawn(server::serve(Arc::clone(engine), config, shutdown));
        let client = Client::new(&format!("http://{address}"));
        let answers = async {
            while !client.get("/health/live").await.is_ok_and(|reply| reply.status.is_success()) {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            ended = &mut task => return Err(format!("the server ended: {ended:?}").into()),
            answers = tokio::time::timeout(PATIENCE, answers) => answers?,
        }
        Ok(Self { client, address, stop: Some(stop), task })
    }

    /// Says that it is to stop, and goes on at once.
    pub fn ask_to_stop(&mut self) {
        drop(self.stop.take());
    }

    /// Stops it in order.
    ///
    /// # Errors
    /// When it ended in disorder, or does not end.
    pub async fn stop(mut self) -> Result<(), Trouble> {
        self.ask_to_stop();
        tokio::time::timeout(PATIENCE, self.task).await???;
        Ok(())
    }

    /// Breaks it off where it stands, as a second signal does.
    pub async fn break_off(self) {
        self.task.abort();
        drop(self.task.await);
    }
}
