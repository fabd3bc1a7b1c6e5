//! One catalogue entry as a package states it: a line of `services.jsonl`.
//! What a single value may be is checked while it is read; how the values fit
//! together, and with the package and the taxonomy, is checked on admission.

mod amount;
mod capability;
mod inputs;
mod mask;
mod payment;
mod schedule;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use guichet_domain::id::{BillerId, CategoryCode, DataScope, RegionCode, ServiceCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use amount::Amounts;
pub use capability::{Capabilities, DayFile, Reversal};
pub use inputs::{
    Hints, InputName, InputNameError, InputSchema, Keyboard, ObjectType, Property, PropertyType,
    Scan, TextFormat,
};
pub use mask::{MaskRule, Masks};
pub use payment::{Flow, PaymentTerms, Timing};
pub use schedule::{
    Closing, Hours, Maintenance, MonthDay, Schedule, ScheduleError, Season, TimeOfDay, Weekday,
};

use crate::names::ConfigName;
use crate::shared::Shared;
use crate::texts::Texts;

/// One service: biller or agency × business type × served regions, with its
/// configuration. The release it belongs to is known from the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Name in URLs, unique in the whole catalogue and the same in every release.
    pub code: ServiceCode,
    /// The export of the component that serves it.
    pub kind: ServiceKind,
    /// Who is owed, or which agency answers.
    pub biller: Biller,
    /// Business type, a code of the taxonomy.
    pub category: CategoryCode,
    /// Regions it is for; `000000` alone for a national service.
    pub regions: Vec<RegionCode>,
    /// Where a service of wide regions has real data behind it; empty means
    /// everywhere in `regions`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coverage: Vec<RegionCode>,
    /// What it is called.
    pub titles: Texts,
    /// What it does, in one or two sentences.
    pub descriptions: Texts,
    /// More words that people look for: aliases, pinyin, abbreviations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// Who may use it.
    #[serde(default = "persons")]
    pub audiences: BTreeSet<Audience>,
    /// What the citizen fills in.
    pub inputs: Shared<InputSchema>,
    /// How it is paid: for `bill-payment` always, otherwise never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<PaymentTerms>,
    /// When it is closed.
    #[serde(default, skip_serializing_if = "Schedule::is_always_open")]
    pub schedule: Schedule,
    /// Consent that must live while it is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentRequirement>,
    /// How well the subject must be known.
    #[serde(default, skip_serializing_if = "Assurance::is_none")]
    pub assurance: Assurance,
    /// How names and addresses are masked before anybody sees them.
    #[serde(default, skip_serializing_if = "Masks::is_usual")]
    pub masks: Masks,
    /// Values for the plugin's `config.get`, over the package's own. Texts come
    /// to the plugin as they are, everything else as JSON.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub config: BTreeMap<ConfigName, Value>,
    /// Whether it may be used, as the publisher says.
    #[serde(default, skip_serializing_if = "Standing::is_general")]
    pub standing: Standing,
    /// What a citizen should know before using it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Texts>,
}

fn persons() -> BTreeSet<Audience> {
    [Audience::Person].into()
}

/// A kind of service: the name of an export of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceKind {
    /// Bills are found and paid.
    BillPayment,
    /// Something is asked and a document comes back.
    Inquiry,
    /// A proof of the citizen's own is shown.
    Credential,
}

impl ServiceKind {
    /// Every kind of this contract version.
    pub const ALL: [Self; 3] = [Self::BillPayment, Self::Inquiry, Self::Credential];

    /// The export's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BillPayment => "bill-payment",
            Self::Inquiry => "inquiry",
            Self::Credential => "credential",
        }
    }

    /// The kind of an export's name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for ServiceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The party behind a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Biller {
    /// Id under which it is admitted and settled.
    pub id: BillerId,
    /// Its name.
    pub names: Texts,
}

/// Who pays or asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// Citizens (C).
    Person,
    /// Firms (B).
    Firm,
}

/// A consent that the service needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentRequirement {
    /// Attributes of the subject that the plugin reads or the agency discloses.
    pub scopes: BTreeSet<DataScope>,
    /// What for, as the citizen reads it before agreeing.
    pub purpose: Texts,
    /// The longest life of such a consent.
    #[serde(default = "thirty_days")]
    pub valid_days: u16,
}

const fn thirty_days() -> u16 {
    30
}

/// How sure the client must be of who the subject is.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Assurance {
    /// Nobody in particular.
    #[default]
    None,
    /// The subject says so.
    Low,
    /// Checked with one factor.
    Substantial,
    /// Checked with two factors and a face or a document.
    High,
}

impl Assurance {
    fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// How far a service has come, and why it is held back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// Its phase.
    pub phase: Phase,
    /// A tip for the citizen, for example what to do meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tip: Option<Texts>,
}

impl Standing {
    fn is_general(&self) -> bool {
        *self == Self::default()
    }
}

/// Phases of a service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Seen by its publisher only.
    Draft,
    /// Open to a part of the subjects.
    Pilot,
    /// Open to all.
    #[default]
    General,
    /// Shown, not usable.
    Suspended,
}
