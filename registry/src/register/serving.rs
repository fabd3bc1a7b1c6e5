//! What follows from the register for the counter: which release of a package
//! serves, and whether it may run. Whether a biller's services are live stands in
//! `billers`.

use guichet_domain::id::ServiceCode;
use guichet_domain::{Digest, Moment};

use super::Register;
use super::grant::{Effect, GrantTerms};
use super::releases::{Pilot, Release, Standing};
use crate::names::PackageName;

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

    /// An approved release whose bundle brings this code: one that may run, where
    /// there is one.
    #[must_use]
    pub fn home(&self, component: Digest) -> Option<Digest> {
        let homes = self.homes.get(&component)?;
        let sound = homes.iter().find(|home| self.is_sound(**home).is_ok());
        sound.or(homes.first()).copied()
    }

    /// Whether a release may run at all, its code's own release included.
    pub fn may_run(&self, digest: Digest) -> Result<&Release, NotRunning> {
        let release = self.is_sound(digest)?;
        if !release.summary.own_code {
            let home = self.home(release.summary.component);
            self.is_sound(home.ok_or(NotRunning::NotApproved)?)?;
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
        if self.is_switched_off(digest, release) {
            return Err(NotRunning::Switched);
        }
        if !self.signer_counts(release) {
            return Err(NotRunning::KeyRevoked);
        }
        Ok(release)
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
