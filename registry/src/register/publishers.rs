//! Publishers: who may publish, and how much. Their members stand in `people`,
//! their keys in `keys`.

use guichet_domain::Moment;
use guichet_domain::id::PublisherName;
use serde::{Deserialize, Serialize};

use super::actor::Actor;
use super::authority::Persons;
use super::refusal::{Lawful, Refusal, bounded, ensure, present};
use super::roles::Role;
use super::rule::{Made, Rule};
use super::summary::Summary;
use super::words::CreditCode;
use super::{DAY_MS, Register};
use crate::names::PackageName;
use crate::texts::Texts;

/// What is decided about publishers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", deny_unknown_fields)]
pub enum PublisherAct {
    /// A publisher may enrol keys and publish.
    #[serde(rename = "publisher-enrolled")]
    Enrolled {
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
    #[serde(rename = "quota-set")]
    QuotaSet {
        /// Whose.
        publisher: PublisherName,
        /// How much.
        quota: Quota,
    },
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

/// A publisher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publisher {
    /// Its name for people.
    pub names: Texts,
    /// Unified social credit code.
    pub credit_code: CreditCode,
    /// How much it may publish.
    pub quota: Quota,
    /// Releases on the day of the last one.
    today: (i64, u32),
}

impl Rule for PublisherAct {
    fn persons(&self, register: &Register, by: &Actor) -> Result<Persons, Refusal> {
        register.by_staff(by, &[Role::Administrator], Persons::One)
    }

    fn fits(&self, register: &Register, _: &Actor, _: Moment) -> Lawful {
        match self {
            Self::Enrolled { publisher, .. } => {
                ensure(!register.publishers.contains_key(publisher), || {
                    format!("{publisher} is enrolled already")
                })
            }
            Self::QuotaSet { publisher, .. } => register.publisher_known(publisher),
        }
    }

    fn carry_out(&self, register: &mut Register, made: &Made<'_>) {
        match self {
            Self::Enrolled {
                publisher,
                names,
                credit_code,
                quota,
            } => {
                let known = Publisher {
                    names: names.clone(),
                    credit_code: credit_code.clone(),
                    quota: *quota,
                    today: (day(made.at), 0),
                };
                register.publishers.insert(publisher.clone(), known);
            }
            Self::QuotaSet { publisher, quota } => {
                if let Some(known) = register.publishers.get_mut(publisher) {
                    known.quota = *quota;
                }
            }
        }
    }
}

impl Publisher {
    /// Counts one release more.
    pub(super) const fn count_release(&mut self, at: Moment) {
        self.today = (day(at), self.releases_on(at) + 1);
    }

    const fn releases_on(&self, at: Moment) -> u32 {
        let (counted, releases) = self.today;
        if counted == day(at) { releases } else { 0 }
    }
}

/// The day of a moment, counted from 1970 in UTC.
const fn day(at: Moment) -> i64 {
    at.micros().div_euclid(DAY_MS * 1_000)
}

impl Register {
    /// A publisher.
    #[must_use]
    pub fn publisher(&self, name: &PublisherName) -> Option<&Publisher> {
        self.publishers.get(name)
    }

    /// All publishers.
    pub fn publishers(&self) -> impl Iterator<Item = (&PublisherName, &Publisher)> {
        self.publishers.iter()
    }

    pub(super) fn publisher_known(&self, publisher: &PublisherName) -> Lawful {
        let known = self.publishers.get(publisher);
        present(known, || format!("no publisher {publisher} is enrolled")).map(drop)
    }

    /// Whether the publisher may publish this today.
    pub(super) fn quota_left(
        &self,
        package: &PackageName,
        summary: &Summary,
        at: Moment,
    ) -> Lawful {
        let publisher = package.publisher();
        let Some(known) = self.publishers.get(publisher) else {
            return Ok(());
        };
        let quota = known.quota;
        let others = || {
            let own = self.packages.iter();
            own.filter(|(name, _)| name.publisher() == publisher && *name != package)
        };
        let newest = others().filter_map(|(_, other)| self.releases.get(other.releases.last()?));
        let services = newest
            .map(|release| release.summary.services.len())
            .sum::<usize>();
        let used = [
            (
                "packages",
                others().count() as u64 + 1,
                quota.packages.into(),
            ),
            (
                "services",
                (services + summary.services.len()) as u64,
                quota.services.into(),
            ),
            (
                "releases today",
                u64::from(known.releases_on(at)) + 1,
                quota.releases_per_day.into(),
            ),
            (
                "bytes of one bundle",
                summary.bundle_bytes,
                quota.bundle_bytes,
            ),
        ];
        used.into_iter().try_for_each(|(what, used, most): (_, u64, u64)| {
            bounded(used <= most, || {
                format!(
                    "{publisher} would have {used} {what}, its quota is {most}: ask the operator \
                     for more"
                )
            })
        })
    }
}
