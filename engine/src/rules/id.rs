//! Codes that people write and numbers that the engine gives.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The longest code, in bytes.
pub const MAX_CODE_BYTES: usize = 40;

/// Why a text is not a code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a code: use 1 to 40 ASCII letters, digits, `-`, `_` or `.`")]
pub struct BadCode(pub String);

fn check_code(text: &str) -> Result<(), BadCode> {
    let good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if text.is_empty() || text.len() > MAX_CODE_BYTES || !text.bytes().all(good) {
        return Err(BadCode(text.chars().take(MAX_CODE_BYTES).collect()));
    }
    Ok(())
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        ///
        /// 1 to 40 ASCII letters, digits, `-`, `_` or `.`; compared byte by byte.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The code as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadCode;
            fn from_str(text: &str) -> Result<Self, BadCode> {
                check_code(text)?;
                Ok(Self(text.into()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadCode;
            fn try_from(text: String) -> Result<Self, BadCode> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.0.as_ref().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

codes! {
    /// Names a unit: a territory or a functional unit. National division codes are kept as they are.
    UnitCode
    /// Names a post.
    PostCode
    /// Names a person of the register (a cadre, a clerk, a leader), never a citizen.
    PersonCode
    /// Names a matter of the catalogue.
    MatterCode
    /// Names a ladder.
    LadderCode
    /// Names a duty roster through all its stretches.
    RosterCode
    /// Names one change of duty: a swap, a taking over, a cover.
    DutyChangeCode
    /// Names one absence of a person.
    AbsenceCode
    /// Names a calendar: the hours and days of one or more units.
    CalendarCode
    /// Names an address under which a calendar of duty is read, without being it.
    CalendarFeedCode
}

/// Names a request. Given by the engine when it is logged; ordered by time of logging.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(pub Uuid);

impl RequestId {
    /// A version 7 identifier from the instant of logging (milliseconds since 1970, not negative)
    /// and ten random bytes.
    #[must_use]
    pub fn from_parts(at: crate::rules::instant::Instant, random: [u8; 10]) -> Self {
        let millis = u64::try_from(at.0 / 1_000).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

impl FromStr for RequestId {
    type Err = BadRequestId;
    fn from_str(text: &str) -> Result<Self, BadRequestId> {
        Uuid::parse_str(text).map(Self).map_err(|_| BadRequestId(text.chars().take(MAX_CODE_BYTES).collect()))
    }
}

/// Why a text does not name a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` does not name a request: use the id that logging gave, 32 hexadecimal digits")]
pub struct BadRequestId(pub String);

/// Counts the assignments of one request: 1 for the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AssignmentNo(pub u16);

impl fmt::Display for AssignmentNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a citizen holds: twelve characters that let the holder follow one request without an account.
///
/// 32 signs that cannot be mistaken for each other (no 0, 1, I, O), so 60 bits.
/// It is told once and kept nowhere; what is kept is its [`ReceiptHash`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiptCode(Arc<str>);

impl ReceiptCode {
    const SIGNS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

    /// The code that twelve random bytes make; five bits of each are used.
    #[must_use]
    pub fn from_random(random: [u8; 12]) -> Self {
        let sign = |b: u8| char::from(Self::SIGNS.get(usize::from(b & 31)).copied().unwrap_or(b'2'));
        Self(random.into_iter().map(sign).collect::<String>().into())
    }

    /// Reads a code as people type it: small letters, spaces and hyphens do not matter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let code: String =
            text.chars().filter(|c| !matches!(c, ' ' | '-')).map(|c| c.to_ascii_uppercase()).take(13).collect();
        (code.len() == 12 && code.bytes().all(|b| Self::SIGNS.contains(&b))).then(|| Self(code.into()))
    }

    /// The twelve characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Hides the code: whoever has it can follow the request, so it must not reach a log.
impl fmt::Debug for ReceiptCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReceiptCode(…)")
    }
}

/// As what a receipt is kept: a keyed hash of it, of which nobody who has no key makes the receipt again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReceiptHash(pub [u8; 16]);

/// Why a text is not the hash of a receipt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "what stands there is not the hash of a receipt; `liandong serve` brings a database of an older version up to date"
)]
pub struct BadReceiptHash;

impl fmt::Display for ReceiptHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ReceiptHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReceiptHash({self})")
    }
}

impl From<ReceiptHash> for String {
    fn from(hash: ReceiptHash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for ReceiptHash {
    type Error = BadReceiptHash;
    fn try_from(text: String) -> Result<Self, BadReceiptHash> {
        let digits = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let number = if digits { u128::from_str_radix(&text, 16).ok() } else { None };
        number.map(|number| Self(number.to_be_bytes())).ok_or(BadReceiptHash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_a_receipt_is_read_as_it_is_written_and_nothing_else_is() {
        let hash = ReceiptHash([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
        assert_eq!(hash.to_string(), "000102030405060708090a0b0c0d0eff");
        assert_eq!(ReceiptHash::try_from(hash.to_string()), Ok(hash));
        for bad in ["", "ABCDEFGH2345", "000102030405060708090A0B0C0D0EFF", "+00102030405060708090a0b0c0d0eff"] {
            assert_eq!(ReceiptHash::try_from(bad.to_owned()), Err(BadReceiptHash), "{bad}");
        }
    }

    #[test]
    fn a_code_keeps_to_its_signs_and_length() {
        for good in ["522325105000", "H-1_a.b", "x"] {
            assert_eq!(good.parse::<UnitCode>().unwrap().as_str(), good);
        }
        for bad in ["", "a b", "组", "x/y", &"9".repeat(41)] {
            assert!(bad.parse::<UnitCode>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_receipt_code_is_read_as_people_type_it() {
        let code = ReceiptCode::from_random([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]);
        let typed = format!("{}-{} ", &code.as_str()[..4].to_lowercase(), &code.as_str()[4..]);
        assert_eq!(ReceiptCode::parse(&typed), Some(code));
        assert_eq!(ReceiptCode::parse("0000-0000-0000"), None);
        assert_eq!(ReceiptCode::parse("ABCD"), None);
    }
}
