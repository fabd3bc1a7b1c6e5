//! xml-gb18030: one XML envelope for everything, bytes in GB18030, a MAC
//! element by HMAC-SM3 over head and body, amounts in fen.

use encoding_rs::GB18030;

use super::xml_tree::{Node, Writer};
use super::{Failed, accounting_date, invoice, wait};
use crate::clock::{Moment, compact_date};
use crate::code::Code;
use crate::desk::{Answer, Ask};
use crate::keys::{hex, hmac_sm3, unhex};
use crate::ledger::{Item, Receipt, State, Submission, Undoing};
use crate::wire::{Letter, Reply};
use crate::world::{Account, Bill};

/// Reads a letter.
pub(super) fn read(letter: &Letter<'_>) -> Result<Ask, Failed> {
    if letter.operation != "xml" {
        return Err(Failed::NoSuchPath);
    }
    let root = parse(letter.body).ok_or(Code::BadRequest)?;
    let head = root.child("Head").ok_or(Code::BadRequest)?;
    let moment = head
        .find("TxTime")
        .and_then(|text| Moment::read_local(&text));
    let given = root
        .find("Mac")
        .and_then(|text| unhex(&text))
        .ok_or(Code::BadSignature)?;
    let covered = covered(letter.body).ok_or(Code::BadRequest)?;
    // A simulator need not hide from a stopwatch.
    let right = hmac_sm3(&letter.place.keys.mac_bytes, covered) == given.as_slice();
    if !right || !moment.is_some_and(|moment| moment.is_near(letter.now)) {
        return Err(Code::BadSignature.into());
    }
    let body = root.child("Body").ok_or(Code::BadRequest)?;
    let code = head.text("TxCode")?;
    Ok(match code.as_str() {
        "1001" => Ask::query(body.find("CustNo"), body.find("Phone"), body.find("Step"))?,
        "1002" => Ask::Check {
            account: body.text("CustNo")?,
        },
        "1003" => Ask::Result {
            ticket: body.text("Ticket")?,
        },
        "2001" => Ask::Pay(payment(letter, body)?),
        "2002" => Ask::Status {
            reference: body.text("Ref")?,
        },
        "2003" => Ask::Reverse(Undoing {
            reference: body.text("Ref")?,
            payment: body.text("OrigRef")?,
            amount: amount(body, "Amt")?,
        }),
        _ => return Err(Code::NotSupported.into()),
    })
}

fn parse(bytes: &[u8]) -> Option<Node> {
    let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes)?;
    Node::parse(&text).filter(|root| root.name == "Transaction")
}

/// The bytes that the MAC covers. Both tags are ASCII, and no character of
/// GB18030 has `<` as one of its later bytes.
fn covered(bytes: &[u8]) -> Option<&[u8]> {
    let find = |tag: &[u8]| bytes.windows(tag.len()).position(|window| window == tag);
    let from = find(b"<Head>")?;
    let to = find(b"</Body>")? + b"</Body>".len();
    bytes.get(from..to)
}

fn amount(node: &Node, name: &str) -> Result<i64, Code> {
    node.text(name)?.parse().map_err(|_| Code::BadRequest)
}

fn payment(letter: &Letter<'_>, body: &Node) -> Result<Submission, Code> {
    let items = body.child("Items").ok_or(Code::BadRequest)?;
    Ok(Submission {
        reference: body.text("Ref")?,
        account: body.text("CustNo")?,
        items: items
            .children
            .iter()
            .map(|item| {
                Ok(Item {
                    bill: item.text("BillNo")?,
                    token: item.find("Token").unwrap_or_default(),
                    amount: amount(item, "Amt")?,
                })
            })
            .collect::<Result<_, Code>>()?,
        total: amount(body, "TotalAmt")?,
        accounting_date: accounting_date(body.find("AcctDate"), letter)?,
    })
}

/// Writes an answer with its MAC; the head repeats the request's code and id.
pub(super) fn write(letter: &Letter<'_>, answer: &Answer) -> Reply {
    let code = answer.code();
    let request = parse(letter.body);
    let head = request.as_ref().and_then(|root| root.child("Head"));
    let repeated = |name| head.and_then(|head| head.find(name)).unwrap_or_default();
    let mut out = Writer::default();
    out.within("Head", |out| {
        out.put("TxCode", &repeated("TxCode"));
        out.put("MsgId", &repeated("MsgId"));
        out.put("TxTime", &letter.now.compact());
        out.put("RspCode", &code.six_digits());
        out.put("RspMsg", code.message());
    });
    out.within("Body", |out| put_body(out, letter, answer));
    let covered = GB18030.encode(out.as_str()).0;
    let mac = hex(&hmac_sm3(&letter.place.keys.mac_bytes, &covered)).to_uppercase();
    let mut body = br#"<?xml version="1.0" encoding="GB18030"?><Transaction>"#.to_vec();
    body.extend_from_slice(&covered);
    body.extend_from_slice(format!("<Mac>{mac}</Mac></Transaction>").as_bytes());
    Reply {
        status: code.status(),
        content_type: "text/xml; charset=GB18030",
        headers: Vec::new(),
        body: body.into(),
    }
}

