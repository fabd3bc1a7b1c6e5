//! The proof that whoever enrols a key has it: a signature by the key itself
//! over the publisher's name and the key.

use std::fmt;
use std::str::FromStr;

use guichet_domain::Digest;
use guichet_domain::id::PublisherName;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::sign::{PublicKey, Role, SignError, Signature, SigningKey, sha256};

/// Written `ALGORITHM KEY SIGNATURE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Possession(Signature);

impl Possession {
    /// Proves that the key is here.
    pub fn prove(publisher: &PublisherName, key: &SigningKey) -> Self {
        Self(key.sign(Role::Publisher, statement(publisher, &key.public())))
    }

    pub(super) fn verify(
        &self,
        publisher: &PublisherName,
        key: &PublicKey,
    ) -> Result<(), SignError> {
        key.verify(Role::Publisher, statement(publisher, key), &self.0)
    }
}

/// No bundle has this digest: its head begins otherwise.
fn statement(publisher: &PublisherName, key: &PublicKey) -> Digest {
    sha256(format!("guichet key enrolment 1\n{publisher}\n{key}\n").as_bytes())
}

impl fmt::Display for Possession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for Possession {
    type Err = SignError;

    fn from_str(text: &str) -> Result<Self, SignError> {
        let mut parts = text.splitn(3, ' ');
        let mut next = || parts.next().ok_or(SignError::Key);
        Signature::from_texts(next()?, next()?, next()?).map(Self)
    }
}

impl Serialize for Possession {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Possession {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
