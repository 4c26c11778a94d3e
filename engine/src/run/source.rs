//! Where time and chance come from: the only two sources, so that a test can hold both still.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use sha2::{Digest, Sha256};

use super::secret::Secret;
use crate::rules::{id::RequestId, instant::Instant, request::decide::Fresh};

/// Tells the time.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands where a test put it: microseconds since 1970.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at an instant.
    #[must_use]
    pub fn manual(at: Instant) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(at.0)))
    }

    /// The present instant.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place where the clock is read")]
    pub fn now(&self) -> Instant {
        match self {
            Self::System => Instant(jiff::Timestamp::now().as_microsecond()),
            Self::Manual(at) => Instant(at.load(Ordering::SeqCst)),
        }
    }

    /// The present instant where several processes have one clock in common: that one, unless a test
    /// holds the time.
    #[must_use]
    pub fn shared(&self, common: Option<Instant>) -> Instant {
        match (self, common) {
            (Self::System, Some(common)) => common,
            _ => self.now(),
        }
    }

    /// Puts a manual clock to an instant; the machine's clock is left alone.
    pub fn set(&self, at: Instant) {
        if let Self::Manual(clock) = self {
            clock.store(at.0, Ordering::SeqCst);
        }
    }
}

/// Throws the dice.
#[derive(Clone, Debug)]
pub enum Entropy {
    /// The operating system's generator.
    System,
    /// A sequence that a seed and a count make: the same every time.
    Seeded(Arc<(u64, AtomicU64)>),
}

/// The operating system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gives no random bytes: {0}")]
pub struct NoEntropy(#[from] getrandom::Error);

impl Entropy {
    /// The sequence of a seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new((seed, AtomicU64::new(0))))
    }

    /// Thirty-two random bytes.
    ///
    /// # Errors
    /// [`NoEntropy`] when the operating system has none to give.
    #[expect(clippy::disallowed_methods, reason = "this is the one place where chance is asked")]
    pub fn bytes(&self) -> Result<[u8; 32], NoEntropy> {
        match self {
            Self::System => {
                let mut bytes = [0; 32];
                getrandom::fill(&mut bytes)?;
                Ok(bytes)
            }
            Self::Seeded(state) => {
                let count = state.1.fetch_add(1, Ordering::SeqCst);
                let mut hash = Sha256::new();
                hash.update(state.0.to_le_bytes());
                hash.update(count.to_le_bytes());
                Ok(hash.finalize().into())
            }
        }
    }

    /// The name of a request logged at that instant, and as what its receipt is kept.
    ///
    /// # Errors
    /// [`NoEntropy`].
    pub fn fresh(&self, at: Instant, secret: &Secret) -> Result<Fresh, NoEntropy> {
        let bytes = self.bytes()?;
        let mut name = [0; 10];
        name.copy_from_slice(bytes.get(..10).unwrap_or(&[0; 10]));
        let id = RequestId::from_parts(at, name);
        Ok(Fresh { id, receipt: secret.hash(&secret.receipt(id)) })
    }
}
