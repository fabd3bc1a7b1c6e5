//! json-hmac: JSON in fen, the request signed by HMAC-SHA256 in headers,
//! answers not signed.

use aws_lc_rs::{digest, hmac};
use serde::Serialize;
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
    let known = [
        "bills",
        "tickets",
        "accounts",
        "payments",
        "payments/status",
        "reversals",
    ];
    if !known.contains(&letter.operation) {
        return Err(Failed::NoSuchPath);
    }
    verify(letter)?;
    let fields = Fields::read(letter.body)?;
    Ok(match letter.operation {
        "bills" => Ask::query(
            fields.find("account"),
            fields.find("phone"),
            fields.find("step"),
        )?,
        "tickets" => Ask::Result {
            ticket: fields.text("ticket")?,
        },
        "accounts" => Ask::Check {
            account: fields.text("account")?,
        },
        "payments" => Ask::Pay(payment(letter, &fields)?),
        "payments/status" => Ask::Status {
            reference: fields.text("reference")?,
        },
        _ => Ask::Reverse(Undoing {
            reference: fields.text("reference")?,
            payment: fields.text("payment")?,
            amount: fields.fen("amount")?,
        }),
    })
}

/// Checks the secret header, the time and the signature; the hand-written JSON
/// services sign in the same way.
pub(crate) fn verify(letter: &Letter<'_>) -> Result<(), Code> {
    let keys = &letter.place.keys;
    if let Some((header, _, format)) = keys.secret_header()
        && letter.header(header) != format.replace("{}", &keys.secret)
    {
        return Err(Code::BadSignature);
    }
    let (timestamp, nonce) = (letter.header("x-timestamp"), letter.header("x-nonce"));
    let seconds: i64 = timestamp.parse().map_err(|_| Code::BadSignature)?;
    let lawful = (8..=64).contains(&nonce.len())
        && nonce
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !lawful || !Moment(seconds.saturating_mul(1_000)).is_near(letter.now) {
        return Err(Code::BadSignature);
    }
    let body = hex(digest::digest(&digest::SHA256, letter.body).as_ref());
    let signed = format!("POST\n{}\n{timestamp}\n{nonce}\n{body}", letter.path);
    let signature = letter.header("x-signature");
    let given = unhex(signature).ok_or(Code::BadSignature)?;
    hmac::verify(&keys.mac, signed.as_bytes(), &given).map_err(|_| Code::BadSignature)
}

fn payment(letter: &Letter<'_>, fields: &Fields) -> Result<Submission, Code> {
    let items = fields.list("items")?;
    Ok(Submission {
        reference: fields.text("reference")?,
        account: fields.text("account")?,
        items: items
            .iter()
            .map(|item| {
                Ok(Item {
                    bill: item.text("bill")?,
                    token: item.find("token").unwrap_or_default(),
                    amount: item.fen("amount")?,
                })
            })
            .collect::<Result<_, Code>>()?,
        total: fields.fen("total")?,
        accounting_date: accounting_date(fields.find("accounting_date"), letter)?,
    })
}

/// The most frequent answer, written without a tree in between.
#[derive(Serialize)]
struct Statement<'a> {
    code: String,
    message: &'static str,
    account: &'a Account,
    bills: &'a [Bill],
    notice: Option<&'static str>,
}

/// Writes an answer.
pub(super) fn write(letter: &Letter<'_>, answer: &Answer) -> Reply {
    let code = answer.code();
    let message = code.message();
    let head = code.four_digits();
    let value = match answer {
        Answer::Statement { account, bills } => {
            let statement = Statement {
                code: head,
                message,
                account,
                bills,
                notice: account.notice,
            };
            let body = serde_json::to_vec(&statement).expect("a statement is JSON");
            return Reply::json(code.status(), body);
        }
        Answer::Choose { step, accounts } => {
            let choices: Vec<Value> = accounts
                .iter()
                .map(|one| {
                    json!({"account": one.number, "holder": one.holder, "address": one.address})
                })
                .collect();
            json!({"code": head, "message": message, "step": step, "choices": choices})
        }
        Answer::Later { ticket, wait } => {
            json!({"code": head, "message": message, "ticket": ticket, "ask_after": wait})
        }
        Answer::Checked { account, limits } => json!({
            "code": head, "message": message, "account": account,
            "minimum": limits.minimum, "maximum": limits.maximum,
            "step": limits.step, "choices": limits.choices,
        }),
        Answer::Receipt(receipt) => receipt_value(letter, &head, message, receipt),
        Answer::Refused(_) => json!({"code": head, "message": message}),
    };
    Reply::json(code.status(), value.to_string())
}

fn receipt_value(letter: &Letter<'_>, code: &str, message: &str, receipt: &Receipt) -> Value {
    let mut value = json!({
        "code": code, "message": message,
        "state": state_name(receipt.state),
        "reference": receipt.reference,
        "serial": receipt.serial,
        "at": receipt.at.rfc3339(),
        "amount": receipt.amount,
        "accounting_date": iso(receipt.accounting_date),
        "balance": receipt.balance,
        "invoice": invoice(&receipt.serial),
    });
    if let Some(seconds) = wait(letter, receipt.state) {
        value["ask_after"] = json!(seconds);
    }
    value
}
