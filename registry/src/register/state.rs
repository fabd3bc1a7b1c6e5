//! What the register holds of each noun. Only entries change it.

use std::collections::BTreeSet;

use guichet_domain::id::{PersonId, PublisherName, RegionCode, ServiceCode};
use guichet_domain::{Digest, Moment};

use super::act::{Act, BillerTerms, Mode, Quota, Reach, Severity};
use super::grant::GrantTerms;
use super::people::Actor;
use super::summary::Summary;
use super::words::{CreditCode, Reason, Url};
use crate::catalogue::Zone;
use crate::checkpoint::LogOrigin;
use crate::names::{PackageName, Version};
use crate::sign::PublicKey;
use crate::texts::Texts;

/// How the log began, and which key signs it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Founding {
    pub(super) origin: LogOrigin,
    pub(super) mode: Mode,
    /// All keys with the log's size from which each one signs.
    pub(super) keys: Vec<(u64, PublicKey)>,
}

/// Something that waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The first person.
    pub by: Actor,
    /// When.
    pub at: Moment,
    /// What is wanted.
    pub wanted: Act,
}

/// A publisher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publisher {
    /// Its name for people.
    pub names: Texts,
    /// Unified social credit code.
    pub credit_code: CreditCode,
    /// How much it may publish.
    pub quota: Quota,
    /// The day that is counted, and releases on it.
    pub(super) today: (i64, u32),
}

/// A publisher's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// Whose.
    pub publisher: PublisherName,
    /// What the publisher calls it.
    pub label: String,
    /// Since when.
    pub since: Moment,
    /// Whether it counts.
    pub standing: KeyStanding,
}

/// Whether a key counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStanding {
    /// For old and new releases.
    Active,
    /// Not, as far back as said.
    Revoked(Reach),
}

/// A biller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillerState {
    /// The terms it was admitted on.
    pub terms: BillerTerms,
    /// How it stands now.
    pub standing: BillerStanding,
}

/// How a biller stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillerStanding {
    /// Its services may be live.
    Admitted,
    /// They stop for a while.
    Suspended,
    /// The agreement has ended.
    Exited,
}

/// A package's releases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Package {
    /// All of them, in the order in which they were published.
    pub releases: Vec<Digest>,
    /// What serves everybody.
    pub general: Option<Digest>,
    /// What served everybody before, to fall back on.
    pub previous: Option<Digest>,
    /// What serves some.
    pub pilot: Option<Pilot>,
    /// When any of this last changed.
    pub changed: Option<Moment>,
}

/// A release that serves some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pilot {
    /// Which.
    pub release: Digest,
    /// Of a thousand subjects.
    pub share_permille: u16,
    /// Regions in which it serves everybody.
    pub regions: BTreeSet<RegionCode>,
    /// Since when.
    pub since: Moment,
}

/// A release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// `publisher/name`.
    pub package: PackageName,
    /// Its version.
    pub version: Version,
    /// Whose key signed it.
    pub signer: PublicKey,
    /// What it is and asks for.
    pub summary: Summary,
    /// When it was published.
    pub published: Moment,
    /// Who brought it in.
    pub by: Actor,
    /// How far it has come.
    pub standing: Standing,
    /// What it is given.
    pub grants: Vec<GrantTerms>,
    /// Who let it in.
    pub approved_by: Vec<Actor>,
    /// Why it stopped serving, where it was stopped.
    pub halted: Option<Reason>,
    /// Why nobody may use it any more.
    pub yanked: Option<Reason>,
    /// What users should know.
    pub advisories: Vec<Advisory>,
}

/// How far a release has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Waits for review.
    Waiting,
    /// May be rolled out.
    Approved,
    /// Refused for good.
    Rejected(Vec<Reason>),
    /// Taken back by the publisher.
    Withdrawn,
}

/// What users of a release should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advisory {
    /// How bad.
    pub severity: Severity,
    /// What, and what to do.
    pub text: Texts,
    /// Where more stands.
    pub link: Option<Url>,
    /// When.
    pub at: Moment,
}

/// A time for which services are closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maintenance {
    /// Which package's.
    pub package: PackageName,
    /// Which of its services; empty: all.
    pub services: BTreeSet<ServiceCode>,
    /// From when.
    pub from: Moment,
    /// Until when.
    pub until: Moment,
    /// What citizens read.
    pub notice: Texts,
}

/// A zone and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneState {
    /// What it shows.
    pub zone: Zone,
    /// The agency; none: the operator.
    pub publisher: Option<PublisherName>,
}

/// A transcript that two persons agreed to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Who may.
    pub persons: BTreeSet<PersonId>,
    /// Since when.
    pub at: Moment,
    /// Why.
    pub reason: Reason,
}
