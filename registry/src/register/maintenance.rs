//! Maintenance: times for which services are closed, announced and called off.

use std::collections::BTreeSet;

use guichet_domain::Moment;
use guichet_domain::id::ServiceCode;
use serde::{Deserialize, Serialize};

use super::actor::Actor;
use super::authority::Persons;
use super::refusal::{Lawful, Refusal, bounded, ensure, present};
use super::roles::Role;
use super::rule::{Made, Rule};
use super::{DAY_MS, Register};
use crate::names::PackageName;
use crate::texts::Texts;

/// Announcements of one publisher that are not over yet.
const ANNOUNCEMENTS: usize = 500;
/// How far ahead one may end.
const DAYS_AHEAD: i64 = 4_000;

/// What is decided about maintenance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", deny_unknown_fields)]
pub enum MaintenanceAct {
    /// Services are closed for a time.
    #[serde(rename = "maintenance-announced")]
    Announced(Maintenance),
    /// They are not.
    #[serde(rename = "maintenance-cancelled")]
    Cancelled {
        /// Position of the announcement.
        announcement: u64,
    },
}

/// A time for which services are closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Maintenance {
    /// Which package's.
    pub package: PackageName,
    /// Which of its services; none named: all.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub services: BTreeSet<ServiceCode>,
    /// From when.
    pub from: Moment,
    /// Until when.
    pub until: Moment,
    /// What citizens read.
    pub notice: Texts,
}

impl Rule for MaintenanceAct {
    fn persons(&self, register: &Register, by: &Actor) -> Result<Persons, Refusal> {
        let one = match self {
            Self::Announced(one) => Some(one),
            Self::Cancelled { announcement } => register.maintenance.get(announcement),
        };
        let staff = || register.by_staff(by, &[Role::ReleaseManager], Persons::One);
        match one {
            Some(one) => {
                let member = register.by_member(by, one.package.publisher());
                member.or_else(|_| staff())
            }
            None => staff(),
        }
    }

    fn fits(&self, register: &Register, _: &Actor, at: Moment) -> Lawful {
        match self {
            Self::Announced(one) => {
                let package = &one.package;
                present(register.packages.get(package), || {
                    format!("no package {package}")
                })?;
                ensure(one.from < one.until && one.until > at, || {
                    "maintenance ends after it begins, and not in the past".to_owned()
                })?;
                ensure(one.until <= at.plus_ms(DAYS_AHEAD * DAY_MS), || {
                    format!("maintenance is announced for {DAYS_AHEAD} days at most")
                })?;
                let publisher = package.publisher();
                let own = register
                    .maintenance
                    .values()
                    .filter(|known| known.package.publisher() == publisher && known.until > at);
                bounded(own.count() < ANNOUNCEMENTS, || {
                    format!("{publisher} has announced maintenance {ANNOUNCEMENTS} times")
                })
            }
            Self::Cancelled { announcement } => {
                let known = register.maintenance.get(announcement);
                present(known, || {
                    format!("no maintenance {announcement} is announced")
                })
                .map(drop)
            }
        }
    }

    fn carry_out(&self, register: &mut Register, made: &Made<'_>) {
        match self {
            Self::Announced(one) => {
                register
                    .maintenance
                    .retain(|_, known| known.until > made.at);
                register.maintenance.insert(made.position, one.clone());
            }
            Self::Cancelled { announcement } => drop(register.maintenance.remove(announcement)),
        }
    }
}

impl Register {
    /// Announced maintenance, with the positions of the announcements.
    pub fn maintenance(&self) -> impl Iterator<Item = (u64, &Maintenance)> {
        self.maintenance
            .iter()
            .map(|(position, one)| (*position, one))
    }
}
