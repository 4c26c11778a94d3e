//! One span and one count for each HTTP request. No query, no variable, no token, no secret
//! address in it.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

use super::App;

/// Watches a request from its head to its answer.
#[expect(clippy::disallowed_methods, reason = "measures how long an answer takes; nothing is decided by it")]
pub(super) async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let route = route(request.uri().path());
    let span = tracing::info_span!("http", method = %request.method(), route = %route, status = tracing::field::Empty);
    let begun = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status(), begun.elapsed());
    span.record("status", status.as_u16());
    app.metrics.answered(route, status, took.as_secs_f64());
    span.in_scope(|| tracing::debug!(micros = took.as_micros(), "a request over HTTP was answered"));
    response
}

/// The route, never the path as it was sent: a caller must not choose what is counted.
fn route(path: &str) -> &'static str {
    match path {
        "/graphql" => "/graphql",
        "/graphql/ws" => "/graphql/ws",
        "/health/live" => "/health/live",
        "/health/ready" => "/health/ready",
        "/metrics" => "/metrics",
        _ if path.starts_with("/graphiql/") => "/graphiql",
        _ if path.starts_with("/calendar/") => "/calendar",
        _ => "other",
    }
}
