//! form: form-encoded in both directions, parameters sorted and signed by
//! HMAC-SHA256, amounts in yuan text.

mod parameters;

use aws_lc_rs::hmac;

use super::{Failed, accounting_date, invoice, state_name, wait};
use crate::clock::{Moment, iso};
use crate::code::Code;
use crate::desk::{Answer, Ask};
use crate::keys::{hex, unhex};
use crate::ledger::{Item, Receipt, Submission, Undoing};
use crate::wire::{Letter, Reply, fen, yuan};
use crate::world::{Account, Bill};
use parameters::Parameters;

/// Reads a letter.
pub(super) fn read(letter: &Letter<'_>) -> Result<Ask, Failed> {
    let known = [
        "query.do",
        "result.do",
        "check.do",
        "pay.do",
        "state.do",
        "cancel.do",
    ];
    if !known.contains(&letter.operation) {
        return Err(Failed::NoSuchPath);
    }
    let fields = Parameters::read(letter.body).ok_or(Code::BadRequest)?;
    let moment = Moment::read_local(&fields.text("timestamp")?).ok_or(Code::BadSignature)?;
    let given = unhex(&fields.find("sign").unwrap_or_default()).ok_or(Code::BadSignature)?;
    let signed = fields.signed_text();
    let sound = moment.is_near(letter.now)
        && fields.find("merchant").as_deref() == Some("guichet")
        && fields.find("nonce").is_some_and(|nonce| nonce.len() >= 8)
        && hmac::verify(&letter.place.keys.mac, signed.as_bytes(), &given).is_ok();
    if !sound {
        return Err(Code::BadSignature.into());
    }
    Ok(match letter.operation {
        "query.do" => Ask::query(
            fields.find("user_no"),
            fields.find("mobile"),
            fields.find("step"),
        )?,
        "result.do" => Ask::Result {
            ticket: fields.text("ticket")?,
        },
        "check.do" => Ask::Check {
            account: fields.text("user_no")?,
        },
        "pay.do" => Ask::Pay(Submission {
            reference: fields.text("trade_no")?,
            account: fields.text("user_no")?,
            items: items(&fields)?,
            total: amount(&fields.text("total_amount")?)?,
            accounting_date: accounting_date(fields.find("acct_date"), letter)?,
        }),
        "state.do" => Ask::Status {
            reference: fields.text("trade_no")?,
        },
        _ => Ask::Reverse(Undoing {
            reference: fields.text("cancel_no")?,
            payment: fields.text("trade_no")?,
            amount: amount(&fields.text("amount")?)?,
        }),
    })
}

fn amount(text: &str) -> Result<i64, Code> {
    fen(text).ok_or(Code::BadRequest)
}

/// Items numbered one by one, or all in one parameter.
fn items(fields: &Parameters) -> Result<Vec<Item>, Code> {
    if let Some(list) = fields.find("items") {
        return list
            .split(',')
            .map(|item| {
                let mut parts = item.split(':');
                let (Some(bill), Some(token), Some(paid), None) =
                    (parts.next(), parts.next(), parts.next(), parts.next())
                else {
                    return Err(Code::BadRequest);
                };
                let (bill, token) = (bill.to_owned(), token.to_owned());
                Ok(Item {
                    bill,
                    token,
                    amount: amount(paid)?,
                })
            })
            .collect();
    }
    let count: u32 = fields
        .text("item_count")?
        .parse()
        .map_err(|_| Code::BadRequest)?;
    if count > 50 {
        return Err(Code::BadRequest);
    }
    (1..=count)
        .map(|number| {
            Ok(Item {
                bill: fields.text(&format!("item_{number}_bill"))?,
                token: fields
                    .find(&format!("item_{number}_token"))
                    .unwrap_or_default(),
                amount: amount(&fields.text(&format!("item_{number}_amount"))?)?,
            })
        })
        .collect()
}

