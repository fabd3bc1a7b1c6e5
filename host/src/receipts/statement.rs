//! What a receipt states: its shape, and the one text of it that is signed.

use guichet_domain::payment::State;
use guichet_registry::checkpoint::LogOrigin;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canonical::canonical;
use crate::payments::Receipt;
use crate::payments::receipt::Facts;
use crate::store::Entry;

/// Of the shape below.
pub const VERSION: u32 = 1;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Of this shape: 1.
    pub version: u32,
    /// Who states it.
    pub installation: LogOrigin,
    /// Where the payment stands: `applied`, `reversed`, `refunded` …
    pub state: State,
    /// What was paid; fixed since it was applied.
    pub facts: Facts,
    /// Names as the catalogue has them when the receipt is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub names: Option<Names>,
    /// The application, and what came after it.
    pub history: Vec<Milestone>,
}

/// An event of the payment, with its place in the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Milestone {
    /// Number of the log.
    pub log: u8,
    /// The leaf's index, from zero.
    pub index: u64,
    /// What the leaf hashes, in canonical form.
    pub event: Entry,
}

/// What people call whom they paid, and for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// Who was paid.
    pub biller: Named,
    /// For which service.
    pub service: Named,
}

/// A name in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Statement {
    /// Of a payment; none before it was applied.
    pub(super) fn of(
        receipt: &Receipt,
        installation: LogOrigin,
        names: Option<Names>,
    ) -> Option<Self> {
        let last = receipt.history.last()?;
        let history = receipt.history.iter().map(|logged| Milestone {
            log: logged.log,
            index: logged.index,
            event: logged.entry.clone(),
        });
        Some(Self {
            version: VERSION,
            installation,
            state: last.entry.state.parse().ok()?,
            facts: receipt.facts.clone(),
            names,
            history: history.collect(),
        })
    }

    /// As JSON.
    #[must_use]
    pub fn value(&self) -> Value {
        serde_json::to_value(self).expect("names, numbers and texts are always JSON")
    }

    /// The canonical form (RFC 8785): the text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        canonical(&self.value())
    }
}
