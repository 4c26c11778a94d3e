//! A small HTTP client for GraphQL on loopback.

use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, Method, Request, StatusCode,
    body::Bytes,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
};
use hyper_util::{
    client::legacy::{Client as Hyper, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};

use crate::stores::Trouble;

/// Talks to one server as one person.
#[derive(Clone, Debug)]
pub struct Client {
    hyper: Hyper<HttpConnector, Full<Bytes>>,
    base: String,
    authorization: Option<String>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: StatusCode,
    /// The content type, or nothing.
    pub content_type: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub text: String,
}

impl Reply {
    /// The body as JSON; null when it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The `data` of a GraphQL answer.
    ///
    /// # Errors
    /// When there are errors in it, or it is no answer.
    pub fn data(&self) -> Result<Value, Trouble> {
        let json = self.json();
        if json.get("errors").is_some() || json.get("data").is_none() {
            return Err(format!("{}: {}", self.status, self.text).into());
        }
        Ok(json.get("data").cloned().unwrap_or_default())
    }

    /// The code of the first GraphQL error.
    #[must_use]
    pub fn error_code(&self) -> String {
        let code = self.json().pointer("/errors/0/extensions/code").and_then(Value::as_str).map(ToOwned::to_owned);
        code.unwrap_or_default()
    }
}

impl Client {
    /// A client of `http://HOST:PORT`, without a token.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(Duration::from_secs(5)));
        let hyper = Hyper::builder(TokioExecutor::new()).pool_max_idle_per_host(256).build(connector);
        Self { hyper, base: base.to_owned(), authorization: None }
    }

    /// The same client with a bearer token.
    #[must_use]
    pub fn bearer(&self, token: &str) -> Self {
        Self { authorization: Some(format!("Bearer {token}")), ..self.clone() }
    }

    /// The same client with a receipt.
    #[must_use]
    pub fn receipt(&self, code: &str) -> Self {
        Self { authorization: Some(format!("Receipt {code}")), ..self.clone() }
    }

    /// Sends a request as it is.
    ///
    /// # Errors
    /// When the server cannot be reached or breaks off.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Reply, Trouble> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.hyper.request(request.body(Full::new(body.into()))?).await?;
        let status = response.status();
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
        let headers = response.headers().clone();
        let text = String::from_utf8_lossy(&response.into_body().collect().await?.to_bytes()).into_owned();
        Ok(Reply { status, content_type, headers, text })
    }

    /// Gets a page.
    ///
    /// # Errors
    /// When the server cannot be reached or breaks off.
    pub async fn get(&self, path: &str) -> Result<Reply, Trouble> {
        self.send(Method::GET, path, &[], Bytes::new()).await
    }

    /// Posts a GraphQL operation.
    ///
    /// # Errors
    /// When the server cannot be reached or breaks off.
    pub async fn post(&self, query: &str, variables: Value) -> Result<Reply, Trouble> {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let headers =
            [(CONTENT_TYPE.as_str(), "application/json"), (ACCEPT.as_str(), "application/graphql-response+json")];
        self.send(Method::POST, "/graphql", &headers, body).await
    }

    /// Posts a GraphQL operation and gives its data.
    ///
    /// # Errors
    /// When there are errors in the answer, or none comes.
    pub async fn ask(&self, query: &str, variables: Value) -> Result<Value, Trouble> {
        self.post(query, variables).await?.data()
    }
}