/// Writes and signs an answer.
pub(super) fn write(letter: &Letter<'_>, answer: &Answer) -> Reply {
    let code = answer.code();
    let mut out = Parameters::default();
    out.put("ret", code.number().to_string());
    out.put("msg", code.message());
    out.put("timestamp", letter.now.spaced());
    match answer {
        Answer::Statement { account, bills } => {
            put_account(&mut out, account);
            out.put("bill_count", bills.len().to_string());
            for (index, bill) in bills.iter().enumerate() {
                put_bill(&mut out, index + 1, bill);
            }
        }
        Answer::Choose { step, accounts } => {
            out.put("step", step);
            out.put("account_count", accounts.len().to_string());
            for (index, one) in accounts.iter().enumerate() {
                let prefix = format!("account_{}", index + 1);
                out.put(format!("{prefix}_no"), &one.number);
                out.put(format!("{prefix}_name"), &one.holder);
                out.put(format!("{prefix}_addr"), &one.address);
            }
        }
        Answer::Later { ticket, wait } => {
            out.put("ticket", ticket);
            out.put("wait", wait.to_string());
        }
        Answer::Checked { account, limits } => {
            put_account(&mut out, account);
            out.put("min_amount", yuan(limits.minimum));
            out.put("max_amount", yuan(limits.maximum));
            out.put("step_amount", yuan(limits.step));
            out.put("choice_count", limits.choices.len().to_string());
            for (index, choice) in limits.choices.iter().enumerate() {
                out.put(format!("choice_{}", index + 1), yuan(*choice));
            }
        }
        Answer::Receipt(receipt) => put_receipt(&mut out, letter, receipt),
        Answer::Refused(_) => {}
    }
    let signature = hmac::sign(&letter.place.keys.mac, out.signed_text().as_bytes());
    out.put("sign", hex(signature.as_ref()).to_uppercase());
    Reply {
        status: code.status(),
        content_type: "application/x-www-form-urlencoded",
        headers: Vec::new(),
        body: out.encode().into(),
    }
}

fn put_account(out: &mut Parameters, account: &Account) {
    out.put("user_no", &account.number);
    out.put("user_kind", account.kind);
    out.put("contract_no", &account.contract);
    out.put("user_name", &account.holder);
    out.put("user_addr", &account.address);
    out.put("balance", yuan(account.balance));
    out.put("arrears", yuan(account.arrears));
    out.put("notice", account.notice.unwrap_or(""));
}

fn put_bill(out: &mut Parameters, number: usize, bill: &Bill) {
    let mut put = |name: &str, value: String| out.put(format!("bill_{number}_{name}"), value);
    put("no", bill.number.clone());
    put("title", bill.title.clone());
    put("from", bill.from.map(iso).unwrap_or_default());
    put("to", bill.to.map(iso).unwrap_or_default());
    put("due", iso(bill.due));
    put("principal", yuan(bill.principal));
    put("late", yuan(bill.late));
    put("late_kind", bill.late_kind.to_owned());
    put("discount", yuan(bill.discount));
    put("paid", yuan(bill.paid));
    put("payable", yuan(bill.payable));
    put("token", bill.token.clone());
    put("order", bill.order.to_string());
    if let Some(reading) = &bill.reading {
        put("meter", reading.meter.clone());
        put("last", reading.previous.clone());
        put("this", reading.current.clone());
        put("used", reading.used.clone());
        put("unit", reading.measure.to_owned());
        put("read_on", iso(reading.read_on));
    }
}

fn put_receipt(out: &mut Parameters, letter: &Letter<'_>, receipt: &Receipt) {
    out.put("state", state_name(receipt.state));
    out.put("trade_no", &receipt.reference);
    out.put("serial_no", &receipt.serial);
    out.put("trade_time", receipt.at.spaced());
    out.put("amount", yuan(receipt.amount));
    out.put("acct_date", iso(receipt.accounting_date));
    out.put("balance", yuan(receipt.balance));
    out.put("invoice_no", invoice(&receipt.serial));
    if let Some(seconds) = wait(letter, receipt.state) {
        out.put("wait", seconds.to_string());
    }
}
