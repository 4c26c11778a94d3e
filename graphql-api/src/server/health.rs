//! Whether the server lives, and whether it can be sent work.

use std::{borrow::Cow, sync::Arc, time::Duration};

use axum::{extract::State, http::StatusCode};

use super::App;

/// How long the store may take to answer.
const STORE_TIME: Duration = Duration::from_secs(2);

/// The process runs.
pub(super) async fn live() -> (StatusCode, &'static str) {
    (StatusCode::OK, "live\n")
}

/// New work is taken, the store answers, and it can be written as far as is known.
pub(super) async fn ready(State(app): State<Arc<App>>) -> (StatusCode, Cow<'static, str>) {
    if let Err(why) = app.engine.readiness() {
        return (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n").into());
    }
    let answered = tokio::time::timeout(STORE_TIME, app.engine.ping()).await;
    let audited = app.engine.audited();
    match answered {
        // Work is taken all the same: what is wrong with time is for those who run the server.
        Ok(Ok(())) if audited.missed > 0 => {
            let since = audited.since.map(|since| since.rfc3339(app.engine.world().zone())).unwrap_or_default();
            let missed = audited.missed;
            let text = format!("ready, but limits ran out and did not take effect: {missed}, the oldest at {since}\n");
            (StatusCode::OK, text.into())
        }
        Ok(Ok(())) => (StatusCode::OK, "ready\n".into()),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n".into())
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the store answers too slowly\n".into()),
    }
}
