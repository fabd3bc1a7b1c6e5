//! json-rsa: JSON in yuan text, RSA-PKCS1-SHA256 in headers in both directions.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Failed, accounting_date, invoice, wait};
use crate::clock::{Moment, compact_date};
use crate::code::Code;
use crate::desk::{Answer, Ask, Limits};
use crate::ledger::{Item, Receipt, State, Submission, Undoing};
use crate::wire::{Fields, Letter, Reply, fen, yuan};
use crate::world::{Account, Bill};

/// Reads a letter.
pub(super) fn read(letter: &Letter<'_>) -> Result<Ask, Failed> {
    let operation = letter
        .operation
        .strip_prefix("api/")
        .ok_or(Failed::NoSuchPath)?;
    let known = [
        "queryBill",
        "queryResult",
        "verifyAccount",
        "payBill",
        "queryOrder",
        "cancelOrder",
    ];
    if !known.contains(&operation) {
        return Err(Failed::NoSuchPath);
    }
    verify(letter)?;
    let fields = Fields::read(letter.body)?;
    let amount = |fields: &Fields, name: &str| fen(&fields.text(name)?).ok_or(Code::BadRequest);
    Ok(match operation {
        "queryBill" => Ask::query(
            fields.find("consNo"),
            fields.find("mobile"),
            fields.find("stepToken"),
        )?,
        "queryResult" => Ask::Result {
            ticket: fields.text("ticketNo")?,
        },
        "verifyAccount" => Ask::Check {
            account: fields.text("consNo")?,
        },
        "payBill" => Ask::Pay(Submission {
            reference: fields.text("orderNo")?,
            account: fields.text("consNo")?,
            items: fields
                .list("billList")?
                .iter()
                .map(|item| {
                    Ok(Item {
                        bill: item.text("billNo")?,
                        token: item.find("token").unwrap_or_default(),
                        amount: amount(item, "amt")?,
                    })
                })
                .collect::<Result<_, Code>>()?,
            total: amount(&fields, "totalAmt")?,
            accounting_date: accounting_date(fields.find("acctDate"), letter)?,
        }),
        "queryOrder" => Ask::Status {
            reference: fields.text("orderNo")?,
        },
        _ => Ask::Reverse(Undoing {
            reference: fields.text("cancelNo")?,
            payment: fields.text("orderNo")?,
            amount: amount(&fields, "amt")?,
        }),
    })
}

/// Checks the time and the bank's signature.
pub(crate) fn verify(letter: &Letter<'_>) -> Result<(), Code> {
    let timestamp = letter.header("x-timestamp");
    let moment = Moment::read_local(timestamp).ok_or(Code::BadSignature)?;
    let signature = letter.base64_header("x-signature")?;
    let mut signed = format!("{}\n{timestamp}\n", letter.path).into_bytes();
    signed.extend_from_slice(letter.body);
    let sound = letter.header("x-merchant") == "guichet"
        && moment.is_near(letter.now)
        && letter.city.rsa.verify(&signed, &signature);
    if sound {
        Ok(())
    } else {
        Err(Code::BadSignature)
    }
}

/// Signs an answer.
pub(crate) fn sign(letter: &Letter<'_>, status: u16, body: String) -> Reply {
    let timestamp = letter.now.compact();
    let signature = letter
        .city
        .rsa
        .sign(format!("{timestamp}\n{body}").as_bytes());
    let mut reply = Reply::json(status, body);
    reply.headers.push(("x-timestamp", timestamp));
    reply
        .headers
        .push(("x-signature", STANDARD.encode(signature)));
    reply
}

/// Writes an answer.
pub(super) fn write(letter: &Letter<'_>, answer: &Answer) -> Reply {
    let code = answer.code();
    let mut value = match answer {
        Answer::Statement { account, bills } => json!({
            "consumer": consumer(account),
            "billList": bills.iter().map(bill_value).collect::<Vec<_>>(),
        }),
        Answer::Choose { step, accounts } => json!({
            "stepToken": step,
            "consList": accounts.iter().map(|one| json!({
                "consNo": one.number, "consName": one.holder, "consAddr": one.address,
            })).collect::<Vec<_>>(),
        }),
        Answer::Later { ticket, wait } => json!({"ticketNo": ticket, "waitSeconds": wait}),
        Answer::Checked { account, limits } => checked(account, *limits),
        Answer::Receipt(receipt) => receipt_value(letter, receipt),
        Answer::Refused(_) => json!({}),
    };
    value["resultCode"] = json!(code.name());
    value["resultMsg"] = json!(code.message());
    sign(letter, code.status(), value.to_string())
}

fn consumer(account: &Account) -> Value {
    json!({
        "consNo": account.number, "consType": account.kind, "contractNo": account.contract,
        "consName": account.holder, "consAddr": account.address,
        "balance": yuan(account.balance), "arrears": yuan(account.arrears),
        "notice": account.notice,
    })
}

fn checked(account: &Account, limits: Limits) -> Value {
    json!({
        "consumer": consumer(account),
        "minAmt": yuan(limits.minimum), "maxAmt": yuan(limits.maximum),
        "stepAmt": yuan(limits.step),
        "amtList": limits.choices.iter().copied().map(yuan).collect::<Vec<_>>(),
    })
}

fn bill_value(bill: &Bill) -> Value {
    json!({
        "billNo": bill.number, "title": bill.title,
        "beginDate": bill.from.map(compact_date), "endDate": bill.to.map(compact_date),
        "dueDate": compact_date(bill.due),
        "principal": yuan(bill.principal),
        "lateFee": yuan(bill.late), "lateFeeType": bill.late_kind,
        "discount": yuan(bill.discount), "paid": yuan(bill.paid), "payable": yuan(bill.payable),
        "feeList": bill.charges.iter().map(|charge| json!({
            "code": charge.code, "title": charge.title, "amt": yuan(charge.amount),
        })).collect::<Vec<_>>(),
        "reading": bill.reading.as_ref().map(|reading| json!({
            "meterNo": reading.meter, "last": reading.previous, "this": reading.current,
            "used": reading.used, "unit": reading.measure,
            "readDate": compact_date(reading.read_on),
        })),
        "tierList": bill.tiers.iter().map(|tier| json!({
            "name": tier.name, "qty": tier.quantity, "unit": tier.measure,
            "price": tier.price, "amt": yuan(tier.amount),
        })).collect::<Vec<_>>(),
        "token": bill.token, "seq": bill.order,
    })
}

fn receipt_value(letter: &Letter<'_>, receipt: &Receipt) -> Value {
    let state = match receipt.state {
        State::Pending => "PROCESSING",
        State::Applied => "PAID",
        State::Reversed => "CANCELLED",
    };
    let mut value = json!({
        "orderStatus": state, "orderNo": receipt.reference, "flowNo": receipt.serial,
        "payTime": receipt.at.compact(), "amt": yuan(receipt.amount),
        "acctDate": compact_date(receipt.accounting_date), "balance": yuan(receipt.balance),
        "invoiceNo": invoice(&receipt.serial),
    });
    if let Some(seconds) = wait(letter, receipt.state) {
        value["waitSeconds"] = json!(seconds);
    }
    value
}
