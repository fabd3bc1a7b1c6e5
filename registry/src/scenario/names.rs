//! Names inside scenarios: of the scenario, of the stage's states and of its
//! exchanges.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// A text that is no name here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name is 1 to 60 of a-z, 0-9, - and _, beginning with a letter or digit")]
pub struct ScenarioNameError;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
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
            type Err = ScenarioNameError;

            fn from_str(text: &str) -> Result<Self, ScenarioNameError> {
                if is_name(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(ScenarioNameError)
                }
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
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

names! {
    /// A scenario: the name of its file without `tests/` and `.json`.
    ScenarioName;
    /// A state of the test biller: `unpaid`, `paid`, `reversed`, or any other.
    StateName;
    /// An exchange: `query`, `pay-again`.
    ExchangeName;
}

impl Default for StateName {
    /// Nothing was paid yet.
    fn default() -> Self {
        Self("unpaid".to_owned())
    }
}

fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
    };
    (1..=60).contains(&text.len()) && text.bytes().all(allowed) && !text.starts_with(['-', '_'])
}
