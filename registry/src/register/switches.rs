//! Kill switches: one person throws one, two lift it.

use guichet_domain::id::PublisherName;
use guichet_domain::{Digest, Moment};
use serde::{Deserialize, Serialize};

use super::Register;
use super::actor::Actor;
use super::authority::Persons;
use super::refusal::{Lawful, Refusal, ensure, present};
use super::releases::Release;
use super::roles::Role;
use super::rule::{Made, Rule};
use super::words::Reason;
use crate::names::PackageName;

/// What is decided about switches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", deny_unknown_fields)]
pub enum SwitchAct {
    /// Nothing of the target runs, from within a second.
    #[serde(rename = "switch-thrown")]
    Thrown {
        /// What is stopped.
        target: Target,
        /// Why.
        reason: Reason,
    },
    /// It may run again.
    #[serde(rename = "switch-lifted")]
    Lifted {
        /// What was stopped.
        target: Target,
        /// Why.
        reason: Reason,
    },
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

impl Rule for SwitchAct {
    fn persons(&self, register: &Register, by: &Actor) -> Result<Persons, Refusal> {
        let persons = match self {
            Self::Thrown { .. } => Persons::One,
            Self::Lifted { .. } => Persons::Two,
        };
        register.by_staff(by, &[Role::ReleaseManager, Role::SecurityOfficer], persons)
    }

    fn fits(&self, register: &Register, _: &Actor, _: Moment) -> Lawful {
        match self {
            Self::Thrown { target, .. } => {
                register.target_known(target)?;
                ensure(!register.switches.contains_key(target), || {
                    "it is thrown already".to_owned()
                })
            }
            Self::Lifted { target, .. } => ensure(register.switches.contains_key(target), || {
                "no such switch is thrown".to_owned()
            }),
        }
    }

    fn carry_out(&self, register: &mut Register, _: &Made<'_>) {
        match self {
            Self::Thrown { target, reason } => {
                register.switches.insert(target.clone(), reason.clone());
            }
            Self::Lifted { target, .. } => drop(register.switches.remove(target)),
        }
    }
}

impl Register {
    /// Thrown switches.
    pub fn switches(&self) -> impl Iterator<Item = (&Target, &Reason)> {
        self.switches.iter()
    }

    /// Whether a switch stops the release.
    pub(super) fn is_switched_off(&self, digest: Digest, release: &Release) -> bool {
        let package = &release.package;
        !self.switches.is_empty()
            && [
                Target::Release(digest),
                Target::Package(package.clone()),
                Target::Publisher(package.publisher().clone()),
            ]
            .iter()
            .any(|target| self.switches.contains_key(target))
    }

    fn target_known(&self, target: &Target) -> Lawful {
        match target {
            Target::Release(digest) => self.release(*digest).map(drop),
            Target::Package(package) => {
                let known = self.packages.get(package);
                present(known, || format!("no package {package}")).map(drop)
            }
            Target::Publisher(publisher) => self.publisher_known(publisher),
        }
    }
}
