//! GraphQL over HTTP: <https://graphql.github.io/graphql-over-http/draft/>.

use std::{
    pin::{Pin, pin},
    sync::Arc,
};

use async_graphql::{
    Name, Request as Operation, Response as Answer, ServerError, Value,
    parser::{
        parse_query,
        types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, VariableDefinition},
    },
};
use axum::{
    body::{Bytes, HttpBody},
    extract::{FromRequest, Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use liandong_engine::rules::actor::Actor;
use serde::{Deserialize, Serialize};
use tokio::time::Sleep;

use super::{
    App,
    accept::{Media, negotiate},
    fault::{self, Fault},
    graphiql,
};
use crate::{context::Scope, guard, identity::Credentials, reply::Code};

/// How many errors an answer tells of at most.
const MOST_ERRORS: usize = 20;

/// `POST /graphql`: any operation but a subscription.
pub(super) async fn post(State(app): State<Arc<App>>, request: Request) -> Response {
    let Some(media) = negotiate(request.headers(), &[Media::GraphQl, Media::Json]) else { return not_acceptable() };
    let answered = post_in_time(&app, request, media).await;
    answered.unwrap_or_else(|fault| fault.media(media).into_response())
}

/// `GET /graphql`: a query in the address, or the page for people.
pub(super) async fn get(State(app): State<Arc<App>>, request: Request) -> Response {
    let offered = [Media::GraphQl, Media::Json, Media::Html];
    let Some(media) = negotiate(request.headers(), &offered) else { return not_acceptable() };
    if media == Media::Html {
        return graphiql::page();
    }
    let (request, _) = request.into_parts();
    let answered = tokio::time::timeout(app.config.request_time, get_in_time(&app, &request, media)).await;
    answered.unwrap_or_else(|_| Err(Fault::timeout())).unwrap_or_else(|fault| fault.media(media).into_response())
}

async fn post_in_time(app: &Arc<App>, request: Request, media: Media) -> Result<Response, Fault> {
    let mut late = pin!(tokio::time::sleep(app.config.request_time));
    let actor = within(late.as_mut(), Fault::timeout, authenticate(app, request.headers())).await?;
    if !is_json(request.headers()) {
        let message = "send the operation as `Content-Type: application/json`";
        return Err(Fault::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::BadRequest, message));
    }
    let bytes = within(late.as_mut(), Fault::too_slow, body(app, request)).await?;
    let operation: Operation = serde_json::from_slice(&bytes).map_err(|e| {
        let message = format!("the body is no operation: {e}; send {{\"query\": …, \"variables\": …}}");
        Fault::new(StatusCode::BAD_REQUEST, Code::BadRequest, message)
    })?;
    within(late, Fault::timeout, perform(app, actor, operation, media, false)).await
}

/// What is done, or why it is not when it is too late.
async fn within<T>(
    late: Pin<&mut Sleep>,
    fault: fn() -> Fault,
    doing: impl Future<Output = Result<T, Fault>>,
) -> Result<T, Fault> {
    tokio::select! {
        biased;
        done = doing => done,
        () = late => Err(fault()),
    }
}

/// The whole body. One that says itself that it is too long is not asked for (`Expect: 100-continue`) nor read.
async fn body(app: &App, request: Request) -> Result<Bytes, Fault> {
    let most = app.config.max_body;
    let too_long = || {
        let message = format!("the body is longer than {most} bytes; ask for less at once");
        Fault::new(StatusCode::PAYLOAD_TOO_LARGE, Code::BadRequest, message)
    };
    if usize::try_from(request.body().size_hint().lower()).is_ok_and(|length| length <= most) {
        let read = Bytes::from_request(request, &()).await;
        read.map_err(|refused| match refused.status() {
            StatusCode::PAYLOAD_TOO_LARGE => too_long(),
            _ => Fault::new(StatusCode::BAD_REQUEST, Code::BadRequest, "the body broke off; send it again"),
        })
    } else {
        Err(too_long())
    }
}

async fn get_in_time(app: &Arc<App>, request: &Parts, media: Media) -> Result<Response, Fault> {
    let actor = authenticate(app, &request.headers).await?;
    let operation = asked(&request.uri).map_err(|e| {
        let message = format!("the address is no operation: {e}; use ?query=…&variables=…&operationName=…");
        Fault::new(StatusCode::BAD_REQUEST, Code::BadRequest, message)
    })?;
    perform(app, actor, operation, media, true).await
}

/// The parameters of an address.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    #[serde(default)]
    query: String,
    operation_name: Option<String>,
    variables: Option<String>,
}