fn put_body(out: &mut Writer, letter: &Letter<'_>, answer: &Answer) {
    match answer {
        Answer::Statement { account, bills } => {
            put_account(out, account);
            out.within("Bills", |out| {
                bills.iter().for_each(|bill| put_bill(out, bill));
            });
        }
        Answer::Choose { step, accounts } => {
            out.put("Step", step);
            out.within("Choices", |out| {
                for one in accounts {
                    out.within("Choice", |out| {
                        out.put("CustNo", &one.number);
                        out.put("Name", &one.holder);
                        out.put("Addr", &one.address);
                    });
                }
            });
        }
        Answer::Later { ticket, wait } => {
            out.put("Ticket", ticket);
            out.put("Wait", &wait.to_string());
        }
        Answer::Checked { account, limits } => {
            put_account(out, account);
            out.put("MinAmt", &limits.minimum.to_string());
            out.put("MaxAmt", &limits.maximum.to_string());
            out.put("StepAmt", &limits.step.to_string());
            out.within("Choices", |out| {
                limits
                    .choices
                    .iter()
                    .for_each(|choice| out.put("Amt", &choice.to_string()));
            });
        }
        Answer::Receipt(receipt) => put_receipt(out, letter, receipt),
        Answer::Refused(_) => {}
    }
}

fn put_account(out: &mut Writer, account: &Account) {
    out.within("Cust", |out| {
        out.put("CustNo", &account.number);
        out.put("CustKind", account.kind);
        out.put("ContractNo", &account.contract);
        out.put("Name", &account.holder);
        out.put("Addr", &account.address);
        out.put("Balance", &account.balance.to_string());
        out.put("Arrears", &account.arrears.to_string());
        out.put("Notice", account.notice.unwrap_or(""));
    });
}

fn put_bill(out: &mut Writer, bill: &Bill) {
    out.within("Bill", |out| {
        out.put("BillNo", &bill.number);
        out.put("Title", &bill.title);
        out.put("From", &bill.from.map(compact_date).unwrap_or_default());
        out.put("To", &bill.to.map(compact_date).unwrap_or_default());
        out.put("Due", &compact_date(bill.due));
        out.put("Principal", &bill.principal.to_string());
        out.put("Late", &bill.late.to_string());
        out.put("LateKind", bill.late_kind);
        out.put("Discount", &bill.discount.to_string());
        out.put("Paid", &bill.paid.to_string());
        out.put("Payable", &bill.payable.to_string());
        out.within("Charges", |out| {
            for charge in &bill.charges {
                out.within("Charge", |out| {
                    out.put("Code", charge.code);
                    out.put("Name", charge.title);
                    out.put("Amt", &charge.amount.to_string());
                });
            }
        });
        put_meter(out, bill);
        out.put("Token", &bill.token);
        out.put("Order", &bill.order.to_string());
    });
}

fn put_meter(out: &mut Writer, bill: &Bill) {
    if let Some(reading) = &bill.reading {
        out.within("Reading", |out| {
            out.put("Meter", &reading.meter);
            out.put("Last", &reading.previous);
            out.put("This", &reading.current);
            out.put("Used", &reading.used);
            out.put("Unit", reading.measure);
            out.put("ReadOn", &compact_date(reading.read_on));
        });
    }
    out.within("Tiers", |out| {
        for tier in &bill.tiers {
            out.within("Tier", |out| {
                out.put("Name", tier.name);
                out.put("Qty", &tier.quantity);
                out.put("Unit", tier.measure);
                out.put("Price", &tier.price);
                out.put("Amt", &tier.amount.to_string());
            });
        }
    });
}

fn put_receipt(out: &mut Writer, letter: &Letter<'_>, receipt: &Receipt) {
    let state = match receipt.state {
        State::Pending => "P",
        State::Applied => "S",
        State::Reversed => "R",
    };
    out.put("State", state);
    out.put("Ref", &receipt.reference);
    out.put("FlowNo", &receipt.serial);
    out.put("TxAt", &receipt.at.compact());
    out.put("Amt", &receipt.amount.to_string());
    out.put("AcctDate", &compact_date(receipt.accounting_date));
    out.put("Balance", &receipt.balance.to_string());
    out.put("InvoiceNo", &invoice(&receipt.serial));
    if let Some(seconds) = wait(letter, receipt.state) {
        out.put("Wait", &seconds.to_string());
    }
}
