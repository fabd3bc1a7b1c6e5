//! The rule of who prevails, as one pure function over what four sides say about
//! one payment (`docs/day-end.md`). It says what is found, never what to do.

use serde::{Deserialize, Serialize};

use crate::money::Money;

/// What our own books say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerSide {
    /// There is no such payment here.
    Absent,
    /// Its outcome is not known; so much was asked for.
    Open(Money),
    /// The payer's money was taken.
    Taken(Money),
    /// It was not taken, or was given back.
    NotTaken(Money),
}

/// What the biller's own file says, undone applications taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillerSide {
    /// Its file is not here yet.
    NotYet,
    /// Its file is here and does not have it.
    Nothing,
    /// Applied once.
    Once(Money),
    /// Applied so many times.
    Several(u32),
}

/// What a bank's statement or a client's file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// This side has no part in the payment.
    NotConcerned,
    /// Its file is not here yet.
    NotYet,
    /// Its file is here and does not have it.
    Nothing,
    /// So much was taken from the payer.
    Amount(Money),
}

/// What the payer's bank has to show of a payment, the payer's fee included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtBank {
    /// So much, where the ledger has taken the payment.
    Amount(Money),
    /// So much or nothing: a leg is under way, or the money was given back, and
    /// the statements that are here need not show both.
    EitherWay(Money),
}

/// What all four say about one reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sides {
    /// The payer's bank.
    pub bank: Heard,
    /// What that bank has to show; none where the money lies in our own books.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_bank: Option<AtBank>,
    /// Our ledger.
    pub ledger: LedgerSide,
    /// The client.
    pub channel: Heard,
    /// The biller.
    pub biller: BillerSide,
}

/// What is found. Each reference ends in exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// All who spoke agree.
    Matched,
    /// Money was taken; the biller's file has to confirm it yet.
    Awaited,
    /// The outcome is open and the biller's file is not here: carried.
    Carried,
    /// The outcome was open; the biller's file says that it was applied.
    FoundApplied,
    /// The outcome was open; the biller's file does not have it.
    FoundNotApplied,
    /// Money without record (长款): taken, and the biller has no record.
    Surplus,
    /// Record without money (短款): the biller has it, and nothing was taken.
    Shortage,
    /// Biller and ledger name different amounts.
    AmountDiffers,
    /// The biller has applied it more than once.
    Duplicate,
    /// The bank took money that the ledger does not have.
    BankSurplus,
    /// The ledger has money that the bank did not take.
    BankShortage,
    /// Bank and ledger name different amounts.
    BankDiffers,
    /// The client's file says something else than the ledger.
    ChannelDiffers,
}

impl Finding {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Matched,
        Self::Awaited,
        Self::Carried,
        Self::FoundApplied,
        Self::FoundNotApplied,
        Self::Surplus,
        Self::Shortage,
        Self::AmountDiffers,
        Self::Duplicate,
        Self::BankSurplus,
        Self::BankShortage,
        Self::BankDiffers,
        Self::ChannelDiffers,
    ];

    /// Its word in the database and on the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Awaited => "awaited",
            Self::Carried => "carried",
            Self::FoundApplied => "found_applied",
            Self::FoundNotApplied => "found_not_applied",
            Self::Surplus => "surplus",
            Self::Shortage => "shortage",
            Self::AmountDiffers => "amount_differs",
            Self::Duplicate => "duplicate",
            Self::BankSurplus => "bank_surplus",
            Self::BankShortage => "bank_shortage",
            Self::BankDiffers => "bank_differs",
            Self::ChannelDiffers => "channel_differs",
        }
    }

    /// Whether people have to decide something.
    #[must_use]
    pub const fn is_difference(self) -> bool {
        match self {
            Self::Matched
            | Self::Awaited
            | Self::Carried
            | Self::FoundApplied
            | Self::FoundNotApplied => false,
            Self::Surplus
            | Self::Shortage
            | Self::AmountDiffers
            | Self::Duplicate
            | Self::BankSurplus
            | Self::BankShortage
            | Self::BankDiffers
            | Self::ChannelDiffers => true,
        }
    }
}

