//! Shapes that bills, documents and credentials share: labelled fields, details,
//! the next step of a query, and waiting.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guichet_sandbox::contract::types as contract;
use serde::Serialize;
use utoipa::ToSchema;

/// Machine-readable extras by name.
pub type Details = BTreeMap<String, String>;

/// The contract's list of pairs as an object; of two equal names the last holds.
pub(crate) fn details(pairs: Vec<(String, String)>) -> Details {
    pairs.into_iter().collect()
}

/// A labelled value to show.
#[derive(Debug, Serialize, ToSchema)]
pub struct Field {
    /// Its name for machines.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// The value as text.
    pub value: String,
    /// `text`, `date`, `instant`, `decimal`, `percent` or `money:CNY` (minor
    /// units); show unknown ones as text.
    #[schema(example = "money:CNY")]
    pub format: String,
}

impl From<contract::Field> for Field {
    fn from(field: contract::Field) -> Self {
        let contract::Field {
            name,
            label,
            value,
            format,
            details: _,
        } = field;
        Self {
            name,
            label,
            value,
            format,
        }
    }
}

/// All fields of a list.
pub(crate) fn fields(fields: Vec<contract::Field>) -> Vec<Field> {
    fields.into_iter().map(Field::from).collect()
}

/// The second step of a query: ask the citizen, then send the same call again
/// with the answer as the input `field`, and with `token`.
#[derive(Debug, Serialize, ToSchema)]
pub struct NextStep {
    /// Send it back as it is.
    pub token: String,
    /// The input that takes the answer.
    pub field: String,
    /// The question.
    pub title: String,
    /// `choose`, `text` or `code`.
    #[schema(example = "choose")]
    pub kind: String,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// A picture to read a code from, PNG or JPEG in base64.
    pub image: Option<String>,
}

/// One choice of a step.
#[derive(Debug, Serialize, ToSchema)]
pub struct Choice {
    /// The answer to send.
    pub value: String,
    /// What the citizen reads.
    pub title: String,
    /// More about it.
    pub fields: Vec<Field>,
}

impl From<contract::NextStep> for NextStep {
    fn from(step: contract::NextStep) -> Self {
        let kind = match step.kind {
            contract::StepKind::Choose => "choose".to_owned(),
            contract::StepKind::Text => "text".to_owned(),
            contract::StepKind::Code => "code".to_owned(),
            contract::StepKind::Other(kind) => kind,
        };
        Self {
            token: step.token,
            field: step.field,
            title: step.title,
            kind,
            choices: step.choices.into_iter().map(Choice::from).collect(),
            image: step.image.map(|bytes| STANDARD.encode(bytes)),
        }
    }
}

impl From<contract::Choice> for Choice {
    fn from(choice: contract::Choice) -> Self {
        Self {
            value: choice.value,
            title: choice.title,
            fields: fields(choice.fields),
        }
    }
}

/// The answer is not ready: read the resource again later.
#[derive(Debug, Serialize, ToSchema)]
pub struct Waiting {
    /// Read again after so many seconds.
    #[schema(example = 5)]
    pub ask_after_seconds: u32,
    /// When the answer is expected, RFC 3339.
    pub expected_by: Option<String>,
    /// What the citizen reads meanwhile.
    pub message: String,
}

impl From<contract::Ticket> for Waiting {
    fn from(ticket: contract::Ticket) -> Self {
        Self {
            ask_after_seconds: ticket.ask_after_seconds,
            expected_by: ticket.expected_by,
            message: ticket.message,
        }
    }
}
