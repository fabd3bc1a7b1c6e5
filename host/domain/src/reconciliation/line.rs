//! One line of a day file, and the totals that its trailer states.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::money::{Currency, Money};

/// What a line reports. Amounts are always positive; the kind says which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A bill was written off.
    Payment,
    /// An application was undone on its own day.
    Reversal,
    /// Money was given back later.
    Refund,
}

impl LineKind {
    /// Its word in a file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Reversal => "reversal",
            Self::Refund => "refund",
        }
    }

    /// What an amount counts towards a total.
    const fn sign(self) -> i64 {
        match self {
            Self::Payment => 1,
            Self::Reversal | Self::Refund => -1,
        }
    }
}

impl FromStr for LineKind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "payment" => Ok(Self::Payment),
            "reversal" => Ok(Self::Reversal),
            "refund" => Ok(Self::Refund),
            _ => Err(()),
        }
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The payment's id; what a side cannot name so has its own reference here.
    pub reference: String,
    /// What it reports.
    pub kind: LineKind,
    /// The catalogue entry, as far as the maker knows it.
    pub service: String,
    /// Above zero.
    pub amount: Money,
    /// The part of it that is withheld as a fee; zero or above, minor units of
    /// the same currency.
    pub fee: i64,
    /// The maker's own serial number.
    pub serial: String,
    /// When it happened.
    pub at: Moment,
    /// For people; never personal data.
    pub note: String,
}

/// Net amounts by currency: payments less what was undone or given back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    count: u32,
    by_currency: BTreeMap<Currency, i64>,
}

impl Totals {
    /// Adds a line; none where the sum would leave 64 bits.
    #[must_use]
    pub fn add(&mut self, line: &Line) -> Option<()> {
        let sum = self.by_currency.entry(line.amount.currency()).or_default();
        let signed = line.amount.minor_units().checked_mul(line.kind.sign())?;
        *sum = sum.checked_add(signed)?;
        self.count = self.count.checked_add(1)?;
        Some(())
    }

    /// Lines.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Net amounts, in the order of currencies.
    pub fn amounts(&self) -> impl Iterator<Item = Money> {
        let pairs = self.by_currency.iter();
        pairs.map(|(currency, sum)| Money::new(*sum, *currency))
    }
}

impl fmt::Display for Totals {
    /// `CNY:123456;USD:-200`, empty where there are no lines.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (currency, sum)) in self.by_currency.iter().enumerate() {
            let separator = if position == 0 { "" } else { ";" };
            write!(f, "{separator}{currency}:{sum}")?;
        }
        Ok(())
    }
}
