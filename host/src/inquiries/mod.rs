//! Inquiries: a document is asked for under consent, and comes at once or later.

pub(crate) mod check;
mod room;

use guichet_domain::Moment;
use guichet_domain::id::{ClientId, RecordId, RegionCode, ServiceCode, SubjectId};
use guichet_sandbox::contract::inquiry::Document;
use guichet_sandbox::contract::types::{NextStep, Ticket};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::language::Language;
use crate::plugins::ServiceFailure;

pub use room::Inquiries;

/// What a client asks; credentials are asked for in the same shape.
#[derive(Debug, Clone)]
pub struct NewInquiry {
    /// Who calls.
    pub client: ClientId,
    /// On whose behalf.
    pub subject: SubjectId,
    /// Which service.
    pub service: ServiceCode,
    /// What the citizen filled in.
    pub inputs: Map<String, Value>,
    /// The token of the `ask_more` answer that this call continues.
    pub token: Option<String>,
    /// The consent under which data may be used, where the service needs one.
    pub consent: Option<RecordId>,
    /// The region the citizen chose, where the service serves several.
    pub region: Option<RegionCode>,
    /// The client's channel, for example `mobile`.
    pub channel: String,
    /// Language of the texts that come back.
    pub language: Language,
}

/// An inquiry with its answer.
#[derive(Debug, Clone)]
pub struct Inquiry {
    /// Begins with `inq_`.
    pub id: RecordId,
    /// Which service was asked.
    pub service: ServiceCode,
    /// Who asked.
    pub client: ClientId,
    /// On whose behalf.
    pub subject: SubjectId,
    /// What came back.
    pub answer: InquiryAnswer,
    /// When it was asked.
    pub created_at: Moment,
}

/// What came back from the agency.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InquiryAnswer {
    /// The document.
    Ready(Document),
    /// Asked again by reading the inquiry later.
    Pending(Ticket),
    /// The citizen answers another question first.
    AskMore(NextStep),
}

/// Why there is no inquiry.
#[derive(Debug, thiserror::Error)]
pub enum InquiriesError {
    /// The service gave no answer.
    #[error(transparent)]
    Service(#[from] ServiceFailure),
    /// No such inquiry of this client.
    #[error("there is no such inquiry")]
    Unknown,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}
