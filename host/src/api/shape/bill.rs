//! One bill on the wire.

use guichet_sandbox::contract::bill_payment as contract;
use serde::Serialize;
use utoipa::ToSchema;

use super::money::Money;
use super::parts::{Details, Field, details, fields};

/// What is owed for a period, or an open bill for a free amount.
#[derive(Debug, Serialize, ToSchema)]
pub struct Bill {
    /// The biller's number; payments name it.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// The time it is for.
    pub period: Option<Period>,
    /// First day it can be paid, ISO 8601.
    pub payable_from: Option<String>,
    /// Last day it can be paid, ISO 8601.
    pub payable_to: Option<String>,
    /// What is to be paid now; zero for an open bill.
    pub amount: Money,
    /// Which amounts are accepted.
    pub amount_rule: AmountRule,
    /// The sum of all late charges, where there are any.
    pub late_charge: Option<Money>,
    /// Late charges by kind; they are never mixed.
    pub late_charges: Vec<LateCharge>,
    /// What is owed without late charges and discounts.
    pub principal: Money,
    /// The principal's parts.
    pub charges: Vec<Charge>,
    /// Taken off.
    pub discount: Option<Money>,
    /// Credit from earlier periods.
    pub brought_forward: Option<Money>,
    /// Paid on this bill already.
    pub paid: Option<Money>,
    /// Rounding, of either sign.
    pub rounding: Option<Money>,
    /// Meter readings.
    pub readings: Vec<Reading>,
    /// Steps of a progressive tariff.
    pub tiers: Vec<Tier>,
    /// Whether it can be paid here.
    pub payable: bool,
    /// Why it cannot.
    pub not_payable_reason: Option<String>,
    /// Position for `oldest_first`; the smallest is paid first.
    pub order: u32,
    /// Bills of one group are chosen together or not at all.
    pub group: Option<String>,
    /// More to show.
    pub fields: Vec<Field>,
    /// Machine-readable extras.
    pub details: Details,
}

/// From and to, both included, ISO 8601.
#[derive(Debug, Serialize, ToSchema)]
pub struct Period {
    /// First day.
    #[schema(example = "2026-10-01")]
    pub from: String,
    /// Last day.
    #[schema(example = "2026-10-31")]
    pub to: String,
}

/// Which amounts a bill or service accepts.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AmountRule {
    /// The amount as it stands.
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
        /// The step.
        step: Money,
    },
    /// One of these.
    Choices {
        /// The amounts.
        amounts: Vec<Money>,
    },
    /// The whole bill, and up to this much on top, kept as balance.
    WholePlus {
        /// The most on top.
        allowance: Money,
    },
    /// A rule this host does not know: the bill cannot be paid here.
    Other {
        /// The biller's name for it.
        name: String,
    },
}

/// One late charge.
#[derive(Debug, Serialize, ToSchema)]
pub struct LateCharge {
    /// `liquidated_damages` (违约金), `late_payment_surcharge` (滞纳金) or
    /// `additional_penalty` (加处罚款).
    #[schema(example = "liquidated_damages")]
    pub kind: String,
    /// How much.
    pub amount: Money,
}

/// A part of the principal.
#[derive(Debug, Serialize, ToSchema)]
pub struct Charge {
    /// The biller's code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// How much.
    pub amount: Money,
}

/// A meter reading; quantities are decimal text.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reading {
    /// The meter.
    pub meter: String,
    /// Before.
    pub previous: String,
    /// Now.
    pub current: String,
    /// The use.
    pub used: String,
    /// Unit of measure.
    pub measure: String,
    /// When it was read, ISO 8601.
    pub read_on: Option<String>,
}

/// A step of a progressive tariff.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tier {
    /// Its name.
    pub name: String,
    /// Decimal text.
    pub quantity: String,
    /// Unit of measure.
    pub measure: String,
    /// Decimal text in the major unit.
    #[schema(example = "0.5380")]
    pub unit_price: String,
    /// How much.
    pub amount: Money,
}