/// The operation in an address; a name that is empty is none.
fn asked(address: &Uri) -> Result<Operation, String> {
    let Query(Asked { query, operation_name, variables }) =
        Query::try_from_uri(address).map_err(|refused| refused.body_text())?;
    let mut operation = Operation::new(query);
    operation.operation_name = operation_name.filter(|name| !name.is_empty());
    if let Some(variables) = variables.filter(|variables| !variables.is_empty()) {
        operation.variables = serde_json::from_str(&variables).map_err(|e| format!("`variables`: {e}"))?;
    }
    Ok(operation)
}

async fn authenticate(app: &App, headers: &HeaderMap) -> Result<Actor, Fault> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let credentials = value.and_then(Credentials::parse).ok_or_else(Fault::unauthenticated)?;
    match app.identity.actor(&credentials).await {
        Ok(actor) => actor.ok_or_else(Fault::unauthenticated),
        Err(error) => {
            tracing::error!(%error, "could not look a token up");
            Err(Fault::internal())
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let mut parts = value.split(';').map(str::trim);
    let utf8 = |part: &str| {
        part.split_once('=').is_none_or(|(name, charset)| {
            !name.trim().eq_ignore_ascii_case("charset") || charset.trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
    };
    parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json")) && parts.all(utf8)
}

/// Parses, looks what it costs, executes, answers.
async fn perform(
    app: &Arc<App>,
    actor: Actor,
    operation: Operation,
    media: Media,
    get: bool,
) -> Result<Response, Fault> {
    let mut operation = operation;
    if operation.query.trim().is_empty() {
        let message = "there is no `query`; send the operation as text";
        return Err(Fault::new(StatusCode::BAD_REQUEST, Code::BadRequest, message));
    }
    let document = match document(app, &operation) {
        Ok(document) => document,
        Err(errors) => {
            let answer = Answer::from_errors(errors);
            return Ok(answered(&Finished { answer, refused: true }, media));
        }
    };
    match kind(&document, operation.operation_name.as_deref()) {
        Some(OperationType::Mutation) if get => {
            let message = "a mutation changes something: send it by POST";
            let mut refused =
                Fault::new(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest, message).media(media).into_response();
            refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
            return Ok(refused);
        }
        Some(OperationType::Subscription) => {
            let message = "a subscription goes over the web socket at /graphql/ws (graphql-transport-ws)";
            return Err(Fault::new(StatusCode::BAD_REQUEST, Code::BadRequest, message));
        }
        _ => {}
    }
    operation.set_parsed_query(document);
    let answer = app.schema.execute(operation.data(Scope::new(&app.engine, actor))).await;
    Ok(answered(&finish(answer), media))
}

/// The document, or why it is none, or why it cannot be executed with these variables.
pub(super) fn document(app: &App, operation: &Operation) -> Result<ExecutableDocument, Vec<ServerError>> {
    let refuse = |message: String| vec![coded(ServerError::new(message, None), Code::ValidationFailed)];
    guard::check_text(&operation.query).map_err(refuse)?;
    let document = parse_query(&operation.query).map_err(|e| vec![coded(e.into(), Code::ParseFailed)])?;
    guard::check_document(&document, app.config.max_depth, app.config.max_complexity).map_err(refuse)?;
    guard::check_subscriptions(&document).map_err(refuse)?;
    guard::check_types(&document, &app.types).map_err(refuse)?;
    match missing(&document, operation) {
        Some(name) => Err(refuse(format!("variable `${name}` has no value; give it one"))),
        None => Ok(document),
    }
}

/// The variable that must have a value and has none. The schema notices that only at the field that
/// uses it, when others have been executed.
fn missing<'a>(document: &'a ExecutableDocument, operation: &Operation) -> Option<&'a Name> {
    let chosen = chosen(document, operation.operation_name.as_deref())?;
    let needed = chosen.variable_definitions.iter().map(|v| &v.node).filter(|v| !v.var_type.node.nullable);
    let missing = |v: &&VariableDefinition| match operation.variables.get(&v.name.node) {
        Some(value) => *value == Value::Null,
        None => v.default_value.is_none(),
    };
    needed.filter(missing).map(|v| &v.name.node).next()
}

/// What kind of operation it is; none when it is not said which, which the schema says better.
pub(super) fn kind(document: &ExecutableDocument, name: Option<&str>) -> Option<OperationType> {
    chosen(document, name).map(|operation| operation.ty)
}

/// The operation that is meant.
fn chosen<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Option<&'a OperationDefinition> {
    match &document.operations {
        DocumentOperations::Single(operation) => Some(&operation.node),
        DocumentOperations::Multiple(operations) => match name {
            Some(name) => operations.get(name).map(|operation| &operation.node),
            None if operations.len() == 1 => operations.values().next().map(|operation| &operation.node),
            None => None,
        },
    }
}

