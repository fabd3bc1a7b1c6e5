//! Texts of acts: reasons that people write, links, and the code under which a
//! firm or authority is registered. What stands in the log stays for ever, so
//! lengths are bounded and control characters are refused.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// A text that cannot stand in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WordError {
    /// Empty, too long, or with control characters.
    #[error("a reason is 1 to 1,000 characters on one or more lines: say why, for others to read")]
    Reason,
    /// Not an `https` address.
    #[error("a link begins with https:// and has at most 500 characters")]
    Link,
    /// Not a unified social credit code, or with a wrong check character.
    #[error(
        "a unified social credit code has 18 characters, the last of which checks the others \
         (GB 32100-2015): compare it with the registration certificate"
    )]
    CreditCode,
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident, $check:path, $error:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = WordError;

            fn from_str(text: &str) -> Result<Self, WordError> {
                $check(text).then(|| Self(text.to_owned())).ok_or(WordError::$error)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

words! {
    /// Why something was done.
    Reason, is_reason, Reason;
    /// Where more stands.
    Url, is_link, Link;
    /// Unified social credit code 统一社会信用代码 (GB 32100-2015).
    CreditCode, is_credit_code, CreditCode;
}

fn is_reason(text: &str) -> bool {
    let readable = |c: char| c == '\n' || !c.is_control();
    !text.trim().is_empty() && text.chars().count() <= 1_000 && text.chars().all(readable)
}

fn is_link(text: &str) -> bool {
    text.len() <= 500
        && text.starts_with("https://")
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Characters of the code in the order of their values: no I, O, S, V and Z.
const CREDIT_DIGITS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Every position's weight is 3 to the power of the position, modulo 31.
fn is_credit_code(text: &str) -> bool {
    if text.len() != 18 {
        return false;
    }
    let value = |byte: u8| CREDIT_DIGITS.iter().position(|digit| *digit == byte);
    let mut sum = 0;
    let mut weight = 1;
    for byte in &text.as_bytes()[..17] {
        let Some(value) = value(*byte) else {
            return false;
        };
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    value(text.as_bytes()[17]) == Some((31 - sum % 31) % 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credit_code_checks_itself() {
        // The published example of the standard's calculation, and slips of it.
        assert!("91350100M000100Y43".parse::<CreditCode>().is_ok());
        for wrong in [
            "91350100M000100Y44",
            "19350100M000100Y43",
            "91350100M000100Y4",
            "91350100m000100y43",
            "91350100I000100Y43",
        ] {
            assert_eq!(
                wrong.parse::<CreditCode>(),
                Err(WordError::CreditCode),
                "{wrong}"
            );
        }
    }

    #[test]
    fn reasons_are_readable() {
        assert!("费率错误\n请见公告".parse::<Reason>().is_ok());
        for wrong in ["", "  ", "a\u{7}", &"长".repeat(1_001)] {
            assert!(wrong.parse::<Reason>().is_err());
        }
        assert!("http://a".parse::<Url>().is_err());
    }
}
