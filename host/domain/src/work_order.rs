//! Work orders: what people have to decide, by evidence or by two of them, and
//! the one function that moves an order. It knows no payment and no database.

use serde::{Deserialize, Serialize};

use crate::id::PersonId;
use crate::moment::Moment;
use crate::words::words;

mod advance;

pub use advance::{Act, Refusal, Standing, advance};

const HOUR_MS: i64 = 60 * 60 * 1_000;

words! {
    /// What an order is about.
    Kind {
        /// Nobody knows whether the biller has applied a payment.
        UnknownPayment = "unknown_payment",
        /// A bank breaks its word about a release, capture or refund.
        BankLeg = "bank_leg",
        /// The biller has to agree to a refund.
        RefundAgreement = "refund_agreement",
        /// Money without record (长款).
        Surplus = "surplus",
        /// Record without money (短款).
        Shortage = "shortage",
        /// Two sides name different amounts.
        AmountDiffers = "amount_differs",
        /// The biller has applied a payment more than once.
        Duplicate = "duplicate",
        /// Bank and ledger do not agree.
        BankDiffers = "bank_differs",
        /// Client and ledger do not agree.
        ChannelDiffers = "channel_differs",
        /// A party has not sent its day file.
        MissingFile = "missing_file",
        /// A settlement came back.
        ReturnedSettlement = "returned_settlement",
    }

    /// Where an order stands.
    State {
        /// Nobody has decided anything.
        Open = "open",
        /// One person has proposed a decision.
        Proposed = "proposed",
        /// Two persons agree; it is being carried out.
        Decided = "decided",
        /// Ended, by a decision that was carried out or by evidence.
        Closed = "closed",
    }

    /// What two persons can decide.
    Decision {
        /// The biller has applied the payment.
        Applied = "applied",
        /// The biller has not and will not.
        NotApplied = "not_applied",
        /// The biller agrees to the refund.
        RefundAgreed = "refund_agreed",
        /// The biller does not.
        RefundRefused = "refund_refused",
        /// The payer gets the money back.
        RefundPayer = "refund_payer",
        /// The other party corrects its record.
        PartyCorrects = "party_corrects",
        /// The operator bears the difference.
        OperatorBears = "operator_bears",
        /// The bank leg is asked for again.
        TryAgain = "try_again",
        /// It was settled outside; the evidence says how.
        SettledOutside = "settled_outside",
    }
}

impl Kind {
    /// What may be decided about it.
    #[must_use]
    pub const fn decisions(self) -> &'static [Decision] {
        match self {
            Self::UnknownPayment => &[Decision::Applied, Decision::NotApplied],
            Self::BankLeg => &[Decision::TryAgain, Decision::SettledOutside],
            Self::RefundAgreement => &[Decision::RefundAgreed, Decision::RefundRefused],
            Self::Surplus => &[Decision::PartyCorrects, Decision::RefundPayer],
            Self::Shortage => &[Decision::PartyCorrects, Decision::OperatorBears],
            Self::AmountDiffers | Self::Duplicate | Self::BankDiffers => &[
                Decision::PartyCorrects,
                Decision::OperatorBears,
                Decision::SettledOutside,
            ],
            Self::ChannelDiffers => &[Decision::PartyCorrects],
            Self::MissingFile => &[Decision::SettledOutside],
            Self::ReturnedSettlement => &[Decision::TryAgain],
        }
    }

    /// How long people have, in milliseconds.
    #[must_use]
    pub const fn patience_ms(self) -> i64 {
        match self {
            Self::UnknownPayment | Self::BankLeg => 24 * HOUR_MS,
            Self::MissingFile => 12 * HOUR_MS,
            Self::Surplus | Self::Shortage | Self::AmountDiffers | Self::Duplicate => 48 * HOUR_MS,
            Self::BankDiffers | Self::ReturnedSettlement => 24 * HOUR_MS,
            Self::RefundAgreement | Self::ChannelDiffers => 5 * 24 * HOUR_MS,
        }
    }

    /// Whether money of the payment must not be settled before it is decided.
    #[must_use]
    pub const fn holds_settlement(self) -> bool {
        match self {
            Self::Surplus | Self::AmountDiffers | Self::BankDiffers | Self::BankLeg => true,
            Self::UnknownPayment
            | Self::RefundAgreement
            | Self::Shortage
            | Self::Duplicate
            | Self::ChannelDiffers
            | Self::MissingFile
            | Self::ReturnedSettlement => false,
        }
    }
}

/// A decision that one person has proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Who.
    pub by: PersonId,
    /// What.
    pub decision: Decision,
    /// On which ground: a document's number, a call, a file.
    pub evidence: String,
    /// The biller's serial number, where it has applied a payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// The payment as it stood when this was proposed; none where it is about none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
}

/// What a decision about a payment rests on: it does not speak for an attempt that
/// was begun since, nor for another time that people were needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// When the last attempt, or that of its reversal, was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempted_at: Option<Moment>,
    /// Since when people were needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_since: Option<Moment>,
    /// Whether no attempt could be on its way any more: only then it proves
    /// something that nothing was found.
    pub quiet: bool,
}

#[cfg(test)]
mod tests;
