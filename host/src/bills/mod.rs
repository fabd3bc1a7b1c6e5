//! Bill queries: a citizen asks what is owed. The answer is kept with an expiry,
//! so that a payment can name bills of it. Moves no money.

pub(crate) mod check;
mod room;

use guichet_domain::Moment;
use guichet_domain::id::{ClientId, RecordId, RegionCode, ServiceCode, SubjectId};
use guichet_sandbox::contract::bill_payment::Statement;
use guichet_sandbox::contract::types::{NextStep, Ticket};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::language::Language;
use crate::plugins::ServiceFailure;

pub use room::Bills;

/// What a client asks.
#[derive(Debug, Clone)]
pub struct NewBillQuery {
    /// Who calls.
    pub client: ClientId,
    /// On whose behalf.
    pub subject: SubjectId,
    /// Which service.
    pub service: ServiceCode,
    /// What the citizen filled in.
    pub inputs: Map<String, Value>,
    /// The token of the `ask_more` answer that this query continues.
    pub token: Option<String>,
    /// The region the citizen chose, where the service serves several.
    pub region: Option<RegionCode>,
    /// The client's channel, for example `mobile`.
    pub channel: String,
    /// Language of the texts that come back.
    pub language: Language,
}

/// A query with its answer.
#[derive(Debug, Clone)]
pub struct BillQuery {
    /// Begins with `bq_`.
    pub id: RecordId,
    /// Which service was asked.
    pub service: ServiceCode,
    /// Who asked.
    pub client: ClientId,
    /// On whose behalf.
    pub subject: SubjectId,
    /// What the citizen filled in, as the plugin got it.
    pub inputs: Vec<(String, String)>,
    /// What came back.
    pub answer: BillAnswer,
    /// After this moment a payment cannot name the query any more.
    pub expires_at: Moment,
    /// When it was asked.
    pub created_at: Moment,
}

/// What came back from the biller.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "one is made for each request and soon serialised"
)]
pub enum BillAnswer {
    /// What is owed.
    Ready(Statement),
    /// Asked again by reading the query later.
    Pending(Ticket),
    /// The citizen answers another question, and the client queries again with
    /// the answer among the inputs and the token.
    AskMore(NextStep),
}

/// Why there is no bill query.
#[derive(Debug, thiserror::Error)]
pub enum BillsError {
    /// The service gave no answer.
    #[error(transparent)]
    Service(#[from] ServiceFailure),
    /// No such bill query of this client.
    #[error("there is no such bill query")]
    Unknown,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}
