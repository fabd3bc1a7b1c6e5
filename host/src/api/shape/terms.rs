//! How a service is paid, and when it is open, on the wire.

use guichet_domain::Moment;
use guichet_domain::bill::{self, Selection};
use guichet_domain::fee::{self, FeeBearer, FeeRule};
use guichet_registry::service as registry;
use serde::Serialize;
use utoipa::ToSchema;

use super::bill::AmountRule;
use super::money::Money;
use crate::language::Language;
use crate::plugins::closing;

/// How a service is paid.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentTerms {
    /// The steps up to the bill: `query_then_pay` (先查后缴), `second_step_query`
    /// (二次查询), `validate_then_pay` (核验后缴) or `direct` (直接缴费). All of them
    /// begin with a bill query.
    #[schema(example = "query_then_pay")]
    pub flow: String,
    /// `prepaid` or `postpaid`.
    pub timing: String,
    /// Amounts accepted for every bill; a bill's own rule can be narrower.
    pub amount_rule: AmountRule,
    /// How many bills one payment takes: `single`, `any`, `all` or `oldest_first`.
    pub selection: String,
    /// The most in one payment and on one day.
    pub limits: ServiceLimits,
    /// What paying costs.
    pub fee: FeeTerms,
    /// Whether an application can be undone on the same accounting date, and
    /// until what time in Asia/Shanghai.
    pub reversal_until: Option<String>,
}

/// Limits of a service.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceLimits {
    /// The most in one payment.
    pub per_payment: Option<Money>,
    /// The most on one account and accounting date.
    pub per_day: Option<Money>,
}

/// What paying costs beside the amount.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeeTerms {
    /// `none`, `fixed` or `rate`.
    pub kind: String,
    /// Where it is fixed.
    pub amount: Option<Money>,
    /// Where it is a rate: hundredths of a percent.
    pub basis_points: Option<u16>,
    /// Where it is a rate: at least.
    pub minimum: Option<Money>,
    /// Where it is a rate: at most.
    pub maximum: Option<Money>,
    /// Who bears it: `payer`, `biller` or `operator`.
    pub bearer: String,
}

/// When a service is open, in Asia/Shanghai. Empty lists mean always.
#[derive(Debug, Serialize, ToSchema)]
pub struct Windows {
    /// Whether it is open now.
    pub open_now: bool,
    /// Why it is closed now, for the citizen.
    pub closed_reason: Option<String>,
    /// Opening hours; open in any of them.
    pub hours: Vec<Hours>,
    /// The biller's accounting day ends here.
    #[schema(example = "23:00")]
    pub cut_off: Option<String>,
    /// Parts of the year; open in any of them.
    pub seasons: Vec<Season>,
}

/// Opening hours; over midnight where `to` is not after `from`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hours {
    /// Days on which they begin; every day where there are none.
    pub days: Vec<String>,
    /// Included.
    #[schema(example = "00:30")]
    pub from: String,
    /// Not included.
    #[schema(example = "23:30")]
    pub to: String,
}

/// A part of every year, both days included.
#[derive(Debug, Serialize, ToSchema)]
pub struct Season {
    /// First day, month and day.
    #[schema(example = "11-15")]
    pub from: String,
    /// Last day.
    #[schema(example = "03-15")]
    pub to: String,
}

impl From<&registry::PaymentTerms> for PaymentTerms {
    fn from(terms: &registry::PaymentTerms) -> Self {
        Self {
            flow: match terms.flow {
                registry::Flow::QueryThenPay => "query_then_pay",
                registry::Flow::SecondStepQuery => "second_step_query",
                registry::Flow::ValidateThenPay => "validate_then_pay",
                registry::Flow::Direct => "direct",
            }
            .to_owned(),
            timing: match terms.timing {
                registry::Timing::Prepaid => "prepaid",
                registry::Timing::Postpaid => "postpaid",
            }
            .to_owned(),
            amount_rule: (&terms.amount.rule).into(),
            selection: match terms.selection {
                Selection::Single => "single",
                Selection::Any => "any",
                Selection::All => "all",
                Selection::OldestFirst => "oldest_first",
            }
            .to_owned(),
            limits: ServiceLimits {
                per_payment: terms.amount.per_payment.map(Money::from),
                per_day: terms.amount.per_day.map(Money::from),
            },
            fee: (&terms.fee).into(),
            reversal_until: match terms.capabilities.reversal {
                registry::Reversal::None => None,
                registry::Reversal::SameDay { until } => Some(until.to_string()),
            },
        }
    }
}

