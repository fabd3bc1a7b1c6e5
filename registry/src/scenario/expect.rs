//! What must come out of a scenario. What is not said must at least be of the
//! usual kind and conform to the contract.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What must come out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expectation {
    /// Of the bill query; usually a statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<ExpectedQuery>,
    /// Of the submission; usually `applied` or `pending`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submission: Option<ExpectedWord>,
    /// Of the status once it is certain; usually `applied`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ExpectedWord>,
    /// Of the reversal; usually `reversed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversal: Option<ExpectedWord>,
    /// Of an inquiry; usually a document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<ExpectedDocument>,
    /// Of a credential; usually a code or a hand-off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<ExpectedCredential>,
}

impl Expectation {
    pub(super) fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// The case of a submission, a status or a reversal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpectedWord {
    /// Written off.
    Applied,
    /// Taken, not decided.
    Pending,
    /// A definite no.
    Refused,
    /// Nothing left the plugin.
    NotSent,
    /// Not known to the biller.
    NotFound,
    /// Undone.
    Reversed,
    /// No evidence.
    Unknown,
}

impl ExpectedWord {
    /// The contract's name of the case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Pending => "pending",
            Self::Refused => "refused",
            Self::NotSent => "not-sent",
            Self::NotFound => "not-found",
            Self::Reversed => "reversed",
            Self::Unknown => "unknown",
        }
    }
}

/// What a bill query finds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectedQuery {
    /// All bills, in their order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bills: Option<Vec<ExpectedBill>>,
    /// The account's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The failure's case instead: `not-found`, `invalid-input`, `refused`,
    /// `unavailable`, `needs-assurance`, `needs-consent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// A bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedBill {
    /// Its number.
    pub number: String,
    /// What is to be paid, in the minor unit; zero for an open bill.
    pub payable: i64,
}

/// A document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectedDocument {
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Values of fields, by their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// The number of rows in all its tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<usize>,
    /// The failure's case instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// A credential.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectedCredential {
    /// `code` or `handoff`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape: Option<String>,
    /// The code's text, or the page's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// The failure's case instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}
