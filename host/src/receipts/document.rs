//! A receipt as it is handed out: the statement, its signature, and its proofs.

use guichet_domain::Digest;
use guichet_registry::sign::PublicKey;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canonical::canonical;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What is stated; `Statement` is its shape.
    pub statement: Value,
    /// The installation's signature over it: 128 hexadecimal digits.
    pub signature: String,
    /// With which key. Whoever verifies brings the key; this one says only which
    /// to look for.
    pub key: PublicKey,
    /// The short signed form that fits into a QR code.
    pub code: String,
    /// One for each event of the statement's history, in its order; empty until
    /// a tree head covers them all.
    pub proofs: Vec<Proof>,
}

/// That an event of the history is a leaf of its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// Hashes from the leaf upwards (RFC 9162, section 2.1.3).
    pub path: Vec<Digest>,
    /// The signed tree head that they lead to (C2SP tlog-checkpoint).
    pub checkpoint: String,
}

impl Document {
    /// Its canonical form (RFC 8785).
    #[must_use]
    pub fn text(&self) -> String {
        let value = serde_json::to_value(self);
        canonical(&value.expect("names, numbers and texts are always JSON"))
    }
}
