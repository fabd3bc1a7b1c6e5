//! Amounts that a service accepts, and what paying costs. Working out a single
//! payment is the payment room's work.

use guichet_domain::Money;
use serde::{Deserialize, Serialize};

/// Accepted amounts; a bill's own rule and limits can only be narrower.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amounts {
    /// For every bill.
    pub rule: AmountRule,
    /// The most in one payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_payment: Option<Money>,
    /// The most on one account and accounting date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day: Option<Money>,
}

/// Which amounts a bill accepts; the cases of the contract's `amount-rule`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, tag = "is")]
pub enum AmountRule {
    /// The payable amount.
    #[default]
    Exact,
    /// Up to an amount.
    AtMost {
        /// Included.
        maximum: Money,
    },
    /// From an amount on.
    AtLeast {
        /// Included.
        minimum: Money,
    },
    /// From and to.
    Between {
        /// Included.
        minimum: Money,
        /// Included.
        maximum: Money,
    },
    /// The minimum plus a whole number of steps.
    Steps {
        /// Included.
        minimum: Money,
        /// Included where the steps meet it.
        maximum: Money,
        /// Above zero.
        step: Money,
    },
    /// One of these.
    Choices {
        /// Ascending.
        amounts: Vec<Money>,
    },
    /// The whole bill and up to this much on top.
    WholePlus {
        /// The most on top.
        allowance: Money,
    },
}

/// What paying costs, beside the amount.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    /// How much.
    pub rule: FeeRule,
    /// Who bears it.
    #[serde(default)]
    pub bearer: FeeBearer,
}

impl Fee {
    pub(super) fn is_none(&self) -> bool {
        self.rule == FeeRule::None
    }
}

/// How a fee is worked out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, tag = "is")]
pub enum FeeRule {
    /// Free.
    #[default]
    None,
    /// The same for every payment.
    Fixed {
        /// Not negative.
        amount: Money,
    },
    /// A part of the amount, rounded half up to the minor unit.
    Rate {
        /// Hundredths of a percent, up to 10,000.
        basis_points: u16,
        /// At least.
        minimum: Money,
        /// At most.
        maximum: Money,
    },
}

/// Who bears a fee.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeeBearer {
    /// On top of the amount.
    Payer,
    /// Withheld at settlement.
    #[default]
    Biller,
    /// The bank.
    Operator,
}
