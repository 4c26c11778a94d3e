//! Calendar feeds: opened, revoked, listed, read.
//!
//! An address is a credential like a token, no part of the register and of no case: so it is in no journal,
//! and no receipt gives it a second time. Who lost the answer opens the feed again, which puts the former
//! address out of use.

use super::{
    engine::{Engine, Refused},
    error::Error,
    query::MOST,
    store::{calendar_feed, token},
};
use crate::rules::{
    actor::Actor,
    calendar_feed::{Feed, Shown, Subject, answers, lists, open, refusal::Refusal, revoke, shown},
    id::{CalendarFeedCode, UnitCode},
};

/// A feed that was opened just now, with its secret: told once, stored nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// The feed.
    pub feed: Feed,
    /// What the address is made of: 64 hexadecimal digits.
    pub secret: String,
}

/// Hides the secret: whoever has it reads the calendar, so it must not reach a log.
impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("feed", &self.feed).finish_non_exhaustive()
    }
}

/// How long a secret is: 256 bits in hexadecimal digits.
const SECRET_DIGITS: usize = 64;

/// How many digits name a feed.
const CODE_DIGITS: usize = 16;

impl Engine {
    /// Opens a feed of a calendar, or says why not.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Entropy`].
    pub async fn open_calendar_feed(&self, actor: &Actor, subject: Subject) -> Result<Result<Opened, Refused>, Error> {
        let (world, at) = (self.world(), self.now());
        let opened_by = match open(&world, at, actor, &subject) {
            Ok(person) => person.clone(),
            Err(refusal) => return Ok(Err(refusal.into())),
        };
        let secret = token::hex(&self.shared.entropy.bytes()?);
        let mut digits = token::hex(&self.shared.entropy.bytes()?);
        digits.truncate(CODE_DIGITS);
        let code = digits.parse().map_err(|e| Error::corrupt("calendar_feed", "(new)", e))?;
        let feed = Feed { code, subject, opened_by, opened_at: at, revoked_at: None };
        let (hidden, opened) = (&secret, &feed);
        self.shared.store.run_tx("open_calendar_feed", |tx| Box::pin(calendar_feed::open(tx, hidden, opened))).await?;
        tracing::info!(feed = %feed.code, opened_by = %feed.opened_by, subject = %feed.subject, "a calendar feed was opened");
        Ok(Ok(Opened { feed, secret }))
    }

    /// Revokes a feed, or says why not: from now on its address is one of nothing.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn revoke_calendar_feed(
        &self,
        actor: &Actor,
        code: &CalendarFeedCode,
    ) -> Result<Result<(), Refused>, Error> {
        let (world, at) = (self.world(), self.now());
        let world = &world;
        let revoked = self.shared.store.run_tx("revoke_calendar_feed", |tx| {
            Box::pin(async move {
                let unknown = || Ok(Err(Refusal::unknown_feed(code.as_str())));
                let Some(feed) = calendar_feed::by_code(tx, code).await? else { return unknown() };
                if let Err(refusal) = revoke(world, at, actor, &feed) {
                    return Ok(Err(refusal));
                }
                if calendar_feed::revoke(tx, code, at).await? { Ok(Ok(())) } else { unknown() }
            })
        });
        if let Err(refusal) = revoked.await? {
            return Ok(Err(refusal.into()));
        }
        tracing::info!(feed = %code, %actor, "a calendar feed was revoked");
        Ok(Ok(()))
    }

    /// The open feeds that the actor opened, in the order of opening, at most [`MOST`].
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn calendar_feeds(&self, actor: &Actor) -> Result<Vec<Feed>, Error> {
        let Some(person) = actor.person() else { return Ok(Vec::new()) };
        calendar_feed::opened_by(self.shared.store.read(), person, MOST as u64).await
    }

    /// The open feeds of a unit's calendar, whoever opened them, in the order of opening, at most [`MOST`]; nothing
    /// for an actor who does not keep the register there.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn calendar_feeds_of(&self, actor: &Actor, unit: &UnitCode) -> Result<Option<Vec<Feed>>, Error> {
        if !lists(&self.world(), self.now(), actor, unit) {
            return Ok(None);
        }
        calendar_feed::of(self.shared.store.read(), &Subject::Unit(unit.clone()), MOST as u64).await.map(Some)
    }

    /// The calendar behind a secret, as it is now; none where there is none, or no longer, whatever the reason.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Corrupt`].
    pub async fn read_calendar(&self, secret: &str) -> Result<Option<Shown>, Error> {
        if secret.len() != SECRET_DIGITS || !secret.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let feed = calendar_feed::by_secret(self.shared.store.read(), secret).await?;
        let (world, at) = (self.world(), self.now());
        let feed = feed.filter(|feed| answers(&world, at, feed));
        Ok(feed.map(|feed| shown(&world, &feed.subject, at)))
    }
}
