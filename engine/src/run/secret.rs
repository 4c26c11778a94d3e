//! The secret of an installation, of which citizens' receipts are made.
//!
//! A receipt is short, for people to type: whoever had its plain hash could try them all. So it is kept as a
//! keyed hash, whose key stands in a file beside the database and not in it. And it is made of the request's id
//! with the same key: nothing has to be kept for giving it again to who sends a command again.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{
    private,
    source::{Entropy, NoEntropy},
    store::token::hex,
};
use crate::rules::id::{ReceiptCode, ReceiptHash, RequestId};

/// 256 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

/// Hides the secret: it must not reach a log.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
pub enum NoSecret {
    /// The file cannot be read or written.
    #[error("{0}")]
    File(#[from] io::Error),
    /// Something else stands in it.
    #[error("it does not hold a secret: 64 hexadecimal digits on one line")]
    Form,
    /// No secret can be made.
    #[error(transparent)]
    Entropy(#[from] NoEntropy),
}

impl Secret {
    /// A secret of these bytes, such as a test has.
    #[must_use]
    pub const fn of(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The secret in a file.
    ///
    /// # Errors
    /// When there is no such file, or something else in it.
    pub fn read(path: &Path) -> Result<Self, NoSecret> {
        let text = fs::read_to_string(path)?;
        let digits = text.trim().as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 64 {
            return Err(NoSecret::Form);
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| NoSecret::Form)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| NoSecret::Form)?;
        }
        Ok(Self(bytes))
    }

    /// A new secret in a new file, which nobody but its owner reads; that in the file when another process made
    /// it meanwhile.
    ///
    /// # Errors
    /// When the file cannot be written, or there is no chance to be had.
    pub fn create(path: &Path, entropy: &Entropy) -> Result<Self, NoSecret> {
        let secret = Self(entropy.bytes()?);
        let mut text = hex(&secret.0);
        text.push('\n');
        // Under another name first: nobody must read half of it, and a crash must not leave half of it.
        let mut making = path.as_os_str().to_owned();
        making.push(format!(".{}", std::process::id()));
        let making = Path::new(&making);
        let made = private::file(making).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::hard_link(making, path)
        });
        let removed = fs::remove_file(making);
        match made {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Self::read(path),
            made => {
                made.and(removed)?;
                Ok(secret)
            }
        }
    }

    /// What the citizen holds who made this request.
    #[must_use]
    pub fn receipt(&self, request: RequestId) -> ReceiptCode {
        ReceiptCode::from_random(self.of_what(b"receipt of ", request.0.as_bytes()))
    }

    /// As what a receipt is kept.
    #[must_use]
    pub fn hash(&self, receipt: &ReceiptCode) -> ReceiptHash {
        ReceiptHash(self.of_what(b"kept as ", receipt.as_str().as_bytes()))
    }

    /// By which a database knows the secret that its receipts were made with.
    pub(crate) fn mark(&self) -> String {
        hex(&self.of_what::<16>(b"known by ", b""))
    }

    fn of_what<const N: usize>(&self, purpose: &[u8], what: &[u8]) -> [u8; N] {
        let mut first = [0; N];
        // A key of any length is taken.
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) {
            mac.update(purpose);
            mac.update(what);
            first.iter_mut().zip(mac.finalize().into_bytes()).for_each(|(to, from)| *to = from);
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::instant::Instant;

    #[test]
    fn the_same_secret_makes_the_same_receipt_of_the_same_request_and_no_other() {
        let (one, two) = (Secret::of([1; 32]), Secret::of([2; 32]));
        let ids = [1, 2].map(|no| RequestId::from_parts(Instant(0), [no; 10]));
        assert_eq!(one.receipt(ids[0]), one.receipt(ids[0]));
        assert_ne!(one.receipt(ids[0]), one.receipt(ids[1]));
        assert_ne!(one.receipt(ids[0]), two.receipt(ids[0]));
        let receipt = one.receipt(ids[0]);
        assert_eq!(ReceiptCode::parse(receipt.as_str()), Some(receipt.clone()));
        assert_ne!(one.hash(&receipt), two.hash(&receipt));
        assert_ne!(one.mark(), two.mark());
        assert_eq!(format!("{one:?}"), "Secret(…)");
    }

    #[test]
    fn a_secret_is_made_once_and_read_from_then_on() {
        let dir = std::env::temp_dir().join(format!("liandong-secret-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let path = dir.join("secret");
        drop(fs::remove_file(&path));
        assert!(matches!(Secret::read(&path), Err(NoSecret::File(_))));
        let made = Secret::create(&path, &Entropy::seeded(1)).unwrap();
        assert_eq!(Secret::read(&path).unwrap(), made);
        assert_eq!(Secret::create(&path, &Entropy::seeded(2)).unwrap(), made);
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o600);
        fs::write(&path, "whsec_abc").unwrap();
        assert_eq!(
            Secret::read(&path).unwrap_err().to_string(),
            "it does not hold a secret: 64 hexadecimal digits on one line"
        );
        fs::remove_dir_all(dir).unwrap();
    }
}
