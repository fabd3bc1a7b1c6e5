//! The short mapping that stands beside an OpenAPI document: what its operations
//! are for, and where in their answers the things stand that Guichet needs. Its
//! words are told in docs/guide-merchant.md. Reading it is all that happens here.

use std::collections::BTreeMap;
use std::path::Path;

use guichet_registry::Texts;
use serde::Deserialize;

use super::WorkshopError;

/// The whole mapping.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    /// `publisher/name`.
    pub(super) package: String,
    /// The release; else the document's version.
    pub(super) version: Option<String>,
    /// SPDX expression.
    pub(super) licence: Option<String>,
    pub(super) publisher: Option<Texts>,
    pub(super) titles: Option<Texts>,
    pub(super) descriptions: Option<Texts>,
    /// What amounts are counted in.
    pub(super) unit: Unit,
    #[serde(default)]
    pub(super) answer: AnswerPlan,
    pub(super) query: QueryPlan,
    pub(super) submit: CallPlan,
    pub(super) status: Option<CallPlan>,
    pub(super) reversal: Option<CallPlan>,
    pub(super) sign: Option<SignPlan>,
    /// More about inputs, by the parameter's name.
    #[serde(default)]
    pub(super) inputs: BTreeMap<String, InputPlan>,
    /// Services as in services.jsonl, without what follows from the document.
    #[serde(default)]
    pub(super) services: Vec<toml::Table>,
}

/// What amounts are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Unit {
    /// `86.50`
    Yuan,
    /// `8650`
    Fen,
}

/// What all answers share.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AnswerPlan {
    /// Where the code stands; `http` for the HTTP status.
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    #[serde(default)]
    pub(super) codes: BTreeMap<String, String>,
}

/// How bills are found.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QueryPlan {
    pub(super) operation: String,
    #[serde(default)]
    pub(super) fill: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) codes: BTreeMap<String, String>,
    /// The parameter that is the citizen's account number.
    pub(super) account: String,
    /// The kind of that number.
    pub(super) account_kind: Option<String>,
    /// Where the answer repeats the account number.
    pub(super) echo: Option<String>,
    pub(super) holder: Option<String>,
    pub(super) address: Option<String>,
    /// Where the list of bills stands.
    pub(super) bills: String,
    /// Within a bill.
    pub(super) number: String,
    pub(super) amount: String,
    pub(super) title: Option<String>,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) payable_to: Option<String>,
}

/// How something is paid, asked about or undone.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallPlan {
    pub(super) operation: String,
    #[serde(default)]
    pub(super) fill: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) codes: BTreeMap<String, String>,
    /// A second code inside an answer that says done.
    pub(super) state: Option<String>,
    #[serde(default)]
    pub(super) states: BTreeMap<String, String>,
    /// Where the answer repeats the payment's reference.
    pub(super) reference: Option<String>,
    pub(super) serial: Option<String>,
    pub(super) at: Option<String>,
    pub(super) amount: Option<String>,
    pub(super) balance: Option<String>,
    /// Submission: the same reference twice is one payment.
    pub(super) deduplicates: Option<Deduplicates>,
    /// Status: its "not found" is final after so many seconds.
    pub(super) authoritative_after_seconds: Option<u32>,
    /// Reversal: until which hour of the same day.
    pub(super) until: Option<String>,
}

/// Whether the same reference twice is one payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(from = "bool")]
pub(super) enum Deduplicates {
    Yes,
    No,
}

impl From<bool> for Deduplicates {
    fn from(truth: bool) -> Self {
        if truth { Self::Yes } else { Self::No }
    }
}

/// A signature that OpenAPI has no words for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignPlan {
    pub(super) algorithm: String,
    /// The text that is signed, as a template.
    pub(super) over: String,
    /// `header:NAME`, `query:NAME` or `member:/Path`.
    pub(super) put: String,
    pub(super) encoding: Option<String>,
    /// The key's name; `biller-key` unless said.
    pub(super) key: Option<String>,
}

/// More about one input than the document says.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InputPlan {
    pub(super) label: Option<Texts>,
    pub(super) help: Option<Texts>,
    pub(super) pattern: Option<String>,
}

impl Plan {
    pub(super) fn read(path: &Path) -> Result<Self, WorkshopError> {
        let text = std::fs::read_to_string(path).map_err(WorkshopError::file(path))?;
        toml::from_str(&text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.unwrap_or_default().matches('\n').count() + 1;
            WorkshopError::openapi(
                format!("{}:{line}", path.display()),
                error.message(),
                "write it as docs/guide-merchant.md says",
            )
        })
    }
}

impl SignPlan {
    /// The key's name in the manifest.
    pub(super) fn key_name(&self) -> &str {
        self.key.as_deref().unwrap_or("biller-key")
    }

    /// Whether it is a code of both sides' one key, and no signature.
    pub(super) fn is_mac(&self) -> bool {
        self.algorithm.starts_with("hmac-")
    }
}
