//! How a service is paid: flow, amounts, limits, fee and what the biller can do.

use serde_json::{Value, json};

use super::schedule::time_of_day;
use crate::catalogue::line::Timing;
use crate::catalogue::service::{Bills, Flow, Kind, Service};
use crate::catalogue::traits::{Amounts, Reversal, Selection, StatusQuery};

/// Most in one payment of what is owed, and on one account and day, in fen.
pub(super) const PER_PAYMENT: i64 = 50_000_000;
const PER_DAY: i64 = 100_000_000;
/// The same for what is bought before it is used.
const PER_PREPAYMENT: i64 = 500_000;
const PER_PREPAYMENT_DAY: i64 = 1_000_000;

pub(super) fn payment(service: &Service) -> Value {
    if service.kind != Kind::BillPayment {
        return Value::Null;
    }
    let traits = &service.traits;
    let flow = match service.flow {
        Flow::Query => "query-then-pay",
        Flow::SecondStep => "second-step-query",
        Flow::Validate => "validate-then-pay",
        Flow::Direct => "direct",
    };
    let timing = match service.line.timing {
        Timing::Prepaid => "prepaid",
        Timing::Postpaid => "postpaid",
    };
    let mut terms = json!({
        "flow": flow,
        "timing": timing,
        "amount": amounts(service),
        "selection": selection(traits.selection),
        "capabilities": {
            "deduplicates": traits.deduplicates,
            "status": status(traits.status),
            "reversal": reversal(traits.reversal),
            "day_file": "biller",
        },
    });
    let fee = fee(service);
    if !fee.is_null() {
        terms["fee"] = fee;
    }
    terms
}

fn amounts(service: &Service) -> Value {
    let rule = match &service.traits.amounts {
        Amounts::Exact => json!({"is": "exact"}),
        Amounts::AtMost => json!({"is": "at-most", "maximum": cny(PER_PAYMENT)}),
        Amounts::Between(from, to) => {
            json!({"is": "between", "minimum": cny(*from), "maximum": cny(*to)})
        }
        Amounts::Steps(from, to, step) => {
            json!({"is": "steps", "minimum": cny(*from), "maximum": cny(*to), "step": cny(*step)})
        }
        Amounts::Choices(choices) => {
            json!({"is": "choices", "amounts": choices.iter().copied().map(cny).collect::<Vec<_>>()})
        }
        Amounts::WholePlus(allowance) => json!({"is": "whole-plus", "allowance": cny(*allowance)}),
    };
    let (payment, day) = match service.bills {
        Bills::Open => (PER_PREPAYMENT, PER_PREPAYMENT_DAY),
        Bills::None | Bills::Metered { .. } | Bills::Periodic { .. } | Bills::Decision { .. } => {
            (PER_PAYMENT, PER_DAY)
        }
    };
    json!({"rule": rule, "per_payment": cny(payment), "per_day": cny(day)})
}

fn cny(amount: i64) -> Value {
    json!({"amount": amount, "currency": "CNY"})
}

/// Utilities are free for the payer. Telecom and toll operators pay a rate, and
/// property managers a fixed sum, both withheld at settlement.
fn fee(service: &Service) -> Value {
    match service.category {
        "mobile" | "broadband" | "telephone" | "etc" => json!({
            "rule": {"is": "rate", "basis_points": 30, "minimum": cny(1), "maximum": cny(5_000)},
            "bearer": "biller",
        }),
        "property" | "parking" => {
            json!({"rule": {"is": "fixed", "amount": cny(20)}, "bearer": "biller"})
        }
        _ => Value::Null,
    }
}

pub(super) const fn selection(selection: Selection) -> &'static str {
    match selection {
        Selection::Single => "single",
        Selection::Any => "any",
        Selection::All => "all",
        Selection::OldestFirst => "oldest-first",
    }
}

fn status(status: StatusQuery) -> Value {
    match status {
        StatusQuery::None => json!({"is": "none"}),
        StatusQuery::Advisory => json!({"is": "advisory"}),
        StatusQuery::Authoritative { after_seconds } => {
            json!({"is": "authoritative", "after_seconds": after_seconds})
        }
    }
}

fn reversal(reversal: Reversal) -> Value {
    match reversal {
        Reversal::None => json!({"is": "none"}),
        Reversal::SameDay { until_minute } => {
            json!({"is": "same-day", "until": time_of_day(until_minute)})
        }
    }
}