impl From<&bill::AmountRule> for AmountRule {
    fn from(rule: &bill::AmountRule) -> Self {
        use bill::AmountRule as Rule;
        match rule {
            Rule::Exact => Self::Exact,
            Rule::AtMost { maximum } => Self::AtMost {
                maximum: (*maximum).into(),
            },
            Rule::AtLeast { minimum } => Self::AtLeast {
                minimum: (*minimum).into(),
            },
            Rule::Between { minimum, maximum } => Self::Between {
                minimum: (*minimum).into(),
                maximum: (*maximum).into(),
            },
            Rule::Steps {
                minimum,
                maximum,
                step,
            } => Self::Steps {
                minimum: (*minimum).into(),
                maximum: (*maximum).into(),
                step: (*step).into(),
            },
            Rule::Choices { amounts } => Self::Choices {
                amounts: amounts.iter().copied().map(Money::from).collect(),
            },
            Rule::WholePlus { allowance } => Self::WholePlus {
                allowance: (*allowance).into(),
            },
        }
    }
}

impl From<&fee::FeeTerms> for FeeTerms {
    fn from(fee: &fee::FeeTerms) -> Self {
        let bearer = match fee.bearer {
            FeeBearer::Payer => "payer",
            FeeBearer::Biller => "biller",
            FeeBearer::Operator => "operator",
        };
        let empty = |kind: &str| Self {
            kind: kind.to_owned(),
            amount: None,
            basis_points: None,
            minimum: None,
            maximum: None,
            bearer: bearer.to_owned(),
        };
        match &fee.rule {
            FeeRule::None => empty("none"),
            FeeRule::Fixed { amount } => Self {
                amount: Some((*amount).into()),
                ..empty("fixed")
            },
            FeeRule::Rate {
                basis_points,
                minimum,
                maximum,
            } => Self {
                basis_points: Some(*basis_points),
                minimum: Some((*minimum).into()),
                maximum: Some((*maximum).into()),
                ..empty("rate")
            },
        }
    }
}

impl Windows {
    /// The windows, and whether the service is open at this moment.
    pub(crate) fn new(service: &registry::Service, now: Moment, language: Language) -> Self {
        let schedule = &service.schedule;
        let closed_reason = closing(service, now, language);
        Self {
            open_now: closed_reason.is_none(),
            closed_reason,
            hours: schedule.hours.iter().map(Hours::from).collect(),
            cut_off: schedule.cut_off.map(|time| time.to_string()),
            seasons: schedule
                .seasons
                .iter()
                .map(|season| Season {
                    from: season.from.to_string(),
                    to: season.to.to_string(),
                })
                .collect(),
        }
    }
}

impl From<&registry::Hours> for Hours {
    fn from(hours: &registry::Hours) -> Self {
        let day = |day: &registry::Weekday| {
            match day {
                registry::Weekday::Monday => "monday",
                registry::Weekday::Tuesday => "tuesday",
                registry::Weekday::Wednesday => "wednesday",
                registry::Weekday::Thursday => "thursday",
                registry::Weekday::Friday => "friday",
                registry::Weekday::Saturday => "saturday",
                registry::Weekday::Sunday => "sunday",
            }
            .to_owned()
        };
        Self {
            days: hours.days.iter().map(day).collect(),
            from: hours.from.to_string(),
            to: hours.to.to_string(),
        }
    }
}
