//! Publishers' keys: enrolled by whoever has them, replaced, revoked. A key never
//! comes back.

use guichet_domain::Moment;
use guichet_domain::id::PublisherName;
use serde::{Deserialize, Serialize};

use super::Register;
use super::actor::Actor;
use super::authority::Persons;
use super::enrolment::Possession;
use super::refusal::{Lawful, Refusal, bounded, ensure, present};
use super::releases::Release;
use super::roles::Role;
use super::rule::{Made, Rule};
use super::words::Reason;
use crate::sign::PublicKey;

/// Characters of a label.
const LABEL: usize = 80;
/// Keys of one publisher, revoked ones too.
const KEYS: usize = 500;

/// What is decided about keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", deny_unknown_fields)]
pub enum KeyAct {
    /// Releases signed with this key are the publisher's.
    #[serde(rename = "key-enrolled")]
    Enrolled {
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
    #[serde(rename = "key-revoked")]
    Revoked {
        /// Whose.
        publisher: PublisherName,
        /// Which.
        key: PublicKey,
        /// How far back.
        reach: Reach,
        /// Why.
        reason: Reason,
    },
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

/// A publisher's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// Whose.
    pub publisher: PublisherName,
    /// What the publisher calls it.
    pub label: String,
    /// Since when.
    pub since: Moment,
    /// Whether it counts.
    pub standing: KeyStanding,
}

/// Whether a key counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStanding {
    /// For old and new releases.
    Active,
    /// Not, as far back as said.
    Revoked(Reach),
}

impl Rule for KeyAct {
    fn persons(&self, register: &Register, by: &Actor) -> Result<Persons, Refusal> {
        match self {
            Self::Enrolled { publisher, .. } => register.by_owner(by, publisher),
            Self::Revoked { publisher, .. } => register
                .by_owner_alone(by, publisher)
                .or_else(|_| register.by_staff(by, &[Role::SecurityOfficer], Persons::One)),
        }
    }

    fn fits(&self, register: &Register, _: &Actor, _: Moment) -> Lawful {
        match self {
            Self::Enrolled {
                publisher,
                key,
                label,
                proof,
                replaces,
            } => {
                register.key_is_new(publisher, key)?;
                ensure(is_label(label), || {
                    format!("a key's label has 1 to {LABEL} characters")
                })?;
                proof.verify(publisher, key).map_err(|error| {
                    Refusal::Forbidden(format!("the proof of possession is wrong: {error}"))
                })?;
                match replaces {
                    Some(old) => register.active_key(publisher, old),
                    None => Ok(()),
                }
            }
            Self::Revoked {
                publisher,
                key,
                reach,
                ..
            } => {
                let known = register.keys.get(key);
                let own = known.filter(|known| known.publisher == *publisher);
                let known = present(own, || format!("{publisher} has no such key"))?;
                let further = match known.standing {
                    KeyStanding::Active => true,
                    KeyStanding::Revoked(Reach::Later) => *reach == Reach::Emergency,
                    KeyStanding::Revoked(Reach::Emergency) => false,
                };
                ensure(further, || "the key is revoked already".to_owned())
            }
        }
    }

    fn carry_out(&self, register: &mut Register, made: &Made<'_>) {
        let mut revoke = |key, reach| {
            if let Some(known) = register.keys.get_mut(key) {
                known.standing = KeyStanding::Revoked(reach);
            }
        };
        match self {
            Self::Enrolled {
                publisher,
                key,
                label,
                replaces,
                ..
            } => {
                if let Some(old) = replaces {
                    revoke(old, Reach::Later);
                }
                let known = Enrolled {
                    publisher: publisher.clone(),
                    label: label.clone(),
                    since: made.at,
                    standing: KeyStanding::Active,
                };
                register.keys.insert(*key, known);
            }
            Self::Revoked { key, reach, .. } => revoke(key, *reach),
        }
    }
}

fn is_label(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= LABEL && !text.chars().any(char::is_control)
}

impl Register {
    /// The keys of all publishers.
    pub fn keys(&self) -> impl Iterator<Item = (&PublicKey, &Enrolled)> {
        self.keys.iter()
    }

    fn key_is_new(&self, publisher: &PublisherName, key: &PublicKey) -> Lawful {
        self.publisher_known(publisher)?;
        let used = self.keys.contains_key(key) || self.registry_keys().any(|known| known == key);
        ensure(!used, || {
            "the key is enrolled or revoked already: make a new one".to_owned()
        })?;
        let own = self
            .keys
            .values()
            .filter(|known| known.publisher == *publisher);
        bounded(own.count() < KEYS, || {
            format!("{publisher} has had {KEYS} keys")
        })
    }

    pub(super) fn active_key(&self, publisher: &PublisherName, key: &PublicKey) -> Lawful {
        let active = self.keys.get(key).is_some_and(|known| {
            known.publisher == *publisher && known.standing == KeyStanding::Active
        });
        ensure(active, || {
            format!("the key is not enrolled for {publisher}, or revoked")
        })
    }

    /// Whether what this release's key has signed may still run.
    pub(super) fn signer_counts(&self, release: &Release) -> bool {
        let known = self.keys.get(&release.signer);
        known.is_some_and(|known| known.standing != KeyStanding::Revoked(Reach::Emergency))
    }
}
