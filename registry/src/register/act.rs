//! What can be done in the registry. An act is written once, in words that stay:
//! a field is never renamed or given another meaning.

use std::collections::BTreeSet;

use guichet_domain::id::{BillerId, PersonId, PublisherName, RecordId, RegionCode, ServiceCode};
use guichet_domain::{Digest, Moment};
use serde::{Deserialize, Serialize};

use super::enrolment::Possession;
use super::grant::GrantTerms;
use super::people::{Actor, Side};
use super::summary::Summary;
use super::words::{CreditCode, Reason, Url};
use crate::catalogue::{Zone, ZoneCode};
use crate::checkpoint::LogOrigin;
use crate::names::{PackageName, Version};
use crate::sign::PublicKey;
use crate::texts::Texts;

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// When, by the clock of the node that entered it.
    pub at: Moment,
    /// Who.
    pub by: Actor,
    /// What.
    pub act: Act,
}

/// An act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "act",
    rename_all = "kebab-case",
    rename_all_fields = "snake_case"
)]
#[serde(deny_unknown_fields)]
pub enum Act {
    /// The first entry of every log.
    Founded {
        /// The log's name, as checkpoints carry it.
        origin: LogOrigin,
        /// The registry's key.
        key: PublicKey,
        /// What rules hold.
        mode: Mode,
    },
    /// Another key signs from the next entry on.
    RegistryKeyReplaced {
        /// The new key.
        key: PublicKey,
    },
    /// A first person wants an act that needs two; it has no effect yet.
    Proposed {
        /// What is wanted.
        wanted: Box<Act>,
    },
    /// A second person agrees: the proposed act takes effect.
    Agreed {
        /// Position of the proposal.
        proposal: u64,
    },
    /// The proposal is off.
    Declined {
        /// Position of the proposal.
        proposal: u64,
        /// Why.
        reason: Reason,
    },
    /// A person is known here, with these rights and no others.
    PersonSet {
        /// Who.
        person: PersonId,
        /// For people to read.
        name: Texts,
        /// On whose side, as what.
        side: Side,
    },
    /// A person may do nothing any more.
    PersonRemoved {
        /// Who.
        person: PersonId,
    },
    /// A publisher may enrol keys and publish.
    PublisherEnrolled {
        /// Its name in package names.
        publisher: PublisherName,
        /// Its name for people.
        names: Texts,
        /// Unified social credit code.
        credit_code: CreditCode,
        /// How much it may publish.
        quota: Quota,
    },
    /// A publisher may publish more or less.
    QuotaSet {
        /// Whose.
        publisher: PublisherName,
        /// How much.
        quota: Quota,
    },
    /// Releases signed with this key are the publisher's.
    KeyEnrolled {
        /// Whose.
        publisher: PublisherName,
        /// The public half.
        key: PublicKey,
        /// What the publisher calls it.
        label: String,
        /// Made with the key itself, over publisher and key: it is in their hands.
        proof: Possession,
        /// The key that it replaces, which signs nothing new from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<PublicKey>,
    },
    /// A key counts no more.
    KeyRevoked {
        /// Whose.
        publisher: PublisherName,
        /// Which.
        key: PublicKey,
        /// How far back.
        reach: Reach,
        /// Why.
        reason: Reason,
    },
    /// Billers' services may go live, carried by the packages that are named.
    BillersAdmitted {
        /// At most a thousand at once.
        billers: Vec<BillerTerms>,
    },
    /// A biller's services stop for a while.
    BillerSuspended {
        /// Which.
        biller: BillerId,
        /// Why.
        reason: Reason,
    },
    /// They go on.
    BillerResumed {
        /// Which.
        biller: BillerId,
        /// Why.
        reason: Reason,
    },
    /// The agreement has ended; only a new admission brings it back.
    BillerExited {
        /// Which.
        biller: BillerId,
        /// Why.
        reason: Reason,
    },
    /// A bundle passed every check and certification, and waits for review.
    Published {
        /// `publisher/name`.
        package: PackageName,
        /// Its version.
        version: Version,
        /// The bundle's digest.
        release: Digest,
        /// Whose key signed it.
        signer: PublicKey,
        /// What it is and asks for, as far as rules look at it.
        summary: Box<Summary>,
    },
    /// The publisher takes a release back before it was approved.
    Withdrawn {
        /// Which.
        release: Digest,
    },
    /// A reviewer has understood the release and lets it run with these grants.
    Approved {
        /// Which.
        release: Digest,
        /// What it is given.
        grants: Vec<GrantTerms>,
    },
    /// A reviewer refuses it for good.
    Rejected {
        /// Which.
        release: Digest,
        /// Why, each with what to do.
        reasons: Vec<Reason>,
    },
    /// An approved release is given something else.
    Granted {
        /// Which.
        release: Digest,
        /// In place of what stood for the same services.
        grant: GrantTerms,
    },
    /// A release serves, for some or for all.
    RolledOut {
        /// Which.
        release: Digest,
        /// For whom.
        stage: Stage,
    },
    /// A release serves nobody any more; the one before it goes on.
    Halted {
        /// Which.
        release: Digest,
        /// Why.
        cause: Reason,
    },
    /// A release must not be used any more. It is never deleted.
    Yanked {
        /// Which.
        release: Digest,
        /// Why.
        reason: Reason,
    },
    /// What users of a release should know.
    Advised {
        /// Which.
        release: Digest,
        /// How bad.
        severity: Severity,
        /// What, and what to do.
        text: Texts,
        /// Where more stands.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<Url>,
    },
    /// Nothing of the target runs, from within a second.
    SwitchThrown {
        /// What is stopped.
        target: Target,
        /// Why.
        reason: Reason,
    },
    /// It may run again.
    SwitchLifted {
        /// What was stopped.
        target: Target,
        /// Why.
        reason: Reason,
    },
    /// A secret or key of a package was set; its value stands elsewhere, sealed.
    SecretSet {
        /// Whose.
        package: PackageName,
        /// Its name.
        name: String,
        /// Digest of the sealed value.
        sealed: Digest,
    },
    /// Services are closed for a time.
    MaintenanceAnnounced {
        /// Which package's.
        package: PackageName,
        /// Which of its services; none named: all.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        services: BTreeSet<ServiceCode>,
        /// From when.
        from: Moment,
        /// Until when.
        until: Moment,
        /// What citizens read.
        notice: Texts,
    },
    /// They are not.
    MaintenanceCancelled {
        /// Position of the announcement.
        announcement: u64,
    },
    /// A part of the catalogue is as said here.
    ZoneSet {
        /// What it shows.
        zone: Zone,
        /// The agency it belongs to; none: the operator.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        publisher: Option<PublisherName>,
    },
    /// There is no such zone any more.
    ZoneRemoved {
        /// Which.
        zone: ZoneCode,
    },
    /// A kept transcript may be read by the two who agreed on it.
    ReadingAllowed {
        /// The call it is of.
        call: RecordId,
        /// Why it must be read.
        reason: Reason,
    },
}

