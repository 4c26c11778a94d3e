//! GraphiQL, from files inside the program: nothing comes from another host.

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::fault;

/// What the page may load: only what this server gives.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; \
                      img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The page.
pub(super) fn page() -> Response {
    let page: &[u8] = include_bytes!("../../assets/graphiql/index.html");
    asset(page, "text/html; charset=utf-8", "no-cache")
}

/// What the page loads.
pub(super) async fn file(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let (bytes, content_type): (&[u8], _) = match file.as_str() {
        "graphiql.min.css" => (include_bytes!("../../assets/graphiql/graphiql.min.css"), "text/css; charset=utf-8"),
        "graphiql.min.js" => (include_bytes!("../../assets/graphiql/graphiql.min.js"), SCRIPT),
        "react.production.min.js" => (include_bytes!("../../assets/graphiql/react.production.min.js"), SCRIPT),
        "react-dom.production.min.js" => (include_bytes!("../../assets/graphiql/react-dom.production.min.js"), SCRIPT),
        "start.js" => (include_bytes!("../../assets/graphiql/start.js"), SCRIPT),
        _ => return fault::not_found(headers).await.into_response(),
    };
    asset(bytes, content_type, "public, max-age=3600")
}

fn asset(bytes: &'static [u8], content_type: &'static str, cache: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, cache),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::VARY, "Accept"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    (StatusCode::OK, headers, bytes).into_response()
}
