//! Calendars under their secret addresses, for programs that subscribe to them.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use super::{
    App,
    fault::{self, Fault},
    ics,
};
use crate::reply::Code;

/// `GET /calendar/<secret>.ics`. An address that was revoked, that is not served any more or that never was
/// one gets the answer of a page that is not there.
pub(super) async fn show(State(app): State<Arc<App>>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    let Some(secret) = file.strip_suffix(".ics") else { return fault::not_found(headers).await.into_response() };
    match tokio::time::timeout(app.config.request_time, app.engine.read_calendar(secret)).await {
        Ok(Ok(Some(shown))) => answer(ics::text(&shown), &headers),
        Ok(Ok(None)) => fault::not_found(headers).await.into_response(),
        Ok(Err(error)) => {
            tracing::error!(%error, "a calendar could not be read");
            Fault::internal().into_response()
        }
        Err(_) => Fault::timeout().into_response(),
    }
}

/// Anything but GET and HEAD.
pub(super) async fn method_not_allowed() -> Response {
    let message = "a calendar is only read; use GET";
    let mut response = Fault::new(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest, message).into_response();
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    response
}

/// The calendar, or that nothing has changed since the client read it.
fn answer(text: String, headers: &HeaderMap) -> Response {
    let tag = format!(
        "\"{}\"",
        Sha256::digest(text.as_bytes()).iter().take(16).fold(String::new(), |t, b| t + &format!("{b:02x}"))
    );
    let known = is_known(headers, &tag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(Body::from(text));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
        response
    };
    let headers = response.headers_mut();
    headers.extend(HeaderValue::from_str(&tag).ok().map(|tag| (header::ETAG, tag)));
    // To be kept by its owner's program, and asked for again at every look: a revocation acts at once.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// Whether the client has what the tag is of. Tags are compared weakly, as `If-None-Match` asks.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}
