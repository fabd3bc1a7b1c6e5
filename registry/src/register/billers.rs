//! Billers: on which terms they are admitted, and whether their services may be
//! live. Their sealed records stand elsewhere.

use std::collections::BTreeSet;

use guichet_domain::id::BillerId;
use guichet_domain::{Digest, Moment};
use serde::{Deserialize, Serialize};

use super::Register;
use super::actor::Actor;
use super::authority::Persons;
use super::refusal::{Lawful, Refusal, bounded, ensure, present};
use super::roles::Role;
use super::rule::{Made, Rule};
use super::serving::NotRunning;
use super::words::{CreditCode, Reason};
use crate::names::PackageName;
use crate::texts::Texts;

/// Billers in one admission.
const BILLERS: usize = 1_000;
/// Packages of one biller.
const PACKAGES: usize = 100;

/// What is decided about billers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", deny_unknown_fields)]
pub enum BillerAct {
    /// Billers' services may go live, carried by the packages that are named.
    #[serde(rename = "billers-admitted")]
    Admitted {
        /// At most a thousand at once.
        billers: Vec<BillerTerms>,
    },
    /// A biller's services stop for a while.
    #[serde(rename = "biller-suspended")]
    Suspended {
        /// Which.
        biller: BillerId,
        /// Why.
        reason: Reason,
    },
    /// They go on.
    #[serde(rename = "biller-resumed")]
    Resumed {
        /// Which.
        biller: BillerId,
        /// Why.
        reason: Reason,
    },
    /// The agreement has ended; only a new admission brings it back.
    #[serde(rename = "biller-exited")]
    Exited {
        /// Which.
        biller: BillerId,
        /// Why.
        reason: Reason,
    },
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

impl Rule for BillerAct {
    fn persons(&self, register: &Register, by: &Actor) -> Result<Persons, Refusal> {
        match self {
            Self::Admitted { .. } | Self::Resumed { .. } => {
                register.by_staff(by, &[Role::BillerManager], Persons::Two)
            }
            Self::Suspended { .. } | Self::Exited { .. } => {
                let staff = [Role::BillerManager, Role::SecurityOfficer];
                register.by_staff(by, &staff, Persons::One)
            }
        }
    }

    fn fits(&self, register: &Register, _: &Actor, _: Moment) -> Lawful {
        use BillerStanding::{Admitted, Suspended};
        match self {
            Self::Admitted { billers } => {
                bounded((1..=BILLERS).contains(&billers.len()), || {
                    format!("1 to {BILLERS} billers are admitted at once")
                })?;
                let ids: BTreeSet<&BillerId> = billers.iter().map(|terms| &terms.biller).collect();
                ensure(ids.len() == billers.len(), || {
                    "a biller stands here twice".to_owned()
                })?;
                billers
                    .iter()
                    .try_for_each(|terms| register.biller_fits(terms))
            }
            Self::Suspended { biller, .. } => register.biller_is(biller, &[Admitted]),
            Self::Resumed { biller, .. } => register.biller_is(biller, &[Suspended]),
            Self::Exited { biller, .. } => register.biller_is(biller, &[Admitted, Suspended]),
        }
    }

    fn carry_out(&self, register: &mut Register, _: &Made<'_>) {
        let (biller, standing) = match self {
            Self::Admitted { billers } => {
                let admitted = billers.iter().map(|terms| {
                    let known = BillerState {
                        terms: terms.clone(),
                        standing: BillerStanding::Admitted,
                    };
                    (terms.biller.clone(), known)
                });
                return register.billers.extend(admitted);
            }
            Self::Suspended { biller, .. } => (biller, BillerStanding::Suspended),
            Self::Resumed { biller, .. } => (biller, BillerStanding::Admitted),
            Self::Exited { biller, .. } => (biller, BillerStanding::Exited),
        };
        if let Some(known) = register.billers.get_mut(biller) {
            known.standing = standing;
        }
    }
}

impl Register {
    /// A biller.
    #[must_use]
    pub fn biller(&self, id: &BillerId) -> Option<&BillerState> {
        self.billers.get(id)
    }

    /// All billers.
    pub fn billers(&self) -> impl Iterator<Item = (&BillerId, &BillerState)> {
        self.billers.iter()
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

    fn biller_fits(&self, terms: &BillerTerms) -> Lawful {
        ensure(terms.from < terms.until, || {
            "an agreement ends after it begins".to_owned()
        })?;
        bounded(terms.packages.len() <= PACKAGES, || {
            format!("a biller has at most {PACKAGES} packages")
        })?;
        let known = self.billers.get(&terms.biller);
        ensure(
            known.is_none_or(|known| known.terms.credit_code == terms.credit_code),
            || format!("{} is admitted under another credit code", terms.biller),
        )
    }

    fn biller_is(&self, biller: &BillerId, one_of: &[BillerStanding]) -> Lawful {
        let known = present(self.billers.get(biller), || format!("no biller {biller}"))?;
        ensure(one_of.contains(&known.standing), || {
            let standing = match known.standing {
                BillerStanding::Admitted => "admitted",
                BillerStanding::Suspended => "suspended",
                BillerStanding::Exited => "gone",
            };
            format!("the biller {biller} is {standing} now")
        })
    }
}
