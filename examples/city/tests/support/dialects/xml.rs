//! xml-gb18030, as a client speaks it.

use encoding_rs::GB18030;
use serde_json::{Value, json};
use sm3::{Digest, Sm3};

use super::{Answer, Client, Sealed, compact, hex};

impl Client<'_> {
    pub(super) fn xml_request(&self, operation: &str, f: &Value) -> (String, Sealed) {
        let tag = |name: &str, value: &Value| match value {
            Value::Null => String::new(),
            Value::String(text) => format!("<{name}>{text}</{name}>"),
            other => format!("<{name}>{other}</{name}>"),
        };
        let (code, body) = match operation {
            "bills" => (
                1001,
                tag("CustNo", &f["account"])
                    + &tag("Phone", &f["phone"])
                    + &tag("Step", &f["step"]),
            ),
            "tickets" => (1003, tag("Ticket", &f["ticket"])),
            "accounts" => (1002, tag("CustNo", &f["account"])),
            "payments" => {
                let items: String = f["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|item| {
                        format!(
                            "<Item>{}{}{}</Item>",
                            tag("BillNo", &item["bill"]),
                            tag("Token", &item["token"]),
                            tag("Amt", &item["amount"])
                        )
                    })
                    .collect();
                let date = json!(compact(&f["accounting_date"]));
                (
                    2001,
                    format!(
                        "{}{}{}{}<Items>{items}</Items>",
                        tag("Ref", &f["reference"]),
                        tag("CustNo", &f["account"]),
                        tag("TotalAmt", &f["total"]),
                        tag("AcctDate", &date)
                    ),
                )
            }
            "payments/status" => (2002, tag("Ref", &f["reference"])),
            _ => (
                2003,
                tag("Ref", &f["reference"])
                    + &tag("OrigRef", &f["payment"])
                    + &tag("OrigFlowNo", &f["serial"])
                    + &tag("Amt", &f["amount"]),
            ),
        };
        let covered = format!(
            "<Head><TxCode>{code}</TxCode><MsgId>n-00000001</MsgId>\
            <TxTime>20261121163000</TxTime></Head><Body>{body}</Body>"
        );
        let covered = GB18030.encode(&covered).0.into_owned();
        let mac = self.signature(hex(&hmac_sm3(&self.key("mac"), &covered)).to_uppercase());
        let body = [
            br#"<?xml version="1.0" encoding="GB18030"?><Transaction>"#.as_slice(),
            &covered,
            format!("<Mac>{mac}</Mac></Transaction>").as_bytes(),
        ]
        .concat();
        (self.path("xml"), (Vec::new(), body))
    }

    pub(super) fn xml_answer(&self, answer: &Answer) -> Value {
        let (text, _, wrong) = GB18030.decode(&answer.body);
        assert!(!wrong, "the answer is GB18030");
        let covered = &text[text.find("<Head>").unwrap()..text.find("</Body>").unwrap() + 7];
        let mac = hmac_sm3(&self.key("mac"), &GB18030.encode(covered).0);
        assert_eq!(
            element(&text, "Mac"),
            Some(hex(&mac).to_uppercase().as_str())
        );
        let state = match element(&text, "State") {
            Some("S") => json!("applied"),
            Some("P") => json!("pending"),
            Some("R") => json!("reversed"),
            _ => Value::Null,
        };
        let number =
            |text: &str, name: &str| element(text, name).map(|value| value.parse::<i64>().unwrap());
        let bills: Vec<Value> = text
            .split("<Bill>")
            .skip(1)
            .map(|bill| {
                json!({
                    "number": element(bill, "BillNo"), "token": element(bill, "Token"),
                    "order": number(bill, "Order"), "principal": number(bill, "Principal"),
                    "payable": number(bill, "Payable"), "used": element(bill, "Used"),
                })
            })
            .collect();
        let choices: Vec<Value> = text
            .split("<Choice>")
            .skip(1)
            .map(|one| json!({"account": element(one, "CustNo")}))
            .collect();
        json!({
            "code": number(&text, "RspCode"), "state": state, "serial": element(&text, "FlowNo"),
            "amount": number(&text, "Amt"), "step": element(&text, "Step"),
            "ticket": element(&text, "Ticket"), "minimum": number(&text, "MinAmt"),
            "holder": element(&text, "Name"), "bills": bills, "choices": choices,
        })
    }
}

fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let start = text.find(&format!("<{name}>"))? + name.len() + 2;
    let rest = &text[start..];
    let content = &rest[..rest.find(&format!("</{name}>"))?];
    (!content.is_empty()).then_some(content)
}

fn hmac_sm3(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key);
    let inner = Sm3::digest([&block.map(|byte| byte ^ 0x36), message].concat());
    Sm3::digest([block.map(|byte| byte ^ 0x5c).as_slice(), &inner].concat()).to_vec()
}
