//! What can be done in the registry, noun by noun, and the lines of the log. An
//! act is written once, in words that stay: a field is never renamed or given
//! another meaning. Its rules stand with its noun.

use guichet_domain::Moment;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::actor::Actor;
use super::billers::BillerAct;
use super::founding::LogAct;
use super::json::Strict;
use super::keys::KeyAct;
use super::maintenance::MaintenanceAct;
use super::people::PersonAct;
use super::proposals::ProposalAct;
use super::publications::PublicationAct;
use super::publishers::PublisherAct;
use super::readings::ReadingAct;
use super::refusal::{Refusal, bounded};
use super::reviews::ReviewAct;
use super::rollouts::RolloutAct;
use super::rule::Rule;
use super::secrets::SecretAct;
use super::switches::SwitchAct;
use super::zones::ZoneAct;

/// The longest line of the log. Every node keeps every line for ever.
pub const ENTRY_BYTES: usize = 2 << 20;

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// When, by the clock of the node that entered it.
    pub at: Moment,
    /// Who.
    pub by: Actor,
    /// What.
    pub act: Act,
}

/// A line that is no entry.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// Longer than any entry.
    #[error("it is longer than {ENTRY_BYTES} bytes")]
    TooLong,
    /// Not JSON, or not of an entry.
    #[error("it does not read: {0}")]
    Json(#[from] serde_json::Error),
}

impl Entry {
    /// As it is hashed and kept.
    pub fn text(&self) -> Result<String, Refusal> {
        let text = serde_json::to_string(self).expect("entries have names for keys");
        bounded(text.len() <= ENTRY_BYTES, || {
            format!("an entry of the log has at most {ENTRY_BYTES} bytes: say less at once")
        })?;
        Ok(text)
    }

    /// Reads what `text` gave.
    pub fn read(text: &str) -> Result<Self, EntryError> {
        if text.len() > ENTRY_BYTES {
            return Err(EntryError::TooLong);
        }
        Ok(serde_json::from_str(text)?)
    }
}

macro_rules! acts {
    ($($(#[$doc:meta])* $noun:ident($act:ident): $($name:literal)|+;)*) => {
        /// An act, by what it speaks of. In JSON the field `act` names it.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(untagged)]
        pub enum Act {
            $($(#[$doc])* $noun($act),)*
        }

        impl Act {
            pub(super) fn rule(&self) -> &dyn Rule {
                match self {
                    $(Self::$noun(act) => act,)*
                }
            }

            fn read(fields: Value) -> Result<Self, serde_json::Error> {
                match fields.get("act").and_then(Value::as_str) {
                    $(Some($($name)|+) => $act::deserialize(fields).map(Self::$noun),)*
                    Some(name) => Err(Error::custom(format!("there is no act {name:?}"))),
                    None => Err(Error::missing_field("act")),
                }
            }

            /// The names of all acts.
            #[cfg(test)]
            pub(super) const NAMES: &[&str] = &[$($($name,)+)*];
        }

        $(impl From<$act> for Act {
            fn from(act: $act) -> Self {
                Self::$noun(act)
            }
        })*
    };
}

acts! {
    /// The log itself.
    Log(LogAct): "founded" | "registry-key-replaced";
    /// What waits for a second person.
    Proposal(ProposalAct): "proposed" | "agreed" | "declined";
    /// People and their roles.
    Person(PersonAct): "person-set" | "person-removed";
    /// Publishers and their quotas.
    Publisher(PublisherAct): "publisher-enrolled" | "quota-set";
    /// Publishers' keys.
    Key(KeyAct): "key-enrolled" | "key-revoked";
    /// Billers.
    Biller(BillerAct): "billers-admitted" | "biller-suspended" | "biller-resumed" | "biller-exited";
    /// Releases that come in.
    Publication(PublicationAct): "published" | "withdrawn";
    /// Releases that are judged.
    Review(ReviewAct): "approved" | "rejected" | "granted";
    /// Releases that serve, and no more.
    Rollout(RolloutAct): "rolled-out" | "halted" | "yanked" | "advised";
    /// Kill switches.
    Switch(SwitchAct): "switch-thrown" | "switch-lifted";
    /// Secrets of packages.
    Secret(SecretAct): "secret-set";
    /// Maintenance.
    Maintenance(MaintenanceAct): "maintenance-announced" | "maintenance-cancelled";
    /// Zones.
    Zone(ZoneAct): "zone-set" | "zone-removed";
    /// Leave to read transcripts.
    Reading(ReadingAct): "reading-allowed";
}

impl<'de> Deserialize<'de> for Act {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Strict(fields) = Strict::deserialize(deserializer)?;
        Self::read(fields).map_err(D::Error::custom)
    }
}
