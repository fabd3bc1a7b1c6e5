//! Contexts and orders for tests, complete and ordinary.

use crate::bill::{Order, OrderItem};
use crate::{AssuranceLevel, Context, Money, PayerType};

/// The context of a call by a person in Hangzhou, in Chinese.
#[must_use]
pub fn context(service: &str) -> Context {
    Context {
        call: "call_1".to_owned(),
        service: service.to_owned(),
        region: "330100".to_owned(),
        subject: "sub_1".to_owned(),
        payer_type: PayerType::Person,
        assurance: AssuranceLevel::Substantial,
        consent: None,
        channel: "mobile".to_owned(),
        journey: "jny_1".to_owned(),
        locale: "zh-CN".to_owned(),
        accounting_date: "2026-11-21".to_owned(),
        details: Vec::new(),
    }
}

/// An order `pay_1` of one bill, in fen, with the bill's token.
#[must_use]
pub fn order(account: Option<&str>, bill: &str, token: &str, fen: i64) -> Order {
    Order {
        reference: "pay_1".to_owned(),
        sequence: 1,
        attempt: 1,
        account_number: account.map(str::to_owned),
        items: vec![OrderItem {
            bill_number: bill.to_owned(),
            token: token.to_owned(),
            amount: Money::fen(fen),
            details: Vec::new(),
        }],
        total: Money::fen(fen),
        fee: None,
        funding: None,
        inputs: Vec::new(),
        channel: "mobile".to_owned(),
        accounting_date: "2026-11-21".to_owned(),
        payer_type: PayerType::Person,
        requested_at: "2026-11-21T08:30:00Z".to_owned(),
        details: Vec::new(),
    }
}
