//! Amounts that a service accepts. Working out a single payment is the payment
//! room's work.

use guichet_domain::Money;
use guichet_domain::bill::AmountRule;
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
