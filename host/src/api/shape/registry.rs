//! Acts, proposals and publishers on the wire.

use guichet_domain::id::PublisherName;
use guichet_registry::register::{self, KeyStanding, Persons, Reach, Register};
use serde::Serialize;
use utoipa::ToSchema;

use crate::governance::Waiting;
use crate::log;

/// What became of an act.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entered {
    /// `done`, or `proposed` while a second person is awaited.
    pub state: &'static str,
    /// Where it stands in the log.
    pub position: u64,
}

impl From<log::Entered> for Entered {
    fn from(entered: log::Entered) -> Self {
        let state = match entered {
            log::Entered::Done(_) => "done",
            log::Entered::Proposed(_) => "proposed",
        };
        Self {
            state,
            position: entered.position(),
        }
    }
}

/// Something that waits for a second person.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenProposal {
    /// Where it stands in the log.
    pub position: u64,
    /// The first person.
    pub by: String,
    /// When.
    pub at: String,
    /// The act.
    #[schema(value_type = Object)]
    pub wanted: serde_json::Value,
}

impl OpenProposal {
    pub(crate) fn new(position: u64, open: &register::Proposal) -> Self {
        Self {
            position,
            by: open.by.to_string(),
            at: open.at.to_string(),
            wanted: serde_json::to_value(&open.wanted).unwrap_or_default(),
        }
    }
}

/// A release that waits for review.
#[derive(Debug, Serialize, ToSchema)]
pub struct QueueItem {
    /// `publisher/name`.
    pub package: String,
    /// Its version.
    pub version: String,
    /// Its digest.
    pub digest: String,
    /// When it was published.
    pub published: String,
    /// How many persons must approve: 1 or 2.
    pub persons: u8,
    /// Who approved first, where somebody did.
    pub first: Option<String>,
}

impl From<&Waiting> for QueueItem {
    fn from(waiting: &Waiting) -> Self {
        let release = &waiting.release;
        Self {
            package: release.package.to_string(),
            version: release.version.to_string(),
            digest: waiting.digest.to_string(),
            published: release.published.to_string(),
            persons: match waiting.persons {
                Persons::One => 1,
                Persons::Two => 2,
            },
            first: waiting.first.as_ref().map(|(_, by, _)| by.to_string()),
        }
    }
}

/// A publisher.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublisherItem {
    /// Its name in package names.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// Unified social credit code.
    pub credit_code: String,
    /// How much it may publish.
    #[schema(value_type = Object)]
    pub quota: register::Quota,
    /// Its keys.
    pub keys: Vec<PublisherKey>,
}

/// A publisher's key.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublisherKey {
    /// The public half.
    pub key: String,
    /// What the publisher calls it.
    pub label: String,
    /// Since when.
    pub since: String,
    /// `active`, `revoked` or `revoked-in-emergency`.
    pub state: &'static str,
}

impl PublisherItem {
    pub(crate) fn new(register: &Register, name: &PublisherName) -> Self {
        let known = register.publisher(name);
        let own = register.keys().filter(|(_, key)| key.publisher == *name);
        let mut keys: Vec<PublisherKey> = own
            .map(|(key, enrolled)| PublisherKey {
                key: key.to_string(),
                label: enrolled.label.clone(),
                since: enrolled.since.to_string(),
                state: match enrolled.standing {
                    KeyStanding::Active => "active",
                    KeyStanding::Revoked(Reach::Later) => "revoked",
                    KeyStanding::Revoked(Reach::Emergency) => "revoked-in-emergency",
                },
            })
            .collect();
        keys.sort_by(|left, right| left.since.cmp(&right.since));
        Self {
            name: name.to_string(),
            title: known.map_or_else(String::new, |known| known.names.english().to_owned()),
            credit_code: known.map_or_else(String::new, |known| known.credit_code.to_string()),
            quota: known.map(|known| known.quota).unwrap_or_default(),
            keys,
        }
    }
}

/// A person's token.
#[derive(Debug, Serialize, ToSchema)]
pub struct Token {
    /// Shown this once.
    pub token: String,
}
