//! What is asked of a plugin, what it answers, and what is known afterwards.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::contract::bill_payment::{
    Order, Pending, QueryOutcome, Reversal, ReversalOrder, Status, Submission,
};
use crate::contract::credential::Issued;
use crate::contract::inquiry::InquiryOutcome;
use crate::contract::types::{Context, Failure};
use crate::kind::Kind;
use crate::transcript::Transcript;

/// What the citizen filled in: names and values.
pub type Inputs = Vec<(String, String)>;

/// One call of a plugin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// The circumstances.
    pub context: Context,
    /// What is asked.
    pub question: Question,
}

/// What is asked of a plugin: one case for each exported function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// `bill-payment.query-bills`.
    QueryBills {
        /// What the citizen filled in.
        inputs: Inputs,
    },
    /// `bill-payment.poll-query`.
    PollQuery {
        /// From the ticket or the next step.
        token: String,
        /// What the citizen filled in.
        inputs: Inputs,
    },
    /// `bill-payment.submit-payment`.
    SubmitPayment {
        /// What is to be paid.
        order: Box<Order>,
    },
    /// `bill-payment.payment-status`.
    PaymentStatus {
        /// What was submitted.
        order: Box<Order>,
        /// The last `pending` answer.
        last: Option<Pending>,
    },
    /// `bill-payment.reverse-payment`.
    ReversePayment {
        /// What is to be undone.
        reversal: Box<ReversalOrder>,
    },
    /// `bill-payment.reversal-status`.
    ReversalStatus {
        /// What was to be undone.
        reversal: Box<ReversalOrder>,
        /// The last `pending` answer.
        last: Option<Pending>,
    },
    /// `inquiry.ask`.
    Ask {
        /// What the citizen filled in.
        inputs: Inputs,
    },
    /// `inquiry.poll`.
    Poll {
        /// From the ticket, the next step or the document's next page.
        token: String,
        /// What the citizen filled in.
        inputs: Inputs,
    },
    /// `credential.issue`.
    Issue {
        /// What the citizen filled in.
        inputs: Inputs,
        /// From the next step.
        token: Option<String>,
    },
}

impl Question {
    /// The exported interface that answers it.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::QueryBills { .. }
            | Self::PollQuery { .. }
            | Self::SubmitPayment { .. }
            | Self::PaymentStatus { .. }
            | Self::ReversePayment { .. }
            | Self::ReversalStatus { .. } => Kind::BillPayment,
            Self::Ask { .. } | Self::Poll { .. } => Kind::Inquiry,
            Self::Issue { .. } => Kind::Credential,
        }
    }

    /// The exported function's name.
    #[must_use]
    pub const fn function(&self) -> &'static str {
        match self {
            Self::QueryBills { .. } => "query-bills",
            Self::PollQuery { .. } => "poll-query",
            Self::SubmitPayment { .. } => "submit-payment",
            Self::PaymentStatus { .. } => "payment-status",
            Self::ReversePayment { .. } => "reverse-payment",
            Self::ReversalStatus { .. } => "reversal-status",
            Self::Ask { .. } => "ask",
            Self::Poll { .. } => "poll",
            Self::Issue { .. } => "issue",
        }
    }
}

impl Question {
    /// What the citizen filled in; empty for questions about an order.
    pub(crate) fn inputs(&self) -> &Inputs {
        const NONE: &Inputs = &Inputs::new();
        match self {
            Self::QueryBills { inputs }
            | Self::PollQuery { inputs, .. }
            | Self::Ask { inputs }
            | Self::Poll { inputs, .. }
            | Self::Issue { inputs, .. } => inputs,
            Self::SubmitPayment { .. }
            | Self::PaymentStatus { .. }
            | Self::ReversePayment { .. }
            | Self::ReversalStatus { .. } => NONE,
        }
    }

    /// The token of an `issue`.
    pub(crate) fn token(&self) -> Option<&str> {
        match self {
            Self::Issue { token, .. } => token.as_deref(),
            _ => None,
        }
    }
}

/// What a plugin answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// To `QueryBills` and `PollQuery`.
    Query(Box<Result<QueryOutcome, Failure>>),
    /// To `SubmitPayment`.
    Submission(Box<Submission>),
    /// To `PaymentStatus`.
    Status(Box<Status>),
    /// To `ReversePayment` and `ReversalStatus`.
    Reversal(Box<Reversal>),
    /// To `Ask` and `Poll`.
    Inquiry(Box<Result<InquiryOutcome, Failure>>),
    /// To `Issue`.
    Issued(Box<Result<Issued, Failure>>),
}

