//! Yunxi Water, as `examples/openapi/water/openapi.yaml` says: JSON, amounts in
//! yuan, a partner's key in a header.

use http::Method;
use serde_json::{Value, json};

use super::Asked;
use super::books::{Books, Outcome, Payment, yuan};
use crate::wire::Reply;

/// The key of the bank as a partner. Made up, and in the guide.
const PARTNER_KEY: &str = "yunxi-partner-key";

/// Answers a request whose path goes on with `rest`.
pub(super) fn answer(books: &Books, asked: &Asked<'_>, rest: &str) -> Reply {
    if asked.header("x-partner-key") != PARTNER_KEY {
        return Reply::json(401, json!({"code": "W4010"}).to_string());
    }
    let parts: Vec<&str> = rest.split('/').collect();
    let answer = match (asked.method, parts.as_slice()) {
        (&Method::GET, ["customers", customer, "bills"]) => bills(books, customer),
        (&Method::POST, ["payments"]) => pay(books, asked),
        (&Method::GET, ["payments", reference]) => match books.find(reference) {
            Some(payment) => paid(reference, &payment),
            None => refused("W2003", "无此流水"),
        },
        (&Method::POST, ["payments", reference, "reversal"]) => reverse(books, asked, reference),
        _ => return Reply::json(404, json!({"code": "W4040"}).to_string()),
    };
    Reply::json(200, answer.to_string())
}

fn refused(code: &str, message: &str) -> Value {
    json!({"code": code, "message": message})
}

fn bills(books: &Books, customer: &str) -> Value {
    let known = customer.len() == 8 && customer.bytes().all(|byte| byte.is_ascii_digit());
    if !known || customer.ends_with("0000") {
        return refused("W1001", "用户不存在");
    }
    let owed = books.owes(customer);
    let bills: Vec<Value> = owed
        .map(|fen| {
            json!({
                "billNo": format!("202610-{customer}"),
                "periodFrom": "2026-10-01",
                "periodTo": "2026-10-31",
                "amountDue": yuan(fen),
            })
        })
        .into_iter()
        .collect();
    json!({
        "code": if owed.is_some() { "W0000" } else { "W1002" },
        "message": "成功",
        "data": {
            "customerNo": customer,
            "customerName": "陈大文",
            "address": "云溪市清河路 12 号 3 幢 201 室",
            "bills": bills,
        },
    })
}

fn pay(books: &Books, asked: &Asked<'_>) -> Value {
    let order: Value = serde_json::from_slice(asked.body).unwrap_or_default();
    let text = |name: &str| order[name].as_str().unwrap_or_default().to_owned();
    let (reference, customer) = (text("paymentNo"), text("customerNo"));
    let Some(fen) = fen(&text("total")) else {
        return refused("W2001", "金额已变化");
    };
    match books.pay(&reference, &customer, fen, &asked.now.rfc3339()) {
        Outcome::Applied(payment) => paid(&reference, &payment),
        Outcome::OtherAmount => refused("W2001", "金额已变化"),
        Outcome::Busy => refused("W9999", "系统忙"),
    }
}

fn paid(reference: &str, payment: &Payment) -> Value {
    json!({
        "code": "W0000",
        "message": "成功",
        "data": {
            "paymentNo": reference,
            "flowNo": format!("F{:014}", payment.serial),
            "status": if payment.reversed { "REVERSED" } else { "PAID" },
            "paidAt": payment.at,
            "amount": yuan(payment.fen),
            "balance": "0.00",
        },
    })
}

fn reverse(books: &Books, asked: &Asked<'_>, reference: &str) -> Value {
    let order: Value = serde_json::from_slice(asked.body).unwrap_or_default();
    match books.reverse(reference) {
        Some(payment) => json!({
            "code": "W0000",
            "message": "成功",
            "data": {
                "reversalNo": order["reversalNo"],
                "flowNo": format!("R{:014}", payment.serial),
                "reversedAt": asked.now.rfc3339(),
                "amount": yuan(payment.fen),
            },
        }),
        None => refused("W2003", "无此流水"),
    }
}

/// `86.50` as fen.
fn fen(text: &str) -> Option<i64> {
    let (whole, cents) = text.split_once('.')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() > 9 || cents.len() != 2 || !digits(whole) || !digits(cents) {
        return None;
    }
    Some(whole.parse::<i64>().ok()? * 100 + cents.parse::<i64>().ok()?)
}
