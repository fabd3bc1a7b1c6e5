//! What holds for the payments of a service.

use guichet_domain::bill::{AmountRule, Limits};
use guichet_domain::fee::FeeTerms;
use guichet_domain::id::{BillerId, CategoryCode, ServiceCode};
use guichet_domain::payment::Capabilities;
use serde::{Deserialize, Serialize};

/// Who gets the money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payee {
    /// The biller, in its own name.
    #[default]
    Biller,
    /// The treasury (non-tax revenue).
    Treasury,
}

/// What a payment must know of its service. Kept with the payment, so that a
/// later release does not change its rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The catalogue entry.
    pub service: ServiceCode,
    /// What kind of service it is; clients' prices go by it.
    pub category: CategoryCode,
    /// Who is paid.
    pub biller: BillerId,
    /// In whose name the money is booked.
    pub payee: Payee,
    /// The amounts that it accepts for every bill.
    pub rule: AmountRule,
    /// The service's own limits.
    pub limits: Limits,
    /// What paying costs.
    pub fee: FeeTerms,
    /// What the biller can do.
    pub capabilities: Capabilities,
}
