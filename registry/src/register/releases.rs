//! Releases and packages as the register holds them. How a release comes in
//! stands in `publications`, how it is judged in `reviews`, how it goes live and
//! is taken away in `rollouts`.

use std::collections::BTreeSet;
use std::sync::Arc;

use guichet_domain::id::{RegionCode, ServiceCode};
use guichet_domain::{Digest, Moment};

use super::Register;
use super::actor::Actor;
use super::grant::GrantTerms;
use super::refusal::{Lawful, Refusal, ensure, present};
use super::rollouts::Advisory;
use super::summary::Summary;
use super::words::Reason;
use crate::names::{PackageName, Version};
use crate::sign::PublicKey;

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

impl Register {
    /// All packages.
    pub fn packages(&self) -> impl Iterator<Item = (&PackageName, &Package)> {
        self.packages.iter()
    }

    /// A release by its digest.
    pub fn release(&self, digest: Digest) -> Result<&Release, Refusal> {
        let known = self.releases.get(&digest).map(AsRef::as_ref);
        present(known, || format!("no release {digest} was published"))
    }

    /// A release by its name.
    #[must_use]
    pub fn find(&self, package: &PackageName, version: &Version) -> Option<(Digest, &Release)> {
        let all = self.packages.get(package)?.releases.iter();
        all.filter_map(|digest| Some((*digest, self.release(*digest).ok()?)))
            .find(|(_, release)| release.version == *version)
    }

    /// The release that serves everybody.
    pub(super) fn serving(&self, package: &PackageName) -> Option<&Release> {
        let general = self.packages.get(package)?.general?;
        self.release(general).ok()
    }

    pub(super) fn waiting(&self, digest: Digest) -> Result<&Release, Refusal> {
        self.standing(digest, &Standing::Waiting, "waiting for review")
    }

    pub(super) fn approved(&self, digest: Digest) -> Result<&Release, Refusal> {
        self.standing(digest, &Standing::Approved, "approved")
    }

    fn standing(&self, digest: Digest, wanted: &Standing, word: &str) -> Result<&Release, Refusal> {
        let release = self.release(digest)?;
        ensure(release.standing == *wanted, || {
            format!("{} {} is not {word}", release.package, release.version)
        })?;
        ensure(release.yanked.is_none(), || "it was yanked".to_owned())?;
        Ok(release)
    }

    /// What a release needs to be approved and to be rolled out: its key counts,
    /// and no other package has its codes.
    pub(super) fn may_go_on(&self, release: &Release) -> Lawful {
        ensure(self.signer_counts(release), || {
            "its key was revoked: publish it again under another one".to_owned()
        })?;
        let taken = release.summary.services.keys().find_map(|code| {
            let owner = self.owners.get(code)?;
            (*owner != release.package).then_some((code, owner))
        });
        match taken {
            None => Ok(()),
            Some((code, owner)) => Err(Refusal::Conflict(format!(
                "the service code {code} belongs to {owner}: choose another one"
            ))),
        }
    }

    pub(super) fn change(&mut self, digest: Digest, how: impl FnOnce(&mut Release)) {
        if let Some(known) = self.releases.get_mut(&digest) {
            how(Arc::make_mut(known));
        }
    }

    /// Services that are gone, and when.
    pub fn gone(&self) -> impl Iterator<Item = (&ServiceCode, Moment)> {
        self.gone.iter().map(|(code, at)| (code, *at))
    }
}