impl From<contract::Bill> for Bill {
    fn from(bill: contract::Bill) -> Self {
        let (payable, not_payable_reason) = match bill.payability {
            contract::Payability::Payable => (true, None),
            contract::Payability::NotPayable(reason) | contract::Payability::Other(reason) => {
                (false, Some(reason))
            }
        };
        Self {
            id: bill.number,
            title: bill.title,
            period: bill.period.map(|period| Period {
                from: period.from,
                to: period.to,
            }),
            payable_from: bill.payable_from,
            payable_to: bill.payable_to,
            amount: bill.payable.into(),
            amount_rule: bill.rule.into(),
            late_charge: sum_of(&bill.late_charges),
            late_charges: bill
                .late_charges
                .into_iter()
                .map(LateCharge::from)
                .collect(),
            principal: bill.principal.into(),
            charges: bill.charges.into_iter().map(Charge::from).collect(),
            discount: bill.discount.map(Money::from),
            brought_forward: bill.brought_forward.map(Money::from),
            paid: bill.paid.map(Money::from),
            rounding: bill.rounding.map(Money::from),
            readings: bill.readings.into_iter().map(Reading::from).collect(),
            tiers: bill.tiers.into_iter().map(Tier::from).collect(),
            payable,
            not_payable_reason,
            order: bill.order,
            group: bill.group,
            fields: fields(bill.fields),
            details: details(bill.details),
        }
    }
}

/// The sum where there are charges; a sum that cannot be made is left out, the
/// single charges stand beside it.
fn sum_of(charges: &[contract::LateCharge]) -> Option<Money> {
    let first = charges.first()?.amount.clone();
    let sum = charges[1..].iter().try_fold(first, |mut sum, charge| {
        (sum.currency == charge.amount.currency).then_some(())?;
        sum.minor_units = sum.minor_units.checked_add(charge.amount.minor_units)?;
        Some(sum)
    });
    sum.map(Money::from)
}

impl From<contract::AmountRule> for AmountRule {
    fn from(rule: contract::AmountRule) -> Self {
        match rule {
            contract::AmountRule::Exact => Self::Exact,
            contract::AmountRule::AtMost(maximum) => Self::AtMost {
                maximum: maximum.into(),
            },
            contract::AmountRule::AtLeast(minimum) => Self::AtLeast {
                minimum: minimum.into(),
            },
            contract::AmountRule::Between(range) => Self::Between {
                minimum: range.minimum.into(),
                maximum: range.maximum.into(),
            },
            contract::AmountRule::Steps(steps) => Self::Steps {
                minimum: steps.minimum.into(),
                maximum: steps.maximum.into(),
                step: steps.step.into(),
            },
            contract::AmountRule::Choices(amounts) => Self::Choices {
                amounts: amounts.into_iter().map(Money::from).collect(),
            },
            contract::AmountRule::WholePlus(allowance) => Self::WholePlus {
                allowance: allowance.into(),
            },
            contract::AmountRule::Other(name) => Self::Other { name },
        }
    }
}

impl From<contract::LateCharge> for LateCharge {
    fn from(charge: contract::LateCharge) -> Self {
        use contract::LateChargeKind;
        let kind = match charge.kind {
            LateChargeKind::LiquidatedDamages => "liquidated_damages".to_owned(),
            LateChargeKind::LatePaymentSurcharge => "late_payment_surcharge".to_owned(),
            LateChargeKind::AdditionalPenalty => "additional_penalty".to_owned(),
            LateChargeKind::Other(kind) => kind,
        };
        Self {
            kind,
            amount: charge.amount.into(),
        }
    }
}

impl From<contract::Charge> for Charge {
    fn from(charge: contract::Charge) -> Self {
        Self {
            code: charge.code,
            title: charge.title,
            amount: charge.amount.into(),
        }
    }
}

impl From<contract::Reading> for Reading {
    fn from(reading: contract::Reading) -> Self {
        let contract::Reading {
            meter,
            previous,
            current,
            used,
            measure,
            read_on,
            ..
        } = reading;
        Self {
            meter,
            previous,
            current,
            used,
            measure,
            read_on,
        }
    }
}

impl From<contract::Tier> for Tier {
    fn from(tier: contract::Tier) -> Self {
        let contract::Tier {
            name,
            quantity,
            measure,
            unit_price,
            amount,
            ..
        } = tier;
        Self {
            name,
            quantity,
            measure,
            unit_price,
            amount: amount.into(),
        }
    }
}
