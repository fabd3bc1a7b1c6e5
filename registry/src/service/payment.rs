//! How a service is paid: flow, amounts, selection, fee and what the biller can
//! do. Deciding a payment's fate by it is the payment room's work.

use guichet_domain::bill::Selection;
use guichet_domain::fee::FeeTerms;
use serde::{Deserialize, Serialize};

use super::amount::Amounts;
use super::capability::Capabilities;

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
    #[serde(default, skip_serializing_if = "FeeTerms::is_free")]
    pub fee: FeeTerms,
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
