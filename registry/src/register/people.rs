//! Who may act: the operator's staff by role, and publishers' members. How they
//! prove who they are is the host's matter.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use guichet_domain::id::{ClientId, PersonId, PublisherName};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::texts::Texts;

/// A role of the operator's staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Enrols publishers and people.
    Administrator,
    /// Approves releases and what they are granted.
    Reviewer,
    /// Rolls releases out, halts and yanks them.
    ReleaseManager,
    /// Revokes keys and throws switches.
    SecurityOfficer,
    /// Admits billers.
    BillerManager,
    /// Reads the log, and transcripts together with a second person.
    Auditor,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Administrator,
        Self::Reviewer,
        Self::ReleaseManager,
        Self::SecurityOfficer,
        Self::BillerManager,
        Self::Auditor,
    ];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Reviewer => "reviewer",
            Self::ReleaseManager => "release-manager",
            Self::SecurityOfficer => "security-officer",
            Self::BillerManager => "biller-manager",
            Self::Auditor => "auditor",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a member may do for the publisher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemberRole {
    /// Everything, members and keys included.
    Owner,
    /// Publishes releases and announces maintenance.
    Developer,
}

/// On whose side a person stands. Nobody stands on both, so that no reviewer
/// judges a release of his own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The operator's staff.
    Operator(BTreeSet<Role>),
    /// A publisher's member.
    Publisher(PublisherName, MemberRole),
}

/// A person as the register knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// For people to read.
    pub name: Texts,
    /// On whose side.
    pub side: Side,
}

impl Person {
    pub(super) fn has(&self, wanted: Role) -> bool {
        matches!(&self.side, Side::Operator(roles) if roles.contains(&wanted))
    }

    pub(super) fn member_of(&self, publisher: &PublisherName) -> Option<MemberRole> {
        match &self.side {
            Side::Publisher(own, role) if own == publisher => Some(*role),
            Side::Publisher(..) | Side::Operator(_) => None,
        }
    }
}

/// Who entered an act: `person:lin`, `client:ci`, `node:node-1`, `installation`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Actor {
    /// A person.
    Person(PersonId),
    /// A program of the operator's, which brings in what publishers have signed.
    Client(ClientId),
    /// A node, by itself: only what makes less run.
    Node(String),
    /// The program that sets up a development installation.
    Installation,
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Client(id) => write!(f, "client:{id}"),
            Self::Node(name) => write!(f, "node:{name}"),
            Self::Installation => f.write_str("installation"),
        }
    }
}

/// A text that names no actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an actor is person:ID, client:ID, node:NAME or installation")]
pub struct ActorError;

impl FromStr for Actor {
    type Err = ActorError;

    fn from_str(text: &str) -> Result<Self, ActorError> {
        if text == "installation" {
            return Ok(Self::Installation);
        }
        let (kind, name) = text.split_once(':').ok_or(ActorError)?;
        match kind {
            "person" => name.parse().map(Self::Person).map_err(|_| ActorError),
            "client" => name.parse().map(Self::Client).map_err(|_| ActorError),
            "node" if !name.is_empty() && name.len() <= 64 => Ok(Self::Node(name.to_owned())),
            _ => Err(ActorError),
        }
    }
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
