//! The log itself: how it began, what rules hold in it, and which key signs it.

use guichet_domain::Moment;
use serde::{Deserialize, Serialize};

use super::Register;
use super::actor::Actor;
use super::authority::Persons;
use super::refusal::{Lawful, Refusal, ensure, forbidden};
use super::roles::Role;
use super::rule::{Made, Rule};
use crate::checkpoint::LogOrigin;
use crate::sign::PublicKey;

/// What is decided about the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", deny_unknown_fields)]
pub enum LogAct {
    /// The first entry of every log.
    #[serde(rename = "founded")]
    Founded {
        /// The log's name, as checkpoints carry it.
        origin: LogOrigin,
        /// The registry's key.
        key: PublicKey,
        /// What rules hold.
        mode: Mode,
    },
    /// Another key signs from the next entry on.
    #[serde(rename = "registry-key-replaced")]
    KeyReplaced {
        /// The new key.
        key: PublicKey,
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

/// How the log began, and which key signs it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Founding {
    origin: LogOrigin,
    mode: Mode,
    /// All keys with the log's size from which each one signs.
    keys: Vec<(u64, PublicKey)>,
}

impl Rule for LogAct {
    fn persons(&self, register: &Register, by: &Actor) -> Result<Persons, Refusal> {
        match self {
            Self::Founded { .. } => Err(forbidden("only the installation founds a log")),
            Self::KeyReplaced { .. } => register.by_staff(by, &[Role::Administrator], Persons::Two),
        }
    }

    fn fits(&self, register: &Register, _: &Actor, _: Moment) -> Lawful {
        match self {
            Self::Founded { .. } => ensure(register.founding.is_none(), || {
                "the log is founded already".to_owned()
            }),
            Self::KeyReplaced { key } => {
                let used = register.registry_keys().any(|known| known == key)
                    || register.keys.contains_key(key);
                ensure(!used, || {
                    "this key has signed already, here or for a publisher: make a new one"
                        .to_owned()
                })
            }
        }
    }

    fn carry_out(&self, register: &mut Register, made: &Made<'_>) {
        match self {
            Self::Founded { origin, key, mode } => {
                register.founding = Some(Founding {
                    origin: origin.clone(),
                    mode: *mode,
                    keys: vec![(0, *key)],
                });
            }
            Self::KeyReplaced { key } => {
                if let Some(founding) = &mut register.founding {
                    founding.keys.push((made.position + 1, *key));
                }
            }
        }
    }
}

impl Register {
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
        let mut keys = self.keys_of_the_log().rev();
        keys.find(|(from, _)| *from <= size).map(|(_, key)| key)
    }

    /// Every key that ever signed, for old countersignatures.
    pub fn registry_keys(&self) -> impl Iterator<Item = &PublicKey> {
        self.keys_of_the_log().map(|(_, key)| key)
    }

    fn keys_of_the_log(&self) -> impl DoubleEndedIterator<Item = &(u64, PublicKey)> {
        let founding = self.founding.iter();
        founding.flat_map(|founding| &founding.keys)
    }
}
