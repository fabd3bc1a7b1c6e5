//! What is sent to a biller and what it may answer, in the payment room's own
//! words. The plugin side translates them from and to the contract.

use guichet_domain::bill::Item;
use guichet_domain::fee::Fee;
use guichet_domain::id::{BillerId, ClientId, RecordId, ServiceCode, SubjectId};
use guichet_domain::{AccountingDate, Moment, Money};
use serde::{Deserialize, Serialize};

/// One bill of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderItem {
    /// The bill's number.
    pub bill: String,
    /// Its title, for receipts.
    pub title: String,
    /// The plugin's token from the query.
    pub token: String,
    /// What is paid of it.
    pub amount: Money,
}

impl OrderItem {
    /// Number and amount alone.
    #[must_use]
    pub fn item(&self) -> Item {
        Item {
            bill: self.bill.clone(),
            amount: self.amount,
        }
    }
}

/// Person or firm.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayerType {
    /// A citizen.
    #[default]
    Person,
    /// A firm.
    Firm,
}

/// How sure the client is of who the subject is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    /// Not at all.
    #[default]
    None,
    /// A little.
    Low,
    /// Two factors.
    Substantial,
    /// Seen in person, or as good.
    High,
}

/// The circumstances of a payment that plugins are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circumstances {
    /// The region that the citizen chose.
    pub region: String,
    /// The client's channel: `mobile`.
    pub channel: String,
    /// BCP 47 language tag.
    pub locale: String,
    /// One id over all calls of one errand.
    pub journey: String,
    /// Person or firm.
    pub payer_type: PayerType,
    /// How well the subject is known.
    pub assurance: Assurance,
}

/// What is to be paid. Kept sealed: it holds the citizen's inputs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The payment's id: the reference that billers see, the same for ever.
    pub payment: RecordId,
    /// The same payment as a number of at most 18 digits.
    pub sequence: u64,
    /// Counts from 1; filled in at submission.
    pub attempt: u32,
    /// The catalogue entry.
    pub service: ServiceCode,
    /// Release digest that the bill was queried with.
    pub release: String,
    /// Who is paid.
    pub biller: BillerId,
    /// On whose behalf.
    pub subject: SubjectId,
    /// Through which client.
    pub client: ClientId,
    /// The account at the biller, where the query named one.
    pub account_number: Option<String>,
    /// 1 to 50 bills.
    pub items: Vec<OrderItem>,
    /// Sum of the items.
    pub total: Money,
    /// Beside the total.
    pub fee: Option<Fee>,
    /// What the citizen filled in.
    pub inputs: Vec<(String, String)>,
    /// Where and how.
    pub circumstances: Circumstances,
    /// The day the payment belongs to.
    pub accounting_date: AccountingDate,
    /// When the payment was asked for.
    pub requested_at: Moment,
}

/// Evidence that the biller has written the bill off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// The biller's serial number.
    pub serial: String,
    /// What was credited; other than the order's total it is no evidence.
    pub amount: Money,
    /// The biller's own time, RFC 3339.
    pub at: String,
    /// The contract's whole `application` record, for receipts and reversals.
    pub record: serde_json::Value,
}

/// The biller took the order and has not decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingAnswer {
    /// For people.
    pub message: String,
    /// When to ask again, where the biller said so.
    pub ask_after_seconds: Option<u32>,
    /// The contract's whole `pending` record; comes back with the next status call.
    pub record: serde_json::Value,
}

/// Why the biller said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalGround {
    /// Paid already, or the reference is known: says nothing about this
    /// payment's own effect and never gives money back by itself.
    PerhapsPaid,
    /// Any other definite no.
    Definite,
}

/// A definite no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What it proves.
    pub ground: RefusalGround,
    /// The biller's own code.
    pub code: String,
    /// For the citizen.
    pub message: String,
}

/// An answer to a submission or a status query, judged already by the
/// sandbox's effect state: what cannot be believed arrives as `Unknown`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "body")]
pub enum Outcome {
    /// Written off.
    Applied(Application),
    /// Taken, not decided.
    Pending(PendingAnswer),
    /// A definite no: of this attempt when submitting, of the payment when
    /// asked by status.
    Refused(Refusal),
    /// It is certain that nothing left the plugin in this attempt.
    NotSent(String),
    /// No evidence.
    Unknown(String),
    /// The biller knows no such reference (status only).
    NotFound,
    /// Applied and undone since (status only); a matter for people.
    Reversed(serde_json::Value),
}

/// Undoing an application on the same accounting date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReversalOrder {
    /// The reversal's own id, the same over all attempts.
    pub reversal: RecordId,
    /// Counts from 1.
    pub attempt: u32,
    /// What was submitted.
    pub order: Order,
    /// The biller's answer to it.
    pub application: Application,
    /// Why.
    pub reason: String,
    /// When it was asked for.
    pub requested_at: Moment,
}

/// An answer to a reversal or to its status query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "body")]
pub enum ReversalOutcome {
    /// Undone; the contract's whole `reversed` record.
    Reversed(serde_json::Value),
    /// Not decided.
    Pending(PendingAnswer),
    /// A definite no.
    Refused(Refusal),
    /// Nothing left the plugin.
    NotSent(String),
    /// The biller knows no such reversal (status only).
    NotFound,
    /// No evidence.
    Unknown(String),
}
