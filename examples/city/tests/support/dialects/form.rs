//! form, as a client speaks it.

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use super::{Answer, Client, Sealed, fen, hex, yuan};

impl Client<'_> {
    pub(super) fn form_request(&self, operation: &str, f: &Value) -> (String, Sealed) {
        let mut pairs = vec![
            ("merchant".to_owned(), "guichet".to_owned()),
            ("timestamp".to_owned(), "2026-11-21 16:30:00".to_owned()),
            ("nonce".to_owned(), "n-00000001".to_owned()),
        ];
        let mut put = |name: &str, value: &Value| {
            if let Some(text) = value.as_str() {
                pairs.push((name.to_owned(), text.to_owned()));
            }
        };
        let path = match operation {
            "bills" => {
                put("user_no", &f["account"]);
                put("mobile", &f["phone"]);
                put("step", &f["step"]);
                "query.do"
            }
            "tickets" => {
                put("ticket", &f["ticket"]);
                "result.do"
            }
            "accounts" => {
                put("user_no", &f["account"]);
                "check.do"
            }
            "payments" => {
                put("trade_no", &f["reference"]);
                put("user_no", &f["account"]);
                put("total_amount", &json!(yuan(&f["total"])));
                put("acct_date", &f["accounting_date"]);
                let items = f["items"].as_array().unwrap();
                put("item_count", &json!(items.len().to_string()));
                for (index, item) in items.iter().enumerate() {
                    put(&format!("item_{}_bill", index + 1), &item["bill"]);
                    put(&format!("item_{}_token", index + 1), &item["token"]);
                    put(
                        &format!("item_{}_amount", index + 1),
                        &json!(yuan(&item["amount"])),
                    );
                }
                "pay.do"
            }
            "payments/status" => {
                put("trade_no", &f["reference"]);
                "state.do"
            }
            _ => {
                put("cancel_no", &f["reference"]);
                put("trade_no", &f["payment"]);
                put("serial_no", &f["serial"]);
                put("amount", &json!(yuan(&f["amount"])));
                "cancel.do"
            }
        };
        let signature = self.signature(self.form_signature(&mut pairs));
        pairs.push(("sign".to_owned(), signature));
        let body: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={}", percent(value)))
            .collect();
        (self.path(path), (Vec::new(), body.join("&").into_bytes()))
    }

    fn form_signature(&self, pairs: &mut [(String, String)]) -> String {
        pairs.sort();
        let text: Vec<String> = pairs
            .iter()
            .filter(|(name, value)| name != "sign" && !value.is_empty())
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.key("mac"));
        hex(hmac::sign(&key, text.join("&").as_bytes()).as_ref()).to_uppercase()
    }

    pub(super) fn form_answer(&self, answer: &Answer) -> Value {
        let mut pairs: Vec<(String, String)> = answer
            .text()
            .split('&')
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap();
                (name.to_owned(), unpercent(value))
            })
            .collect();
        let find = |name: String| {
            let found = pairs.iter().find(|(one, _)| *one == name);
            found.map(|(_, value)| value.clone())
        };
        let amount = |name: String| find(name).map(|text| fen(&text));
        let count = |name: &str| find(name.into()).map_or(0, |text| text.parse::<u32>().unwrap());
        let bills: Vec<Value> = (1..=count("bill_count")).map(|n| json!({
            "number": find(format!("bill_{n}_no")), "token": find(format!("bill_{n}_token")),
            "order": find(format!("bill_{n}_order")).map(|text| text.parse::<u32>().unwrap()),
            "principal": amount(format!("bill_{n}_principal")),
            "payable": amount(format!("bill_{n}_payable")), "used": find(format!("bill_{n}_used")),
        })).collect();
        let choices: Vec<Value> = (1..=count("account_count"))
            .map(|n| json!({"account": find(format!("account_{n}_no"))}))
            .collect();
        let value = json!({
            "code": find("ret".into()).unwrap().parse::<u32>().unwrap(),
            "state": find("state".into()), "serial": find("serial_no".into()),
            "amount": amount("amount".into()), "step": find("step".into()),
            "ticket": find("ticket".into()), "minimum": amount("min_amount".into()),
            "holder": find("user_name".into()), "bills": bills, "choices": choices,
        });
        let given = find("sign".into());
        assert_eq!(
            given,
            Some(self.form_signature(&mut pairs)),
            "the answer is signed"
        );
        value
    }
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

fn unpercent(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        match bytes[at] {
            b'%' => {
                out.push(u8::from_str_radix(&text[at + 1..at + 3], 16).unwrap());
                at += 2;
            }
            b'+' => out.push(b' '),
            other => out.push(other),
        }
        at += 1;
    }
    String::from_utf8(out).unwrap()
}
