//! What is known of a component once it was inspected.

use std::collections::BTreeSet;

use guichet_domain::Digest;
use serde::{Deserialize, Serialize};

use crate::service::ServiceKind;

/// What is known of a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentFacts {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Its size.
    pub size_bytes: u64,
    /// The contract version that its names carry.
    pub contract: String,
    /// The service kinds that it exports.
    pub kinds: BTreeSet<ServiceKind>,
    /// The host interfaces that it imports.
    pub imports: BTreeSet<HostInterface>,
}

/// An interface of `guichet:host`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are those of the contract")]
pub enum HostInterface {
    Http,
    Keys,
    Config,
    Clock,
    Random,
    Text,
    Log,
    Kv,
    SubjectData,
}

impl HostInterface {
    const ALL: [(&'static str, Self); 9] = [
        ("http", Self::Http),
        ("keys", Self::Keys),
        ("config", Self::Config),
        ("clock", Self::Clock),
        ("random", Self::Random),
        ("text", Self::Text),
        ("log", Self::Log),
        ("kv", Self::Kv),
        ("subject-data", Self::SubjectData),
    ];

    /// Its name in the contract.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let named = Self::ALL.iter().find(|(_, interface)| *interface == self);
        named.map_or("", |(name, _)| name)
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, interface)| *interface)
    }
}
