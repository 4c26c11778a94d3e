//! Tokens and receipts as actors. No token, no data.

use std::sync::Arc;

use liandong_engine::{
    rules::{actor::Actor, id::ReceiptCode, instant::Instant},
    run::{engine::Engine, error::Error},
};
use sha2::{Digest, Sha256};

use crate::{cache::Cache, config::Config};

/// What an `Authorization` says, before anybody looked it up.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Credentials {
    /// A person's token.
    Bearer(String),
    /// A citizen's receipt.
    Receipt(ReceiptCode),
}

/// Hides the secret: whoever has it is taken for its owner, so it must not reach a log.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Bearer(_) => "Bearer(…)",
            Self::Receipt(_) => "Receipt(…)",
        })
    }
}

/// The longest token worth looking up, in bytes.
const MAX_TOKEN: usize = 200;

impl Credentials {
    /// Reads `Bearer ld_…` or `Receipt XXXX…`; the scheme in any case.
    pub(crate) fn parse(authorization: &str) -> Option<Self> {
        let (scheme, secret) = authorization.trim().split_once(' ')?;
        let secret = secret.trim();
        if scheme.eq_ignore_ascii_case("Bearer") {
            let good = secret.starts_with("ld_") && secret.len() <= MAX_TOKEN;
            good.then(|| Self::Bearer(secret.to_owned()))
        } else if scheme.eq_ignore_ascii_case("Receipt") {
            ReceiptCode::parse(secret).map(Self::Receipt)
        } else {
            None
        }
    }
}

/// Says who a caller is. Remembers it for a while, under the hash of the secret.
#[derive(Debug)]
pub(crate) struct Identity {
    engine: Arc<Engine>,
    known: Cache<[u8; 32], (Actor, Instant)>,
    time_micros: i64,
}

impl Identity {
    /// Nobody is known yet.
    pub(crate) fn new(engine: Arc<Engine>, config: &Config) -> Self {
        let time_micros = i64::try_from(config.identity_time.as_micros()).unwrap_or(i64::MAX);
        Self { engine, known: Cache::new(config.max_identities / 2), time_micros }
    }

    /// Whose credentials they are; none when they are unknown or revoked. A revoked token may be
    /// believed for as long as the configuration says; an unknown one is looked up every time.
    pub(crate) async fn actor(&self, credentials: &Credentials) -> Result<Option<Actor>, Error> {
        let key = key(credentials);
        let now = self.engine.now();
        if let Some((actor, since)) = self.known.get(&key) {
            if since <= now && now.0 < since.0.saturating_add(self.time_micros) {
                return Ok(Some(actor));
            }
            self.known.forget(&key);
        }
        let found = match credentials {
            Credentials::Bearer(token) => self.engine.person_of_token(token).await?.map(Actor::Person),
            Credentials::Receipt(code) => self.engine.find_receipt(code).await?.map(Actor::Citizen),
        };
        if let Some(actor) = &found {
            self.known.put(key, (actor.clone(), now));
        }
        Ok(found)
    }
}

fn key(credentials: &Credentials) -> [u8; 32] {
    let mut hash = Sha256::new();
    match credentials {
        Credentials::Bearer(token) => {
            hash.update(b"bearer ");
            hash.update(token.as_bytes());
        }
        Credentials::Receipt(code) => {
            hash.update(b"receipt ");
            hash.update(code.as_str().as_bytes());
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(authorization: &str, expected: Option<&str>) {
        let found = Credentials::parse(authorization).map(|c| match c {
            Credentials::Bearer(token) => format!("person {token}"),
            Credentials::Receipt(code) => format!("citizen {}", code.as_str()),
        });
        assert_eq!(found.as_deref(), expected, "{authorization}");
    }

    #[test]
    fn both_schemes_are_read_in_any_case_and_nothing_else_is() {
        check("Bearer ld_abc", Some("person ld_abc"));
        check("bearer  ld_abc ", Some("person ld_abc"));
        check("Receipt abcd-efgh 2345", Some("citizen ABCDEFGH2345"));
        check("Bearer abc", None);
        check("Basic bGRfYWJj", None);
        check("ld_abc", None);
        check("Receipt 0000-0000-0000", None);
        check("", None);
    }

    #[test]
    fn a_secret_does_not_show_in_a_log() {
        let shown = format!("{:?}", Credentials::parse("Bearer ld_secret"));
        assert!(!shown.contains("secret"), "{shown}");
    }
}
