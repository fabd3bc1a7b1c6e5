//! What follows from the register for the counter: which release of a package
//! serves, whether it may run, whether a biller's services are live.

use std::collections::BTreeMap;

use guichet_domain::id::{BillerId, PersonId, PublisherName, RecordId, ServiceCode};
use guichet_domain::{Digest, Moment};

use super::act::{Mode, Reach, Target};
use super::grant::{Effect, GrantTerms};
use super::people::Person;
use super::state::{
    BillerStanding, BillerState, Enrolled, KeyStanding, Maintenance, Package, Pilot, Publisher,
    Reading, Release, Standing, ZoneState,
};
use super::words::Reason;
use super::{Refusal, Register};
use crate::checkpoint::LogOrigin;
use crate::names::PackageName;
use crate::sign::PublicKey;

/// What serves of one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lineup {
    /// Everybody who is not in the pilot.
    pub general: Option<Digest>,
    /// Some.
    pub pilot: Option<Pilot>,
    /// Only what is still in hand from before.
    pub previous: Option<Digest>,
}

/// Why a release or service does not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotRunning {
    /// Nobody has let it in.
    #[error("it is not approved")]
    NotApproved,
    /// It was yanked.
    #[error("it was yanked")]
    Yanked,
    /// A switch is thrown.
    #[error("a switch stops it")]
    Switched,
    /// Its key was revoked, back to the beginning.
    #[error("its publisher's key was revoked")]
    KeyRevoked,
    /// Nothing is granted, or no more.
    #[error("nothing is granted to it")]
    NotGranted,
    /// The biller is not admitted, or not for this package, or no more.
    #[error("its biller is not admitted")]
    NoBiller,
    /// The biller is suspended.
    #[error("its biller is suspended")]
    BillerSuspended,
}

impl Register {
    /// What serves of a package.
    #[must_use]
    pub fn lineup(&self, package: &PackageName) -> Option<Lineup> {
        self.packages.get(package).map(|package| Lineup {
            general: package.general,
            pilot: package.pilot.clone(),
            previous: package.previous,
        })
    }

    /// The approved release whose bundle brings this code.
    #[must_use]
    pub fn home(&self, component: Digest) -> Option<Digest> {
        self.homes.get(&component).copied()
    }

    /// Whether a release may run at all, its code's own release included.
    pub fn may_run(&self, digest: Digest) -> Result<&Release, NotRunning> {
        let release = self.is_sound(digest)?;
        let home = self
            .home(release.summary.component)
            .ok_or(NotRunning::NotApproved)?;
        if home != digest {
            self.is_sound(home)?;
        }
        Ok(release)
    }

    fn is_sound(&self, digest: Digest) -> Result<&Release, NotRunning> {
        let release = self.releases.get(&digest).ok_or(NotRunning::NotApproved)?;
        if release.standing != Standing::Approved {
            return Err(NotRunning::NotApproved);
        }
        if release.yanked.is_some() {
            return Err(NotRunning::Yanked);
        }
        let package = &release.package;
        let switched = self.switches.contains_key(&Target::Release(digest))
            || self
                .switches
                .contains_key(&Target::Package(package.clone()))
            || self
                .switches
                .contains_key(&Target::Publisher(package.publisher().clone()));
        if switched {
            return Err(NotRunning::Switched);
        }
        let key = self.keys.get(&release.signer).map(|key| key.standing);
        if key.is_none_or(|standing| standing == KeyStanding::Revoked(Reach::Emergency)) {
            return Err(NotRunning::KeyRevoked);
        }
        Ok(release)
    }

    /// Whether this biller's services may be live in this package.
    pub fn may_collect(
        &self,
        biller: &BillerId,
        package: &PackageName,
        now: Moment,
    ) -> Result<(), NotRunning> {
        let known = self.billers.get(biller).ok_or(NotRunning::NoBiller)?;
        let terms = &known.terms;
        let agreed = terms.packages.contains(package) && terms.from <= now && now < terms.until;
        match known.standing {
            BillerStanding::Admitted if agreed => Ok(()),
            BillerStanding::Suspended if agreed => Err(NotRunning::BillerSuspended),
            BillerStanding::Admitted | BillerStanding::Suspended | BillerStanding::Exited => {
                Err(NotRunning::NoBiller)
            }
        }
    }

    /// A moment at which something ends or begins by itself, if one comes.
    #[must_use]
    pub fn next_change(&self, now: Moment) -> Option<Moment> {
        let agreements = self
            .billers
            .values()
            .flat_map(|known| [known.terms.from, known.terms.until]);
        let grants = self.releases.values().flat_map(|known| &known.grants);
        let grants = grants.filter_map(|grant| grant.expires);
        agreements
            .chain(grants)
            .filter(|moment| *moment > now)
            .min()
    }

    /// What rules hold; none before the log is founded.
    #[must_use]
    pub fn mode(&self) -> Option<Mode> {
        self.founding.as_ref().map(|founding| founding.mode)
    }

