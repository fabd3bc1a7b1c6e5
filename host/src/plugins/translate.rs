//! The payment room's words and the contract's, each way. Pure: what may be
//! believed is decided in `biller`.

use guichet_domain::fee::{Fee, FeeBearer};
use guichet_domain::payment::own_words;
use guichet_domain::{Currency, Money};
use guichet_sandbox::contract::bill_payment as contract;
use guichet_sandbox::contract::types;

use crate::terms::order;

/// A contract amount as money; none where the currency is no currency.
pub fn money(amount: &types::Money) -> Option<Money> {
    let currency: Currency = amount.currency.parse().ok()?;
    Some(Money::new(amount.minor_units, currency))
}

/// Money as a contract amount.
pub fn amount(money: Money) -> types::Money {
    types::Money {
        minor_units: money.minor_units(),
        currency: money.currency().to_string(),
    }
}

/// Person or firm.
pub fn payer_type(payer: order::PayerType) -> types::PayerType {
    match payer {
        order::PayerType::Person => types::PayerType::Person,
        order::PayerType::Firm => types::PayerType::Firm,
    }
}

/// How well the subject is known.
pub fn assurance(level: order::Assurance) -> types::AssuranceLevel {
    match level {
        order::Assurance::None => types::AssuranceLevel::None,
        order::Assurance::Low => types::AssuranceLevel::Low,
        order::Assurance::Substantial => types::AssuranceLevel::Substantial,
        order::Assurance::High => types::AssuranceLevel::High,
    }
}

/// The order as a plugin gets it.
pub fn order(order: &order::Order) -> contract::Order {
    contract::Order {
        reference: order.payment.as_str().to_owned(),
        sequence: order.sequence,
        attempt: order.attempt,
        account_number: order.account_number.clone(),
        items: order.items.iter().map(item).collect(),
        total: amount(order.total),
        fee: order.fee.map(fee),
        funding: None,
        inputs: order.inputs.clone(),
        channel: order.circumstances.channel.clone(),
        accounting_date: order.accounting_date.to_string(),
        payer_type: payer_type(order.circumstances.payer_type),
        requested_at: order.requested_at.to_string(),
        details: Vec::new(),
    }
}

fn item(item: &order::OrderItem) -> contract::OrderItem {
    contract::OrderItem {
        bill_number: item.bill.clone(),
        token: item.token.clone(),
        amount: amount(item.amount),
        details: Vec::new(),
    }
}

fn fee(fee: Fee) -> contract::Fee {
    contract::Fee {
        amount: amount(fee.amount),
        bearer: match fee.bearer {
            FeeBearer::Payer => contract::FeeBearer::Payer,
            FeeBearer::Biller => contract::FeeBearer::Biller,
            FeeBearer::Operator => contract::FeeBearer::Operator,
        },
        details: Vec::new(),
    }
}

/// The reversal as a plugin gets it; none where the stored evidence does not
/// read as the contract's record any more.
pub fn reversal(reversal: &order::ReversalOrder) -> Option<contract::ReversalOrder> {
    Some(contract::ReversalOrder {
        reference: reversal.reversal.as_str().to_owned(),
        attempt: reversal.attempt,
        order: order(&reversal.order),
        application: kept(&reversal.application)?,
        amount: amount(reversal.application.amount),
        reason: reversal.reason.clone(),
        accounting_date: reversal.order.accounting_date.to_string(),
        requested_at: reversal.requested_at.to_string(),
        details: Vec::new(),
    })
}

/// The evidence as the plugin gave it; none where it came by another way, or does
/// not read as the contract's record any more.
pub fn kept(evidence: &order::Application) -> Option<contract::Application> {
    serde_json::from_value(evidence.record.clone()).ok()
}

/// The last pending answer as the plugin gave it.
pub fn last_pending(last: Option<&order::PendingAnswer>) -> Option<contract::Pending> {
    last.and_then(|last| serde_json::from_value(last.record.clone()).ok())
}

/// Evidence of an application; none where its amount is no money.
pub fn application(application: &contract::Application) -> Option<order::Application> {
    Some(order::Application {
        serial: application.serial.clone(),
        amount: money(&application.amount)?,
        at: application.at.clone(),
        record: serde_json::to_value(application).ok()?,
    })
}

/// A pending answer, kept whole for the next status call.
pub fn pending(pending: &contract::Pending) -> order::PendingAnswer {
    order::PendingAnswer {
        message: own_words(&pending.message),
        ask_after_seconds: pending.ask_after_seconds,
        record: serde_json::to_value(pending).unwrap_or_default(),
    }
}

/// A refusal and what it proves.
pub fn refusal(refusal: &types::Refusal) -> order::Refusal {
    let ground = match refusal.reason {
        types::RefusalReason::AlreadyPaid | types::RefusalReason::DuplicateReference => {
            order::RefusalGround::PerhapsPaid
        }
        types::RefusalReason::AmountChanged
        | types::RefusalReason::Closed
        | types::RefusalReason::Limit
        | types::RefusalReason::NotAllowed
        | types::RefusalReason::Other(_) => order::RefusalGround::Definite,
    };
    order::Refusal {
        ground,
        code: refusal.code.clone(),
        message: own_words(&refusal.message),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn evidence(record: Value) -> order::Application {
        order::Application {
            serial: "S-1".to_owned(),
            amount: Money::cny(500),
            at: "2026-11-21T16:00:00+08:00".to_owned(),
            record,
        }
    }

    #[test]
    fn only_a_plugin_s_own_answer_is_given_back_to_it() {
        let own = contract::Application {
            serial: "S-1".to_owned(),
            at: "2026-11-21T16:00:00+08:00".to_owned(),
            amount: amount(Money::cny(500)),
            accounting_date: None,
            balance: None,
            deliveries: Vec::new(),
            effective_in_seconds: None,
            invoice_reference: None,
            treasury_code: None,
            fiscal_receipt: None,
            fields: Vec::new(),
            details: Vec::new(),
        };
        let kept_own = application(&own).unwrap();
        assert!(kept(&kept_own).is_some());
        for record in [
            json!({"callback": {"serial": "S-1", "at": ""}}),
            json!({"day_file": {"serial": "S-1", "at": ""}}),
            json!({"decision": "applied", "serial": "S-1"}),
        ] {
            assert!(kept(&evidence(record.clone())).is_none(), "{record}");
        }
    }
}
