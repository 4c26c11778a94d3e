//! One signed request, as <https://www.standardwebhooks.com> has it: the headers `webhook-id`,
//! `webhook-timestamp` and `webhook-signature`, the signature over `ID.TIMESTAMP.BODY`.

use std::{error::Error as _, fmt, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use http_body_util::Full;
use hyper::{Method, Request, Uri, body::Bytes, header::CONTENT_TYPE};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use sha2::Sha256;

use crate::rules::{instant::Instant, notice::delivery::DeliveryId};

/// What a secret begins with.
const PREFIX: &str = "whsec_";

/// How long an attempt may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Where deliveries go, and what they are signed with.
#[derive(Clone)]
pub struct Webhook {
    address: Uri,
    secret: Vec<u8>,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// Never the secret.
impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Why nothing can be delivered with this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadWebhook {
    /// It is no address that can be posted to.
    #[error("`{0}` is not an address to post to; write it as http://HOST:PORT/PATH")]
    Address(String),
    /// It is encrypted.
    #[error("`{0}` is https, which is not spoken here; name a relay on this machine that passes on to it")]
    Encrypted(String),
    /// The secret is not one.
    #[error(
        "the secret is not `whsec_` and the base64 of 24 to 64 bytes; make one with: \
             echo whsec_$(openssl rand -base64 32)"
    )]
    Secret,
}

impl Webhook {
    /// A webhook at an address, with a secret as the Standard Webhooks write it.
    ///
    /// # Errors
    /// [`BadWebhook`].
    pub fn new(address: &str, secret: &str) -> Result<Self, BadWebhook> {
        let bad = || BadWebhook::Address(address.to_owned());
        let uri: Uri = address.parse().map_err(|_| bad())?;
        match (uri.scheme_str(), uri.host()) {
            (Some("http"), Some(_)) => {}
            (Some("https"), Some(_)) => return Err(BadWebhook::Encrypted(address.to_owned())),
            _ => return Err(bad()),
        }
        let secret = secret.trim().strip_prefix(PREFIX).and_then(|text| BASE64_STANDARD.decode(text).ok());
        let secret = secret.filter(|bytes| (24..=64).contains(&bytes.len())).ok_or(BadWebhook::Secret)?;
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(TIMEOUT));
        let client = Client::builder(TokioExecutor::new()).pool_idle_timeout(TIMEOUT).build(connector);
        Ok(Self { address: uri, secret, client })
    }

    /// Sends a body; what went wrong when the receiver did not take it.
    pub(super) async fn post(&self, id: &DeliveryId, now: Instant, body: Vec<u8>) -> Result<(), String> {
        let seconds = now.0.div_euclid(1_000_000).to_string();
        let signature = self.sign(id.as_str(), &seconds, &body).ok_or("the secret cannot be used")?;
        let request = Request::builder()
            .method(Method::POST)
            .uri(&self.address)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id.as_str())
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signature)
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| error.to_string())?;
        match tokio::time::timeout(TIMEOUT, self.client.request(request)).await {
            Ok(Ok(response)) if response.status().is_success() => Ok(()),
            Ok(Ok(response)) => Err(format!("HTTP {}", response.status().as_u16())),
            Ok(Err(error)) => Err(in_words(&error)),
            Err(_) => Err(format!("no answer within {} seconds", TIMEOUT.as_secs())),
        }
    }

    /// `v1,` and the base64 of the HMAC-SHA-256 of `ID.TIMESTAMP.BODY`.
    fn sign(&self, id: &str, seconds: &str, body: &[u8]) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).ok()?;
        for part in [id.as_bytes(), b".", seconds.as_bytes(), b".", body] {
            mac.update(part);
        }
        Some(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
    }
}

/// An error with what it came of.
fn in_words(error: &hyper_util::client::legacy::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// The example of the Standard Webhooks' own documentation.
    #[test]
    fn a_signature_is_the_one_that_the_standard_gives_as_its_example() {
        let webhook = Webhook::new("http://127.0.0.1:9/", SECRET).unwrap();
        let signed = webhook.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", br#"{"test": 2432232314}"#);
        assert_eq!(signed.as_deref(), Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    }

    fn check(address: &str, secret: &str, expected: Option<&BadWebhook>) {
        assert_eq!(Webhook::new(address, secret).err().as_ref(), expected, "{address} {secret}");
    }

    #[test]
    fn what_cannot_be_delivered_to_is_refused_with_the_mend() {
        check("http://127.0.0.1:9/", SECRET, None);
        check("http://relay.internal/liandong?a=b", &format!("{SECRET}\n"), None);
        check("https://example.org/", SECRET, Some(&BadWebhook::Encrypted("https://example.org/".to_owned())));
        for address in ["", "example.org", "/path", "ftp://example.org/", "http://", "http://a b/"] {
            check(address, SECRET, Some(&BadWebhook::Address(address.to_owned())));
        }
        for secret in ["", "secret", "whsec_", "whsec_AAAA", "whsec_!!!!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] {
            check("http://127.0.0.1:9/", secret, Some(&BadWebhook::Secret));
        }
    }

    #[test]
    fn the_secret_is_not_shown() {
        let shown = format!("{:?}", Webhook::new("http://127.0.0.1:9/", SECRET).unwrap());
        assert!(shown.contains("127.0.0.1") && !shown.contains("MfKQ") && !shown.contains("secret"), "{shown}");
    }
}