/// An answer whose errors all have a code.
pub(super) struct Finished {
    /// The answer.
    pub(super) answer: Answer,
    /// Whether the operation was not executed: it does not fit the schema, or a value has not the form
    /// of its type. Then there is no `data` in the answer.
    pub(super) refused: bool,
}

/// Gives every error a code. Those of this crate have one, so what has none is the schema's complaint
/// about the document or about the form of a value.
pub(super) fn finish(mut answer: Answer) -> Finished {
    let nothing = answer.data == Value::Null && !answer.errors.is_empty();
    let refused = nothing && answer.errors.iter().all(|error| code(error).is_none());
    // A document may be wrong in every word; the answer is not to be longer than the question.
    answer.errors.truncate(MOST_ERRORS);
    for error in answer.errors.iter_mut().filter(|error| code(error).is_none()) {
        let of_form = if error.path.is_empty() { Code::ValidationFailed } else { Code::BadInput };
        error.extensions.get_or_insert_default().set("code", of_form.as_str());
    }
    Finished { answer, refused }
}

/// An error with its code.
pub(super) fn coded(mut error: ServerError, code: Code) -> ServerError {
    error.extensions.get_or_insert_default().set("code", code.as_str());
    error
}

fn code(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        async_graphql::Value::String(code) => Some(code),
        _ => None,
    }
}

/// The errors of an operation that was not executed.
#[derive(Serialize)]
struct Errors<'a> {
    errors: &'a [ServerError],
}

fn answered(finished: &Finished, media: Media) -> Response {
    let Finished { answer, refused } = finished;
    let status = status(answer, *refused, media);
    let errors = Errors { errors: &answer.errors };
    let text = if *refused { serde_json::to_vec(&errors) } else { serde_json::to_vec(answer) };
    match text {
        Ok(text) => {
            let mut response = fault::body(status, media, text);
            if status == StatusCode::SERVICE_UNAVAILABLE {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            response
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            Fault::internal().media(media).into_response()
        }
    }
}

fn status(answer: &Answer, refused: bool, media: Media) -> StatusCode {
    let failed = answer.data == Value::Null && !answer.errors.is_empty();
    let all = |fits: fn(&str) -> bool| answer.errors.iter().all(|e| code(e).is_some_and(fits));
    match media {
        _ if failed && all(Code::is_passing) => StatusCode::SERVICE_UNAVAILABLE,
        Media::Json | Media::Html | Media::OpenMetrics | Media::Text => StatusCode::OK,
        Media::GraphQl if refused => StatusCode::BAD_REQUEST,
        Media::GraphQl if failed && all(|code| code == Code::Internal.as_str()) => StatusCode::INTERNAL_SERVER_ERROR,
        Media::GraphQl => StatusCode::OK,
    }
}

fn not_acceptable() -> Response {
    let message = "this server answers `application/graphql-response+json` or `application/json`; accept one of them";
    Fault::new(StatusCode::NOT_ACCEPTABLE, Code::BadRequest, message).into_response()
}
