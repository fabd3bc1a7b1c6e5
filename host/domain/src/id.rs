//! Names and ids as types of their own, each validated wherever it comes from,
//! deserialising included.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// A text that is not a lawful name or id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: expected {expected}")]
pub struct IdError {
    what: &'static str,
    expected: &'static str,
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident($what:literal, $check:path, $expected:literal);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text where it is lawful.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                if $check(&text) {
                    Ok(Self(text))
                } else {
                    Err(IdError { what: $what, expected: $expected })
                }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)
                    .and_then(|text| Self::new(text).map_err(serde::de::Error::custom))
            }
        }
    )*};
}

names! {
    /// Who owns packages: `city-utilities`.
    PublisherName("publisher", is_slug, "3 to 40 of a-z, 0-9 and -, beginning with a letter");
    /// Somebody who acts in the registry: `lin-reviewer`.
    PersonId("person", is_slug, "3 to 40 of a-z, 0-9 and -, beginning with a letter");
    /// A package's second name: `water`.
    PackageStem("package name", is_slug, "3 to 40 of a-z, 0-9 and -, beginning with a letter");
    /// A catalogue entry: `water-330100-1`. Stands in URLs.
    ServiceCode("service code", is_service_code, "3 to 64 of a-z, 0-9 and -, beginning with a letter");
    /// A party money is owed to: `b-330100-water-1`.
    BillerId("biller", is_service_code, "3 to 64 of a-z, 0-9 and -, beginning with a letter");
    /// A kind of service in the taxonomy: `water`, `traffic-fine`.
    CategoryCode("category", is_slug, "3 to 40 of a-z, 0-9 and -, beginning with a letter");
    /// GB/T 2260: two, four or six digits; `000000` is the whole country.
    RegionCode("region", is_region, "a GB/T 2260 code of 6 digits, such as 330100");
    /// A logical endpoint of a manifest: `biller`.
    EndpointName("endpoint", is_label, "1 to 40 of a-z, 0-9 and -");
    /// A key that the host holds, by the name a plugin uses for it.
    KeyName("key name", is_label, "1 to 40 of a-z, 0-9 and -");
    /// A secret that the host puts into requests; plugins never name it.
    SecretName("secret name", is_label, "1 to 40 of a-z, 0-9 and -");
    /// An attribute of a subject: `identity.name`.
    DataScope("data scope", is_scope, "two to four words of a-z and - joined by dots");
    /// Pseudonym of a citizen or firm.
    SubjectId("subject", is_token, "1 to 64 of A-Z, a-z, 0-9, - and _");
    /// A client's program: a bank app or channel.
    ClientId("client", is_token, "1 to 64 of A-Z, a-z, 0-9, - and _");
    /// An account in the books: `client:demo:funding`.
    AccountId("account", is_account, "1 to 96 of a-z, A-Z, 0-9, -, _ and :");
    /// A transfer in the books: `pay_…:hold`.
    TransferId("transfer", is_account, "1 to 96 of a-z, A-Z, 0-9, -, _ and :");
    /// A bank behind payers' accounts: `city-bank`. Stands in names of accounts.
    BankName("bank", is_slug, "3 to 40 of a-z, 0-9 and -, beginning with a letter");
    /// A payment, bill query, call, consent …: a kind's prefix and 26 digits.
    RecordId("id", is_record_id, "a prefix of 1 to 4 letters, _ and 26 of 0-9 and a-z");
}

impl RecordId {
    /// Makes an id from its kind's prefix and 128 bits, the first 48 of them
    /// milliseconds, so that ids of one kind sort by time.
    #[must_use]
    pub fn from_parts(prefix: &str, unix_ms: u64, random: [u8; 10]) -> Self {
        const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let mut bits = u128::from(unix_ms & 0xffff_ffff_ffff) << 80;
        bits |= random
            .iter()
            .fold(0, |bits, byte| bits << 8 | u128::from(*byte));
        let mut text = String::with_capacity(prefix.len() + 27);
        text.push_str(prefix);
        text.push('_');
        for position in (0..26).rev() {
            let digit = (bits >> (position * 5)) & 31;
            text.push(char::from(DIGITS[digit as usize]));
        }
        debug_assert!(is_record_id(&text), "{text} is no record id");
        Self(text)
    }
}

fn within(text: &str, lengths: std::ops::RangeInclusive<usize>, allowed: fn(u8) -> bool) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(allowed)
}

fn is_lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}

fn begins_with_letter(text: &str) -> bool {
    text.bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_lowercase())
}

fn is_slug(text: &str) -> bool {
    within(text, 3..=40, is_lower) && begins_with_letter(text)
}

fn is_service_code(text: &str) -> bool {
    within(text, 3..=64, is_lower) && begins_with_letter(text)
}

fn is_label(text: &str) -> bool {
    within(text, 1..=40, is_lower)
}

fn is_region(text: &str) -> bool {
    within(text, 6..=6, |byte| byte.is_ascii_digit())
}

fn is_scope(text: &str) -> bool {
    let words: Vec<&str> = text.split('.').collect();
    (2..=4).contains(&words.len())
        && words.iter().all(|word| {
            within(word, 1..=40, |byte| {
                byte.is_ascii_lowercase() || byte == b'-'
            })
        })
}

fn is_token(text: &str) -> bool {
    within(text, 1..=64, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
    })
}

fn is_account(text: &str) -> bool {
    within(text, 1..=96, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':')
    })
}

fn is_record_id(text: &str) -> bool {
    text.split_once('_').is_some_and(|(prefix, digits)| {
        within(prefix, 1..=4, |byte| byte.is_ascii_lowercase())
            && within(digits, 26..=26, |byte| {
                byte.is_ascii_digit() || byte.is_ascii_lowercase()
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unlawful_names_are_refused_also_on_deserialising() {
        assert!(ServiceCode::new("water-330100-1").is_ok());
        for bad in [
            "",
            "wa",
            "Water",
            "1water",
            "wa/ter",
            "../water",
            &"a".repeat(65),
        ] {
            assert!(ServiceCode::new(bad).is_err(), "{bad}");
            let json = serde_json::to_string(bad).unwrap();
            assert!(serde_json::from_str::<ServiceCode>(&json).is_err(), "{bad}");
        }
        assert!(DataScope::new("identity.number").is_ok());
        assert!(DataScope::new("identity").is_err());
        assert!(RegionCode::new("3301").is_err());
    }

    #[test]
    fn record_ids_sort_by_time() {
        let early = RecordId::from_parts("pay", 1_000, [255; 10]);
        let late = RecordId::from_parts("pay", 1_001, [0; 10]);
        assert!(early < late);
        assert_eq!(early.as_str().len(), 30);
        assert_eq!(RecordId::new(early.as_str()), Ok(early));
    }
}
