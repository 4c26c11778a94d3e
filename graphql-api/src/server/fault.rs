//! Answers to what is no executed operation, in the form of GraphQL.

use std::any::Any;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::accept::{Media, negotiate};
use crate::reply::{Code, INTERNAL};

/// An answer without data: a status, a code, and what to do about it.
#[derive(Debug)]
pub(super) struct Fault {
    status: StatusCode,
    code: Code,
    message: String,
    media: Media,
}

impl Fault {
    /// An answer without data.
    pub(super) fn new(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), media: Media::GraphQl }
    }

    /// In the kind that the client wants.
    pub(super) fn media(self, media: Media) -> Self {
        Self { media: if media == Media::Html { Media::GraphQl } else { media }, ..self }
    }

    /// In the kind that these headers ask for; in plain JSON when they ask for none of it.
    fn asked_by(self, headers: &HeaderMap) -> Self {
        self.media(negotiate(headers, &[Media::GraphQl, Media::Json]).unwrap_or(Media::Json))
    }

    /// Who asks is not known.
    pub(super) fn unauthenticated() -> Self {
        let message =
            "send `Authorization: Bearer ld_…` (a person's token) or `Authorization: Receipt …` (a citizen's receipt)";
        Self::new(StatusCode::UNAUTHORIZED, Code::Unauthenticated, message)
    }

    /// Too late.
    pub(super) fn timeout() -> Self {
        let message =
            "it took too long and was broken off; a command may have been done: send it again with the same key";
        Self::new(StatusCode::GATEWAY_TIMEOUT, Code::Timeout, message)
    }

    /// The body did not come.
    pub(super) fn too_slow() -> Self {
        let message = "the body did not come in time, so nothing was done; send it again";
        Self::new(StatusCode::REQUEST_TIMEOUT, Code::Timeout, message)
    }

    /// The server failed.
    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, INTERNAL)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let error = json!({ "errors": [{ "message": self.message, "extensions": { "code": self.code.as_str() } }] });
        let mut response = body(self.status, self.media, error.to_string());
        let more: Option<(HeaderName, &'static str)> = match self.status {
            StatusCode::UNAUTHORIZED => Some((header::WWW_AUTHENTICATE, "Bearer realm=\"liandong\"")),
            StatusCode::METHOD_NOT_ALLOWED => Some((header::ALLOW, "GET, POST")),
            StatusCode::SERVICE_UNAVAILABLE => Some((header::RETRY_AFTER, "1")),
            // What is left of the body is not worth reading.
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT => Some((header::CONNECTION, "close")),
            _ => None,
        };
        response.headers_mut().extend(more.map(|(name, value)| (name, HeaderValue::from_static(value))));
        response
    }
}

/// An answer with a body of a kind; it is for this client and this moment only.
pub(super) fn body(status: StatusCode, media: Media, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Neither GET nor POST.
pub(super) async fn method_not_allowed(headers: HeaderMap) -> Fault {
    Fault::new(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest, "use POST, or GET for queries").asked_by(&headers)
}

/// No such page.
pub(super) async fn not_found(headers: HeaderMap) -> Fault {
    let message = "there is nothing here; GraphQL is at /graphql";
    Fault::new(StatusCode::NOT_FOUND, Code::BadRequest, message).asked_by(&headers)
}

/// A handler broke off.
pub(super) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    // What it said may hold anything; the panic hook has written where it was.
    tracing::error!("a handler broke off");
    Fault::internal().into_response()
}
