//! json-sm2: JSON envelopes with amounts in fen as text, SM2-SM3 over the body
//! in both directions.

use serde_json::{Value, json};

use super::{Failed, accounting_date, invoice, state_name, wait};
use crate::clock::{Moment, iso};
use crate::code::Code;
use crate::desk::{Answer, Ask};
use crate::keys::{hex, unhex};
use crate::ledger::{Item, Receipt, Submission, Undoing};
use crate::wire::{Fields, Letter, Reply};
use crate::world::{Account, Bill};

/// Reads a letter.
pub(super) fn read(letter: &Letter<'_>) -> Result<Ask, Failed> {
    let operation = letter
        .operation
        .strip_prefix("sm/")
        .ok_or(Failed::NoSuchPath)?;
    if !["bills", "result", "account", "pay", "status", "reverse"].contains(&operation) {
        return Err(Failed::NoSuchPath);
    }
    let signature = unhex(letter.header("x-sm2-sign")).ok_or(Code::BadSignature)?;
    if !letter.place.keys.client_sm2.verify(letter.body, &signature) {
        return Err(Code::BadSignature.into());
    }
    let envelope = Fields::read(letter.body)?;
    let head = envelope.object("head")?;
    let time = head.number("time").ok_or(Code::BadRequest)?;
    if !Moment(time).is_near(letter.now) || head.text("nonce")?.len() < 8 {
        return Err(Code::BadSignature.into());
    }
    if head.text("service")? != letter.place.service.code {
        return Err(Code::BadRequest.into());
    }
    let fields = envelope.object("data")?;
    Ok(match operation {
        "bills" => Ask::query(
            fields.find("accountNo"),
            fields.find("phoneNo"),
            fields.find("step"),
        )?,
        "result" => Ask::Result {
            ticket: fields.text("ticket")?,
        },
        "account" => Ask::Check {
            account: fields.text("accountNo")?,
        },
        "pay" => Ask::Pay(payment(letter, &fields)?),
        "status" => Ask::Status {
            reference: fields.text("reference")?,
        },
        _ => Ask::Reverse(Undoing {
            reference: fields.text("reference")?,
            payment: fields.text("payment")?,
            amount: amount(&fields, "amount")?,
        }),
    })
}

fn amount(fields: &Fields, name: &str) -> Result<i64, Code> {
    fields.text(name)?.parse().map_err(|_| Code::BadRequest)
}

fn payment(letter: &Letter<'_>, fields: &Fields) -> Result<Submission, Code> {
    Ok(Submission {
        reference: fields.text("reference")?,
        account: fields.text("accountNo")?,
        items: fields
            .list("items")?
            .iter()
            .map(|item| {
                Ok(Item {
                    bill: item.text("billNo")?,
                    token: item.find("token").unwrap_or_default(),
                    amount: amount(item, "amount")?,
                })
            })
            .collect::<Result<_, Code>>()?,
        total: amount(fields, "total")?,
        accounting_date: accounting_date(fields.find("accountingDate"), letter)?,
    })
}

/// Writes and signs an answer.
pub(super) fn write(letter: &Letter<'_>, answer: &Answer) -> Reply {
    let code = answer.code();
    let data = match answer {
        Answer::Statement { account, bills } => json!({
            "account": account_value(account),
            "bills": bills.iter().map(bill_value).collect::<Vec<_>>(),
        }),
        Answer::Choose { step, accounts } => json!({
            "step": step,
            "choices": accounts.iter().map(|one| json!({
                "accountNo": one.number, "name": one.holder, "address": one.address,
            })).collect::<Vec<_>>(),
        }),
        Answer::Later { ticket, wait } => json!({"ticket": ticket, "wait": wait}),
        Answer::Checked { account, limits } => json!({
            "account": account_value(account),
            "min": limits.minimum.to_string(), "max": limits.maximum.to_string(),
            "step": limits.step.to_string(),
            "choices": limits.choices.iter().map(i64::to_string).collect::<Vec<_>>(),
        }),
        Answer::Receipt(receipt) => receipt_value(letter, receipt),
        Answer::Refused(_) => json!({}),
    };
    let body = json!({
        "head": {"status": code.number(), "message": code.message(), "time": letter.now.0},
        "data": data,
    })
    .to_string();
    let signature = hex(&letter.place.keys.biller_sm2.sign(body.as_bytes()));
    let mut reply = Reply::json(code.status(), body);
    reply.headers.push(("x-sm2-sign", signature));
    reply
}

fn account_value(account: &Account) -> Value {
    json!({
        "accountNo": account.number, "kind": account.kind, "contractNo": account.contract,
        "name": account.holder, "address": account.address,
        "balance": account.balance.to_string(), "arrears": account.arrears.to_string(),
        "notice": account.notice,
    })
}

fn bill_value(bill: &Bill) -> Value {
    json!({
        "billNo": bill.number, "title": bill.title,
        "from": bill.from.map(iso), "to": bill.to.map(iso), "due": iso(bill.due),
        "principal": bill.principal.to_string(),
        "late": bill.late.to_string(), "lateKind": bill.late_kind,
        "discount": bill.discount.to_string(), "paid": bill.paid.to_string(),
        "payable": bill.payable.to_string(),
        "charges": bill.charges.iter().map(|charge| json!({
            "code": charge.code, "title": charge.title, "amount": charge.amount.to_string(),
        })).collect::<Vec<_>>(),
        "reading": bill.reading.as_ref().map(|reading| json!({
            "meter": reading.meter, "last": reading.previous, "this": reading.current,
            "used": reading.used, "unit": reading.measure, "readOn": iso(reading.read_on),
        })),
        "tiers": bill.tiers.iter().map(|tier| json!({
            "name": tier.name, "quantity": tier.quantity, "unit": tier.measure,
            "price": tier.price, "amount": tier.amount.to_string(),
        })).collect::<Vec<_>>(),
        "token": bill.token, "order": bill.order,
    })
}

fn receipt_value(letter: &Letter<'_>, receipt: &Receipt) -> Value {
    let mut value = json!({
        "state": state_name(receipt.state),
        "reference": receipt.reference, "serialNo": receipt.serial, "time": receipt.at.0,
        "amount": receipt.amount.to_string(), "accountingDate": iso(receipt.accounting_date),
        "balance": receipt.balance.to_string(), "invoiceNo": invoice(&receipt.serial),
    });
    if let Some(seconds) = wait(letter, receipt.state) {
        value["wait"] = json!(seconds);
    }
    value
}
