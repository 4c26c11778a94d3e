//! Whether the server lives, and whether it can be sent work.

use std::{sync::Arc, time::Duration};

use axum::{extract::State, http::StatusCode};

use super::App;

/// How long the store may take to answer.
const STORE_TIME: Duration = Duration::from_secs(2);

/// The process runs.
pub(super) async fn live() -> (StatusCode, &'static str) {
    (StatusCode::OK, "live\n")
}

/// New work is taken and the store answers.
pub(super) async fn ready(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    if !app.engine.is_ready() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match tokio::time::timeout(STORE_TIME, app.engine.ping()).await {
        // Work is taken all the same: what is wrong with time is for those who run the server.
        Ok(Ok(())) if app.engine.missed() > 0 => {
            (StatusCode::OK, "ready, but limits ran out and did not take effect\n")
        }
        Ok(Ok(())) => (StatusCode::OK, "ready\n"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n")
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the store answers too slowly\n"),
    }
}