impl std::str::FromStr for Finding {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|one| one.as_str() == text)
            .ok_or(())
    }
}

/// Judges. Whether a bill is written off, the biller decides; whether money was
/// moved, the payer's bank; over the client's word our ledger prevails. The
/// biller is heard first, since its word moves money; then the bank, then the
/// client.
#[must_use]
pub fn judge(sides: &Sides) -> Finding {
    let by_biller = match (sides.biller, sides.ledger) {
        (BillerSide::Several(_), _) => Some(Finding::Duplicate),
        (BillerSide::Once(_), LedgerSide::Absent | LedgerSide::NotTaken(_)) => {
            Some(Finding::Shortage)
        }
        (BillerSide::Once(theirs), LedgerSide::Open(ours) | LedgerSide::Taken(ours))
            if theirs != ours =>
        {
            Some(Finding::AmountDiffers)
        }
        (BillerSide::Once(_), LedgerSide::Open(_)) => Some(Finding::FoundApplied),
        (BillerSide::Once(_), LedgerSide::Taken(_)) => None,
        (BillerSide::Nothing, LedgerSide::Open(_)) => Some(Finding::FoundNotApplied),
        (BillerSide::Nothing, LedgerSide::Taken(_)) => Some(Finding::Surplus),
        (BillerSide::NotYet, LedgerSide::Open(_)) => Some(Finding::Carried),
        (BillerSide::NotYet, LedgerSide::Taken(_)) => None,
        (
            BillerSide::Nothing | BillerSide::NotYet,
            LedgerSide::NotTaken(_) | LedgerSide::Absent,
        ) => None,
    };
    by_biller
        .or_else(|| by_bank(sides.bank, sides.ledger, sides.at_bank))
        .or_else(|| by_channel(sides.channel, sides.ledger))
        .unwrap_or(match (sides.biller, sides.ledger) {
            (BillerSide::NotYet, LedgerSide::Taken(_)) => Finding::Awaited,
            _ => Finding::Matched,
        })
}

fn by_bank(bank: Heard, ledger: LedgerSide, at_bank: Option<AtBank>) -> Option<Finding> {
    let differs = |differs: bool| differs.then_some(Finding::BankDiffers);
    match (bank, ledger, at_bank) {
        (Heard::NotConcerned | Heard::NotYet, _, _) | (_, LedgerSide::Open(_), _) => None,
        (Heard::Nothing, LedgerSide::NotTaken(_) | LedgerSide::Absent, _) => None,
        (Heard::Nothing, LedgerSide::Taken(_), Some(AtBank::EitherWay(_))) => None,
        (Heard::Nothing, LedgerSide::Taken(_), Some(AtBank::Amount(_)) | None) => {
            Some(Finding::BankShortage)
        }
        (Heard::Amount(theirs), _, Some(AtBank::EitherWay(ours)))
        | (Heard::Amount(theirs), LedgerSide::Taken(_), Some(AtBank::Amount(ours)))
        | (Heard::Amount(theirs), LedgerSide::Taken(ours), None) => differs(theirs != ours),
        (
            Heard::Amount(_),
            LedgerSide::NotTaken(_) | LedgerSide::Absent,
            Some(AtBank::Amount(_)) | None,
        ) => Some(Finding::BankSurplus),
    }
}

fn by_channel(channel: Heard, ledger: LedgerSide) -> Option<Finding> {
    let agrees = match (channel, ledger) {
        (Heard::NotConcerned | Heard::NotYet, _) | (_, LedgerSide::Open(_)) => true,
        (Heard::Nothing, LedgerSide::Taken(_)) => false,
        (Heard::Nothing, LedgerSide::NotTaken(_) | LedgerSide::Absent) => true,
        (Heard::Amount(theirs), LedgerSide::Taken(ours)) => theirs == ours,
        (Heard::Amount(_), LedgerSide::NotTaken(_) | LedgerSide::Absent) => false,
    };
    (!agrees).then_some(Finding::ChannelDiffers)
}
