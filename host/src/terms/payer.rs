//! What a payment keeps of its payer's side: the bank behind the account, what
//! the payer has to agree to, and what people have found out. Kept sealed. Books
//! nothing and asks nobody.

use guichet_domain::id::{BankName, PersonId};
use guichet_domain::payment::{Backing, Leg};
use guichet_domain::{Digest, Moment};
use serde::{Deserialize, Serialize};

use crate::bank::{AccountNumber, Custom};

/// Pieces of evidence that one payment keeps at most; the first ones count most.
const EVIDENCE: usize = 32;

/// The payer's side of a payment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayerSide {
    /// The bank behind the account; none where the house's ledger holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<PayerBank>,
    /// What the payer has to agree to before money is reserved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<Agreement>,
    /// The bank's serial numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<(Leg, String)>,
    /// What was found out by other ways than asking.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

/// An account at a bank, as it was linked when the payment began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayerBank {
    /// The bank's name.
    pub name: BankName,
    /// How it lets itself be used.
    pub custom: Custom,
    /// The account's number there.
    pub number: AccountNumber,
}

/// What the payer has to agree to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// One after the other.
    pub required: Vec<ActionKind>,
    /// SHA-256 over what is agreed to: payment, payee, amounts and account.
    pub binding: Digest,
    /// Until when.
    pub expires_at: Moment,
    /// What was agreed so far, in the order of `required`.
    pub given: Vec<Authorisation>,
}

/// What somebody on the payer's side has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// The payer authorises payee and amount.
    PayerAuthorisation,
    /// Somebody else of the firm agrees.
    SecondPerson,
}

impl ActionKind {
    /// The word on the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PayerAuthorisation => "payer_authorisation",
            Self::SecondPerson => "second_person",
        }
    }
}

/// What somebody agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorisation {
    /// Who, in the client's words.
    pub subject: String,
    /// How the client made sure: `passkey`, `sms_code` …
    pub method: String,
    /// The client's proof, kept for disputes.
    pub evidence: String,
    /// When.
    pub at: Moment,
}

/// Something found out by other ways than asking the biller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Where it comes from: `callback`, `day_file`, `decision`.
    pub source: String,
    /// What it says, for people.
    pub text: String,
    /// Who decided, where people did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<PersonId>,
    /// When it came.
    pub at: Moment,
}

impl PayerSide {
    /// What stands behind the account.
    #[must_use]
    pub fn backing(&self) -> Backing {
        match self.bank.as_ref().map(|bank| bank.custom) {
            None => Backing::OwnLedger,
            Some(Custom::HoldFirst) => Backing::HoldFirst,
            Some(Custom::CaptureFirst) => Backing::CaptureFirst,
        }
    }

    /// Keeps a bank's serial number, one for each leg.
    pub fn put_serial(&mut self, leg: Leg, serial: String) {
        self.serials.retain(|(other, _)| *other != leg);
        self.serials.push((leg, serial));
    }

    /// Keeps a piece of evidence; beyond the bound it is only in the history.
    pub fn put_evidence(&mut self, evidence: Evidence) {
        if self.evidence.len() < EVIDENCE {
            self.evidence.push(evidence);
        }
    }
}

impl Agreement {
    /// What is asked for now; none once everything is given.
    #[must_use]
    pub fn next(&self) -> Option<ActionKind> {
        self.required.get(self.given.len()).copied()
    }
}