/// Why a call gave no answer. After an effect left the host (`Report::effect`)
/// each of them means that the outcome is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum CallError {
    /// Every place of the binding or of the node stayed taken. The plugin did not run.
    #[error("the service is busy: no place became free in time")]
    Busy,
    /// The other side failed again and again. The plugin did not run.
    #[error(
        "the service is switched off for {retry_after_ms} ms after repeated failures of the other side"
    )]
    CircuitOpen {
        /// When a call may be tried again.
        retry_after_ms: u64,
    },
    /// The component does not export this kind of service. The plugin did not run.
    #[error("the component does not export {0}")]
    NoSuchExport(String),
    /// The component's code cannot be used. The plugin did not run.
    #[error("the component cannot be run: {0}")]
    Code(String),
    /// Stopped by the host at its deadline.
    #[error("stopped at its deadline of {0} ms")]
    Deadline(u32),
    /// Stopped by the host because the node stops.
    #[error("stopped because the node stops")]
    Shutdown,
    /// The processor time granted to the call was used up.
    #[error("the call used up its processor time of {0} units")]
    OutOfFuel(u64),
    /// More memory or table room was asked for than is granted.
    #[error("the call asked for more memory than its limit: {0}")]
    Memory(String),
    /// A limit on host calls was exceeded.
    #[error("the call exceeded its limit: {0}")]
    Limit(String),
    /// The guest trapped.
    #[error("the plugin trapped: {0}")]
    Trap(String),
    /// The answer breaks the contract.
    #[error("the answer breaks the contract: {0}")]
    Contract(String),
    /// The host itself failed, for example state that may have been written.
    #[error("the host stopped the call: {0}")]
    Host(String),
}

impl CallError {
    /// Whether the plugin did not run at all.
    #[must_use]
    pub const fn never_ran(&self) -> bool {
        matches!(
            self,
            Self::Busy | Self::CircuitOpen { .. } | Self::NoSuchExport(_) | Self::Code(_)
        )
    }

    /// Whether the host stopped the call for a reason outside of the call, so
    /// that a replay need not end the same way.
    #[must_use]
    pub const fn is_interruption(&self) -> bool {
        matches!(self, Self::Deadline(_) | Self::Shutdown | Self::Host(_))
    }
}

/// What is known of requests with an effect in one call. Ordered: the worst of
/// several counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EffectState {
    /// Not one byte of a request with an effect left the host.
    #[default]
    None,
    /// Each got a complete answer that can be evidence.
    Answered,
    /// Each got a complete answer, but one of them has a status (202, 3xx, 408,
    /// 425, 429, 5xx) on which no refusal can rest.
    Inconclusive,
    /// One left the host, whole or in part, without a complete answer.
    Unanswered,
}

impl EffectState {
    /// Whether `refused` may be believed.
    #[must_use]
    pub const fn supports_refusal(self) -> bool {
        matches!(self, Self::None | Self::Answered)
    }

    /// Whether `not-sent` may be believed.
    #[must_use]
    pub const fn supports_not_sent(self) -> bool {
        matches!(self, Self::None)
    }

    /// Whether `applied` may be believed.
    #[must_use]
    pub const fn supports_applied(self) -> bool {
        matches!(self, Self::Answered | Self::Inconclusive)
    }
}

/// A message of the plugin, masked and escaped: the publisher may read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// `debug`, `info`, `warn` or `error`.
    pub level: String,
    /// The message without control characters and personal data.
    pub message: String,
}

/// Everything that is known after a call.
#[derive(Debug)]
pub struct Report {
    /// The answer, or why there is none.
    pub result: Result<Answer, CallError>,
    /// What is known of requests with an effect.
    pub effect: EffectState,
    /// Complete HTTP answers of any kind: a status is believed only with one.
    pub complete_answers: u32,
    /// The plugin's messages.
    pub log: Vec<LogLine>,
    /// Messages beyond the limit.
    pub log_dropped: u32,
    /// Fuel used, comparable between runs.
    pub fuel_used: u64,
    /// Wall-clock time from the place to the end.
    pub elapsed: Duration,
    /// What the call did. None where the plugin never ran.
    pub transcript: Option<Transcript>,
}