/// What rules hold in a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// All rules. The installation only names the first administrators.
    Production,
    /// The installation's own program acts for everybody: for trying it out.
    Development,
}

/// Terms on which a biller is admitted. Settlement account and contact stand in
/// a sealed record, which the digest names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BillerTerms {
    /// Its id in services.
    pub biller: BillerId,
    /// Its name.
    pub names: Texts,
    /// Unified social credit code.
    pub credit_code: CreditCode,
    /// Digest of the sealed record: settlement account in the biller's own name,
    /// collection authorisation, accepted certification.
    pub record: Digest,
    /// Packages that may carry its services.
    pub packages: BTreeSet<PackageName>,
    /// From when the agreement holds.
    pub from: Moment,
    /// Until when.
    pub until: Moment,
}

/// How much a publisher may publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// Packages.
    pub packages: u32,
    /// Releases in one day.
    pub releases_per_day: u32,
    /// Services of all packages together.
    pub services: u32,
    /// Bytes of one bundle.
    pub bundle_bytes: u64,
}

impl Default for Quota {
    fn default() -> Self {
        Self {
            packages: 50,
            releases_per_day: 20,
            services: 5_000,
            bundle_bytes: 64 << 20,
        }
    }
}

/// How far back a revocation reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// Later releases are refused, those that serve stay.
    Later,
    /// Nothing that was signed with it runs any more.
    Emergency,
}

/// For whom a release serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// For some: subjects by a stable share, or everybody in some regions.
    Pilot {
        /// Of a thousand subjects.
        share_permille: u16,
        /// Regions in which it serves everybody.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        regions: BTreeSet<RegionCode>,
    },
    /// For all.
    General,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the usual steps, as everybody reads them")]
pub enum Severity {
    Low,
    Moderate,
    High,
    Critical,
}

/// What a switch stops.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// One release.
    Release(Digest),
    /// All releases of a package.
    Package(PackageName),
    /// All packages of a publisher.
    Publisher(PublisherName),
}
