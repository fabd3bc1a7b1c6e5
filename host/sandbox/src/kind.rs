//! Names of service kinds: the exported interfaces of the contract.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A service kind: the name of an exported interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Bills are found and paid.
    BillPayment,
    /// Something is asked and a document comes back.
    Inquiry,
    /// A proof of the citizen's own is shown.
    Credential,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::BillPayment, Self::Inquiry, Self::Credential];

    /// The interface's name in the contract.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BillPayment => "bill-payment",
            Self::Inquiry => "inquiry",
            Self::Credential => "credential",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no kind's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown service kind {0:?}")]
pub struct KindError(String);

impl FromStr for Kind {
    type Err = KindError;

    fn from_str(text: &str) -> Result<Self, KindError> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| KindError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        for kind in Kind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        assert!("BillPayment".parse::<Kind>().is_err());
    }
}
