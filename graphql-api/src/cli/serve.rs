//! `liandong serve`.

use std::{
    io,
    net::{SocketAddr, ToSocketAddrs},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use clap::Args;
use liandong_engine::run::{courier::Webhook, engine::Engine};
use liandong_graphql_api::{
    Config,
    server::{self, ServeError},
};

use super::{
    database::{self, Database, runtime},
    logging::{self, LogFormat},
    secret::SecretFile,
    signals::Signals,
    start,
    trouble::Trouble,
};

/// Serve a database
#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    database: Database,
    /// Make the SQLite file if it is not there
    #[arg(long)]
    create: bool,
    /// Where to listen
    #[arg(long, value_name = "ADDR", env = "LIANDONG_LISTEN", default_value = "127.0.0.1:8080", value_parser = address)]
    listen: SocketAddr,
    /// For how many seconds a server that is to stop still takes connections, while /health/ready says 503
    #[arg(long, value_name = "SECONDS", env = "LIANDONG_GRACE", default_value_t = 3)]
    grace: u16,
    /// Where /metrics is to be had, and then only there; beside all else when not given
    #[arg(long, value_name = "ADDR", env = "LIANDONG_METRICS_LISTEN", value_parser = address)]
    metrics_listen: Option<SocketAddr>,
    /// How many connections may be open; 4096 when not given, and never more than the limit of open files less 96 (176
    /// with --metrics-listen)
    #[arg(long, value_name = "N", env = "LIANDONG_MAX_CONNECTIONS", value_parser = count)]
    max_connections: Option<usize>,
    /// How many of them from one address; half of all when not given. Behind a proxy give as many as it may open,
    /// for they all come from its address
    #[arg(long, value_name = "N", env = "LIANDONG_MAX_CONNECTIONS_PER_ADDRESS", value_parser = count)]
    max_connections_per_address: Option<usize>,
    #[command(flatten)]
    secret: SecretFile,
    #[command(flatten)]
    delivery: Delivery,
    /// How a line of the log looks
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    log_format: LogFormat,
}

/// Where notices are delivered; nowhere when nothing is said.
#[derive(Debug, Args)]
struct Delivery {
    /// Where to post what people must be told: http://HOST:PORT/PATH, the same on every node
    #[arg(
        long,
        value_name = "URL",
        env = "LIANDONG_WEBHOOK",
        hide_env_values = true,
        requires = "webhook_secret_file"
    )]
    webhook: Option<String>,
    /// The file with the secret that it is signed with: whsec_ and the base64 of 24 to 64 bytes
    #[arg(long, value_name = "FILE", env = "LIANDONG_WEBHOOK_SECRET_FILE", requires = "webhook")]
    webhook_secret_file: Option<PathBuf>,
}

impl Delivery {
    fn webhook(&self) -> Result<Option<Webhook>, Trouble> {
        let Some((url, file)) = self.webhook.as_ref().zip(self.webhook_secret_file.as_ref()) else { return Ok(None) };
        let secret = std::fs::read_to_string(file).map_err(|error| {
            Trouble::Failed(format!("the secret `{}` cannot be read: {error}; check the name", file.display()))
        })?;
        Webhook::new(url, &secret).map(Some).map_err(|bad| Trouble::Failed(bad.to_string()))
    }
}

impl Serve {
    pub(super) fn run(self) -> Result<(), Trouble> {
        logging::start(self.log_format, logging::SERVER);
        free(self.listen)?;
        if !self.create {
            database::exists(&self.database.url)?;
        }
        runtime()?.block_on(async {
            let mut signals = Signals::listen()?;
            let webhook = self.delivery.webhook()?;
            start::warn_of_rights(self.delivery.webhook_secret_file.as_deref());
            let opened = start::open(&self.database.url, &self.secret, &mut signals).await?;
            let Some(engine) = opened else { return Ok(()) };
            match webhook {
                Some(webhook) => engine.deliver_to(webhook),
                None => tracing::info!("no webhook is set: notices are only read over the API"),
            }
            if engine.world().register().rows() == 0 {
                tracing::warn!("the register is empty; load one with `liandong register load DIR --database URL`");
            }
            let grace_time = Duration::from_secs(self.grace.into());
            let config = Config {
                listen: self.listen,
                grace_time,
                metrics_listen: self.metrics_listen,
                max_connections: self.max_connections,
                max_connections_per_address: self.max_connections_per_address,
                ..Config::default()
            };
            serve(engine, config, &mut signals).await
        })
    }
}

/// Serves until a signal comes, then stops in order; a second signal stops at once.
pub(super) async fn serve(engine: Arc<Engine>, config: Config, signals: &mut Signals) -> Result<(), Trouble> {
    engine.start_ticker();
    engine.start_auditor();
    engine.start_courier();
    engine.start_forgetting();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let shutdown = async {
        // An error means that whoever would send is gone, which asks for the same.
        drop(stopped.await);
    };
    let serving = Box::pin(server::serve(engine, config, shutdown));
    let signalled = async {
        signals.next().await;
        // If nobody waits for it any more, the server has ended already.
        let _ = stop.send(());
        signals.next().await;
    };
    tokio::select! {
        served = serving => served.map_err(|error| match error {
            ServeError::Listen { address, error } => taken(address, &error),
            ServeError::Store(error) => error.into(),
        }),
        () = signalled => Err(Trouble::Failed("stopped at once, as asked twice".to_owned())),
    }
}

/// Reads the value of `--listen`.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let found = text.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    found.ok_or_else(|| "it is no address with a port; write it as 127.0.0.1:8080 or localhost:8080".to_owned())
}

/// Reads a number that is not nothing.
fn count(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| *n > 0).ok_or_else(|| "it is no number from 1 on".to_owned())
}

/// Whether the address can be listened at: asked first, so that nothing is opened for nothing.
pub(super) fn free(listen: SocketAddr) -> Result<(), Trouble> {
    std::net::TcpListener::bind(listen).map(drop).map_err(|error| taken(listen, &error))
}

fn taken(listen: SocketAddr, error: &io::Error) -> Trouble {
    Trouble::Failed(match error.kind() {
        io::ErrorKind::AddrInUse => {
            let other = SocketAddr::new(listen.ip(), listen.port().checked_add(1).unwrap_or(8081));
            format!("`{listen}` is taken by another program; stop that one, or use --listen {other}")
        }
        io::ErrorKind::PermissionDenied => {
            format!("`{listen}` may not be listened at; use a port from 1024 on, such as --listen {}:8080", listen.ip())
        }
        io::ErrorKind::AddrNotAvailable => {
            format!("`{listen}` is no address of this machine; use --listen 127.0.0.1:{}", listen.port())
        }
        _ => format!("the server at `{listen}` failed: {error}"),
    })
}