    /// The log's name.
    #[must_use]
    pub fn origin(&self) -> Option<&LogOrigin> {
        self.founding.as_ref().map(|founding| &founding.origin)
    }

    /// The key that signs the log when it has this size.
    #[must_use]
    pub fn registry_key(&self, size: u64) -> Option<&PublicKey> {
        let keys = self
            .founding
            .iter()
            .flat_map(|founding| founding.keys.iter().rev());
        keys.into_iter()
            .find(|(from, _)| *from <= size)
            .map(|(_, key)| key)
    }

    /// Every key that ever signed, for old countersignatures.
    pub fn registry_keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.founding
            .iter()
            .flat_map(|founding| founding.keys.iter().map(|(_, key)| key))
    }

    /// A person.
    #[must_use]
    pub fn known_person(&self, id: &PersonId) -> Option<&Person> {
        self.people.get(id)
    }

    /// All persons.
    pub fn people(&self) -> impl Iterator<Item = (&PersonId, &Person)> {
        self.people.iter()
    }

    /// A publisher.
    #[must_use]
    pub fn publisher(&self, name: &PublisherName) -> Option<&Publisher> {
        self.publishers.get(name)
    }

    /// All publishers.
    pub fn publishers(&self) -> impl Iterator<Item = (&PublisherName, &Publisher)> {
        self.publishers.iter()
    }

    /// The keys of all publishers.
    pub fn keys(&self) -> impl Iterator<Item = (&PublicKey, &Enrolled)> {
        self.keys.iter()
    }

    /// A biller.
    #[must_use]
    pub fn biller(&self, id: &BillerId) -> Option<&BillerState> {
        self.billers.get(id)
    }

    /// All billers.
    pub fn billers(&self) -> impl Iterator<Item = (&BillerId, &BillerState)> {
        self.billers.iter()
    }

    /// All packages.
    pub fn packages(&self) -> impl Iterator<Item = (&PackageName, &Package)> {
        self.packages.iter()
    }

    /// A release by its digest.
    pub fn release(&self, digest: Digest) -> Result<&Release, Refusal> {
        self.releases
            .get(&digest)
            .ok_or_else(|| Refusal::NotFound(format!("no release {digest} was published")))
    }

    /// A release by its name.
    #[must_use]
    pub fn find(
        &self,
        package: &PackageName,
        version: &crate::names::Version,
    ) -> Option<(Digest, &Release)> {
        let all = self.packages.get(package)?.releases.iter();
        all.filter_map(|digest| Some((*digest, self.releases.get(digest)?)))
            .find(|(_, release)| release.version == *version)
    }

    /// Services that are gone, and when.
    pub fn gone(&self) -> impl Iterator<Item = (&ServiceCode, Moment)> {
        self.gone.iter().map(|(code, at)| (code, *at))
    }

    /// Thrown switches.
    pub fn switches(&self) -> impl Iterator<Item = (&Target, &Reason)> {
        self.switches.iter()
    }

    /// Announced maintenance, with the positions of the announcements.
    pub fn maintenance(&self) -> impl Iterator<Item = (u64, &Maintenance)> {
        self.maintenance
            .iter()
            .map(|(position, one)| (*position, one))
    }

    /// All zones.
    pub fn zones(&self) -> impl Iterator<Item = &ZoneState> {
        self.zones.values()
    }

    /// The leave to read a call's transcript.
    #[must_use]
    pub fn reading(&self, call: &RecordId) -> Option<&Reading> {
        self.readings.get(call)
    }

    /// The secrets of a package that were set, with their digests.
    #[must_use]
    pub fn secrets_of(&self, package: &PackageName) -> BTreeMap<String, Digest> {
        let own = self.secrets.iter().filter(|((owner, _), _)| owner == package);
        own.map(|((_, name), digest)| (name.clone(), *digest)).collect()
    }
}

/// The grant that holds for a service; a service's own counts alone, also once it
/// has ended.
pub fn grant<'a>(
    grants: &'a [GrantTerms],
    service: &ServiceCode,
    now: Moment,
) -> Result<&'a GrantTerms, NotRunning> {
    granted(grants, service, Effect::Live)
        .filter(|grant| !grant.has_ended(now))
        .ok_or(NotRunning::NotGranted)
}

/// The grant that is only tried for a service.
#[must_use]
pub fn shadow<'a>(
    grants: &'a [GrantTerms],
    service: &ServiceCode,
    now: Moment,
) -> Option<&'a GrantTerms> {
    granted(grants, service, Effect::Shadow).filter(|grant| !grant.has_ended(now))
}

fn granted<'a>(
    grants: &'a [GrantTerms],
    service: &ServiceCode,
    effect: Effect,
) -> Option<&'a GrantTerms> {
    let with = |wanted: Option<&ServiceCode>| {
        let mut all = grants.iter();
        all.find(|grant| grant.effect == effect && grant.service.as_ref() == wanted)
    };
    with(Some(service)).or_else(|| with(None))
}
