//! A payment as clients see it. Everything here is stable: it is stored as the
//! acknowledgement and answered again byte for byte.

use guichet_domain::bill::Item;
use guichet_domain::fee::Fee;
use guichet_domain::id::{AccountId, BillerId, RecordId, ServiceCode, SubjectId};
use guichet_domain::payment::State;
use guichet_domain::{AccountingDate, Digest, Moment, Money};
use serde::{Deserialize, Serialize};

use super::receipt::Facts;
use crate::store::LoggedEvent;
use crate::terms::order::Application;
use crate::terms::payer::ActionKind;

/// A payment as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentView {
    /// Its id, and the reference that the biller sees.
    pub id: RecordId,
    /// Where it stands.
    pub state: State,
    /// The catalogue entry.
    pub service: ServiceCode,
    /// On whose behalf.
    pub subject: SubjectId,
    /// The query it was made from.
    pub bill_query: RecordId,
    /// What is paid.
    pub items: Vec<Item>,
    /// Sum of the items.
    pub total: Money,
    /// Beside the total.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fee: Option<Fee>,
    /// From where.
    pub payer_account: AccountId,
    /// The client's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_reference: Option<String>,
    /// The day it belongs to.
    pub accounting_date: AccountingDate,
    /// When it was asked for.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// Who looks after it while its outcome is open: `worker` or `operator`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// By when there will be news.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub news_by: Option<Moment>,
    /// Why it was refused, or why it waits; for the citizen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the payer's side has to do first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<ActionView>,
    /// The biller's evidence, once applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<Application>,
}

/// What the payer's side is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionView {
    /// Who has to do what.
    pub kind: ActionKind,
    /// SHA-256 over what is agreed to; comes back with the agreement.
    pub binding: Digest,
    /// Who is paid.
    pub payee: BillerId,
    /// All that is taken, the payer's fee included.
    pub amount: Money,
    /// Until when.
    pub expires_at: Moment,
}

impl PaymentView {
    /// Whether somebody who waits for the payment is answered now: it has ended, or
    /// the payer has to act first.
    #[must_use]
    pub const fn is_awaited(&self) -> bool {
        self.has_ended() || self.action.is_some()
    }

    /// Whether clients need not wait any longer. The bank's legs end in the
    /// same transaction with the embedded ledger.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        match self.state {
            State::Declined
            | State::Cancelled
            | State::Expired
            | State::Applied
            | State::Released
            | State::Reversed
            | State::Refunded => true,
            State::Requested
            | State::RequiresAction
            | State::Held
            | State::Submitted
            | State::Pending
            | State::Unknown
            | State::Refused
            | State::Reversing
            | State::Refunding => false,
        }
    }
}

/// One thing that happened to a payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventView {
    /// Counts from 1 within the payment.
    pub number: u32,
    /// Its name.
    pub event: String,
    /// Where it led.
    pub state: State,
    /// Attempt that it belongs to; 0 before the first.
    pub attempt: u32,
    /// When.
    pub at: Moment,
}

/// A receipt, before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The payment as it is.
    pub payment: PaymentView,
    /// What the receipt says.
    pub facts: Facts,
    /// The biller's evidence, complete.
    pub application: Application,
    /// Where the payment has stood since it was applied, with the first event
    /// that led there: applied, and perhaps reversed or refunded.
    pub history: Vec<LoggedEvent>,
}
