//! One connection to the server: no pool and no task per request, so that the generator stays cheap.

use http_body_util::{BodyExt, Full};
use hyper::{
    Request, StatusCode,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue},
};
use hyper_util::rt::TokioIo;
use liandong_tests::stores::Trouble;
use tokio::net::TcpStream;

/// A connection that is opened when it is needed and opened again when it broke.
pub(crate) struct Wire {
    address: String,
    host: HeaderValue,
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Wire {
    /// A connection to `HOST:PORT`, not opened yet.
    pub(crate) fn new(address: &str) -> Result<Self, Trouble> {
        Ok(Self { address: address.to_owned(), host: HeaderValue::from_str(address)?, sender: None })
    }

    async fn sender(&mut self) -> Result<&mut SendRequest<Full<Bytes>>, Trouble> {
        let broken = self.sender.as_ref().is_none_or(SendRequest::is_closed);
        if broken {
            let stream = TcpStream::connect(&self.address).await?;
            stream.set_nodelay(true)?;
            let (sender, connection) = handshake(TokioIo::new(stream)).await?;
            tokio::spawn(async move {
                // The one who sends is told of a break too, and counts it.
                drop(connection.await);
            });
            self.sender = Some(sender);
        }
        self.sender.as_mut().ok_or_else(|| "the connection is not there".into())
    }

    /// Posts a GraphQL operation as the owner of a token.
    pub(crate) async fn post(&mut self, token: &HeaderValue, body: String) -> Result<(StatusCode, Bytes), Trouble> {
        let request = Request::post("/graphql")
            .header(HOST, &self.host)
            .header(AUTHORIZATION, token)
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/graphql-response+json")
            .body(Full::new(Bytes::from(body)))?;
        let sender = self.sender().await?;
        sender.ready().await?;
        let response = sender.send_request(request).await?;
        let status = response.status();
        Ok((status, response.into_body().collect().await?.to_bytes()))
    }
}
