//! HTTP: the routes, and the server with its orderly stop.

mod accept;
mod calendar;
mod doors;
mod fault;
mod files;
mod graphiql;
mod graphql;
mod health;
mod ics;
mod listen;
mod metrics;
mod observe;
mod run;
mod stream;
mod websocket;

use std::{collections::HashSet, io, sync::Arc};

use async_graphql::Name;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{MethodRouter, get},
};
use liandong_engine::run::engine::Engine;
use tokio::sync::watch;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    config::Config,
    identity::Identity,
    schema::{Schema, schema, types},
};
use metrics::Metrics;

/// Why the server ended early.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// It cannot listen there.
    #[error("cannot listen on {address}: {error}; choose another address or stop what listens there")]
    Listen {
        /// Where.
        address: std::net::SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// The store could not be closed; everything acknowledged is safe even so.
    #[error("the store did not close: {0}")]
    Store(#[from] liandong_engine::run::error::Error),
}

/// What every handler shares.
struct App {
    engine: Arc<Engine>,
    schema: Schema,
    /// What a variable may be of.
    types: HashSet<Name>,
    identity: Identity,
    metrics: Arc<Metrics>,
    config: Config,
    /// Turns when web sockets are to close.
    closing: watch::Sender<bool>,
}

impl App {
    fn new(engine: Arc<Engine>, config: &Config) -> Arc<Self> {
        Arc::new(Self {
            schema: schema(config),
            types: types(),
            identity: Identity::new(Arc::clone(&engine), config),
            metrics: Arc::new(Metrics::new(&engine)),
            config: config.clone(),
            closing: watch::Sender::new(false),
            engine,
        })
    }
}

/// The service without a socket: `/graphql`, `/graphql/ws`, `/health/live`, `/health/ready`, `/metrics`,
/// `/calendar/…` and the files of GraphiQL.
pub fn router(engine: Arc<Engine>, config: &Config) -> Router {
    routes(App::new(engine, config))
}

fn routes(app: Arc<App>) -> Router {
    let graphql: MethodRouter<Arc<App>> = get(graphql::get).post(graphql::post).fallback(fault::method_not_allowed);
    let mut router = Router::new();
    // Where they have an address of their own they are not to be had at this one.
    if app.config.metrics_listen.is_none() {
        router = router.route("/metrics", get(metrics::show));
    }
    router
        .route("/graphql", graphql)
        .route("/graphql/ws", get(websocket::upgrade))
        .route("/graphiql/{file}", get(graphiql::file))
        .route("/calendar/{file}", get(calendar::show).fallback(calendar::method_not_allowed))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .fallback(fault::not_found)
        .layer(DefaultBodyLimit::max(app.config.max_body))
        .layer(CatchPanicLayer::custom(fault::panicked))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), observe::observe))
        .with_state(app)
}

/// The numbers alone, for an address of their own.
fn metrics_routes(app: Arc<App>) -> Router {
    Router::new().route("/metrics", get(metrics::show)).fallback(fault::not_found).with_state(app)
}

/// Listens and serves until `shutdown`, then stops in order: `/health/ready` turns, after the
/// `grace_time` nothing new is accepted, what is in flight is finished (for `stop_time` at most), subscriptions complete, the
/// engine stops.
///
/// # Errors
/// [`ServeError::Listen`] when it cannot listen; [`ServeError::Store`] when the store does not close.
pub async fn serve(
    engine: Arc<Engine>,
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    run::serve(App::new(engine, &config), shutdown).await
}
