//! What people are: roles of the operator's staff and of publishers' members,
//! and the side on which somebody stands.

use std::collections::BTreeSet;
use std::fmt;

use guichet_domain::id::PublisherName;
use serde::{Deserialize, Serialize};

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
    /// Decides work orders, closes days and settles.
    PaymentOfficer,
    /// Reads the log, and transcripts together with a second person.
    Auditor,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Administrator,
        Self::Reviewer,
        Self::ReleaseManager,
        Self::SecurityOfficer,
        Self::BillerManager,
        Self::PaymentOfficer,
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
            Self::PaymentOfficer => "payment-officer",
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

impl Side {
    /// The publisher; none for the operator's staff.
    #[must_use]
    pub const fn publisher(&self) -> Option<&PublisherName> {
        match self {
            Self::Publisher(publisher, _) => Some(publisher),
            Self::Operator(_) => None,
        }
    }

    pub(super) fn has(&self, wanted: Role) -> bool {
        matches!(self, Self::Operator(roles) if roles.contains(&wanted))
    }
}
