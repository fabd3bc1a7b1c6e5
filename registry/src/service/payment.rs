//! How a service is paid: flow, amounts, selection, fee and what the biller can
//! do. Deciding a payment's fate by it is the payment room's work.

use guichet_domain::Money;
use serde::{Deserialize, Serialize};

use super::schedule::TimeOfDay;

/// Everything about paying that does not depend on a bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentTerms {
    /// The steps up to the bill.
    pub flow: Flow,
    /// Before or after the use.
    #[serde(default)]
    pub timing: Timing,
    /// Which amounts are accepted.
    #[serde(default)]
    pub amount: Amounts,
    /// How many bills one payment takes.
    #[serde(default)]
    pub selection: Selection,
    /// What paying costs.
    #[serde(default, skip_serializing_if = "Fee::is_none")]
    pub fee: Fee,
    /// What the biller can do.
    #[serde(default)]
    pub capabilities: Capabilities,
}

/// The steps up to the bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// 先查后缴.
    QueryThenPay,
    /// 二次查询.
    SecondStepQuery,
    /// 核验后缴.
    ValidateThenPay,
    /// 直接缴费: the query answers one open bill.
    Direct,
}

/// When the citizen pays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Timing {
    /// Before the use: a purchase or a top-up.
    Prepaid,
    /// After it: something is owed.
    #[default]
    Postpaid,
}

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

/// How many of the bills one payment takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Selection {
    /// One.
    #[default]
    Single,
    /// Any of them.
    Any,
    /// All or none.
    All,
    /// Any number, beginning with the oldest.
    OldestFirst,
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
    fn is_none(&self) -> bool {
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

/// What the biller can do; believed as far as certification shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Capabilities {
    /// Whether a second submission of the same reference provably does nothing.
    pub deduplicates: bool,
    /// What its status answer is worth.
    pub status: StatusAnswer,
    /// Whether an application can be undone.
    pub reversal: Reversal,
    /// Who makes the day file.
    pub day_file: DayFile,
}

/// What a status answer is worth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, tag = "is")]
pub enum StatusAnswer {
    /// It cannot be asked: the day file decides.
    #[default]
    None,
    /// `applied` counts, `not-found` does not.
    Advisory,
    /// `not-found` counts too, once this much time has passed since submission.
    Authoritative {
        /// Seconds.
        after_seconds: u32,
    },
}

/// Whether an application can be undone on its accounting date (冲正).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, tag = "is")]
pub enum Reversal {
    /// Never.
    #[default]
    None,
    /// Until a time of the same day, Asia/Shanghai.
    SameDay {
        /// Not included.
        until: TimeOfDay,
    },
}

/// Who makes the reconciliation file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayFile {
    /// There is none.
    #[default]
    None,
    /// The biller; we check it.
    Biller,
    /// We; the biller checks it.
    Operator,
}
