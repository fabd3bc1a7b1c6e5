//! Secrets and keys of packages, by the digest of what is sealed elsewhere: a
//! node uses a value only once the log names it.

use std::collections::BTreeMap;

use guichet_domain::{Digest, Moment};
use serde::{Deserialize, Serialize};

use super::Register;
use super::actor::Actor;
use super::authority::Persons;
use super::refusal::{Lawful, Refusal, bounded, ensure};
use super::roles::Role;
use super::rule::{Made, Rule};
use crate::names::PackageName;

/// Secrets and keys of one package.
const SECRETS: usize = 500;
/// Bytes of a name.
const NAME_BYTES: usize = 200;

/// What is decided about secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", deny_unknown_fields)]
pub enum SecretAct {
    /// A secret or key of a package was set; its value stands elsewhere, sealed.
    #[serde(rename = "secret-set")]
    Set {
        /// Whose.
        package: PackageName,
        /// Its name.
        name: String,
        /// Digest of the sealed value.
        sealed: Digest,
    },
}

impl Rule for SecretAct {
    fn persons(&self, register: &Register, by: &Actor) -> Result<Persons, Refusal> {
        register.by_staff(by, &[Role::Reviewer, Role::SecurityOfficer], Persons::One)
    }

    fn fits(&self, register: &Register, _: &Actor, _: Moment) -> Lawful {
        let Self::Set { package, name, .. } = self;
        let readable = (1..=NAME_BYTES).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_graphic());
        ensure(readable, || {
            format!("a secret's name has 1 to {NAME_BYTES} letters, digits and signs")
        })?;
        let own = register.secrets.get(package);
        let fits = own.is_none_or(|own| own.len() < SECRETS || own.contains_key(name));
        bounded(fits, || format!("{package} has {SECRETS} secrets"))
    }

    fn carry_out(&self, register: &mut Register, _: &Made<'_>) {
        let Self::Set {
            package,
            name,
            sealed,
        } = self;
        let own = register.secrets.entry(package.clone()).or_default();
        own.insert(name.clone(), *sealed);
    }
}

impl Register {
    /// The secrets of a package that were set, with their digests.
    #[must_use]
    pub fn secrets_of(&self, package: &PackageName) -> BTreeMap<String, Digest> {
        self.secrets.get(package).cloned().unwrap_or_default()
    }
}
