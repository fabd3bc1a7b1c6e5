//! Qinghe Waterworks, as `examples/openapi/water-gb18030/openapi.json` says: XML
//! in GB18030, amounts in fen, and an HMAC-SM3 over path and body in `x-mac`.

use bytes::Bytes;
use encoding_rs::GB18030;
use http::Method;
use sm3::{Digest as _, Sm3};

use super::Asked;
use super::books::{Books, Outcome, Payment};
use crate::dialect::Node;
use crate::wire::Reply;

/// The bank's key. Made up, and in the guide.
const KEY: &[u8] = b"qinghe-collect-key";
/// SM3 works on blocks of this size.
const BLOCK_BYTES: usize = 64;

/// Answers a request whose path goes on with `rest`.
pub(super) fn answer(books: &Books, asked: &Asked<'_>, rest: &str) -> Reply {
    if *asked.method != Method::POST || asked.header("x-mac") != mac(asked.path, asked.body) {
        return xml("Paid", "<RspCode>0401</RspCode>", 401);
    }
    let text = GB18030.decode_without_bom_handling_and_without_replacement(asked.body);
    let Some(root) = text.and_then(|text| Node::parse(&text)) else {
        return xml("Paid", "<RspCode>0400</RspCode>", 400);
    };
    let field = |name: &str| root.find(name).unwrap_or_default();
    match rest {
        "query" => query(books, &field("CustNo")),
        "pay" => {
            let fen = field("Amt").parse().unwrap_or(0);
            match books.pay(&field("Ref"), &field("CustNo"), fen, &asked.now.compact()) {
                Outcome::Applied(payment) => paid(&field("Ref"), &payment),
                Outcome::OtherAmount => xml("Paid", "<RspCode>0106</RspCode>", 200),
                Outcome::Busy => xml("Paid", "<RspCode>0112</RspCode>", 200),
            }
        }
        "state" => match books.find(&field("Ref")) {
            Some(payment) => paid(&field("Ref"), &payment),
            None => xml("Paid", "<RspCode>0108</RspCode>", 200),
        },
        _ => xml("Paid", "<RspCode>0404</RspCode>", 404),
    }
}

fn query(books: &Books, customer: &str) -> Reply {
    let known = customer.len() == 10 && customer.bytes().all(|byte| byte.is_ascii_digit());
    if !known || customer.ends_with("0000") {
        return xml("Arrears", "<RspCode>0101</RspCode>", 200);
    }
    let name = format!("<CustNo>{customer}</CustNo><CustName>李㐂华</CustName>");
    match books.owes(customer) {
        Some(fen) => {
            let bill = format!(
                "<Bills><Bill No=\"2610-{customer}\"><From>20261001</From><To>20261031</To>\
                 <Amt>{fen}</Amt></Bill></Bills>"
            );
            let code = "<RspCode>0000</RspCode><RspMsg>成功</RspMsg>";
            xml("Arrears", &format!("{code}{name}{bill}"), 200)
        }
        None => {
            let code = "<RspCode>0102</RspCode><RspMsg>无欠费</RspMsg>";
            xml("Arrears", &format!("{code}{name}<Bills></Bills>"), 200)
        }
    }
}

fn paid(reference: &str, payment: &Payment) -> Reply {
    let body = format!(
        "<RspCode>0000</RspCode><RspMsg>成功</RspMsg><Ref>{}</Ref><FlowNo>QH{:08}</FlowNo>\
         <TxTime>{}</TxTime><Amt>{}</Amt>",
        reference.replace(['<', '&'], ""),
        payment.serial,
        payment.at,
        payment.fen
    );
    xml("Paid", &body, 200)
}

fn xml(root: &str, body: &str, status: u16) -> Reply {
    let text = format!("<?xml version=\"1.0\" encoding=\"GB18030\"?><{root}>{body}</{root}>");
    let (bytes, _, _) = GB18030.encode(&text);
    Reply {
        status,
        content_type: "application/xml; charset=GB18030",
        headers: Vec::new(),
        body: Bytes::from(bytes.into_owned()),
    }
}

/// HMAC (RFC 2104) with SM3 over the path, a line's end, and the body's SM3.
fn mac(path: &str, body: &[u8]) -> String {
    let covered = format!("{path}\n{}", hex(&Sm3::digest(body)));
    let mut key = [0; BLOCK_BYTES];
    key[..KEY.len()].copy_from_slice(KEY);
    let padded = |byte: u8| key.map(|own| own ^ byte);
    let inner = Sm3::new()
        .chain_update(padded(0x36))
        .chain_update(covered.as_bytes())
        .finalize();
    let outer = Sm3::new().chain_update(padded(0x5c)).chain_update(inner);
    hex(&outer.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
