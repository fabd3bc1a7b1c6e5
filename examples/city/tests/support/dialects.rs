//! A reference client for every dialect, written from `PROTOCOLS.md` alone. It
//! speaks one neutral JSON to the tests: requests and answers in json-hmac's
//! spelling, `code` as a number.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::GB18030;
use guichet_city::catalogue::{Dialect, Service};
use serde_json::{Value, json};
use sm2::dsa::signature::{Signer, Verifier};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm3::{Digest, Sm3};

use super::{Answer, Town};

/// A client of one service.
pub(crate) struct Client<'a> {
    pub(crate) town: &'a Town,
    pub(crate) service: &'a Service,
    operator: Value,
    /// Changed by tests of wrong signatures.
    pub(crate) spoils_signature: bool,
}

/// Headers and body of a request.
type Sealed = (Vec<(String, String)>, Vec<u8>);

impl<'a> Client<'a> {
    pub(crate) fn new(town: &'a Town, service: &'a Service) -> Self {
        let operator = town.get("/_operator")["packages"][&service.package].clone();
        assert!(
            operator.is_object(),
            "the operator knows {}",
            service.package
        );
        Self {
            town,
            service,
            operator,
            spoils_signature: false,
        }
    }

    fn key(&self, name: &str) -> Vec<u8> {
        let keys = self.operator["keys"].as_array().unwrap();
        let key = keys.iter().find(|key| key["name"] == name).unwrap();
        STANDARD
            .decode(key["material_base64"].as_str().unwrap())
            .unwrap()
    }

    /// Asks and gives the neutral answer.
    pub(crate) fn ask(&self, operation: &str, fields: Value) -> Value {
        let answer = self.send(operation, &fields).unwrap();
        self.open(&answer)
    }

    /// Asks an ordinary biller.
    pub(crate) fn send(&self, operation: &str, fields: &Value) -> std::io::Result<Answer> {
        let (path, (headers, body)) = match self.service.dialect {
            Dialect::JsonRsa => self.rsa_request(operation, fields),
            Dialect::XmlGb18030 => self.xml_request(operation, fields),
            Dialect::Form => self.form_request(operation, fields),
            Dialect::JsonSm2 => self.sm2_request(operation, fields),
            _ => {
                let path = self.path(operation);
                let sealed = self.hmac_sealed(&path, fields.to_string().into_bytes());
                (path, sealed)
            }
        };
        self.town.exchange("POST", &path, &headers, &body)
    }

    /// Reads an ordinary biller's answer.
    pub(crate) fn open(&self, answer: &Answer) -> Value {
        assert!(answer.is_whole);
        let mut value = match self.service.dialect {
            Dialect::JsonRsa => self.rsa_answer(answer),
            Dialect::XmlGb18030 => self.xml_answer(answer),
            Dialect::Form => self.form_answer(answer),
            Dialect::JsonSm2 => self.sm2_answer(answer),
            _ => {
                let mut value: Value = serde_json::from_slice(&answer.body).unwrap();
                value["code"] = json!(value["code"].as_str().unwrap().parse::<u32>().unwrap());
                value["holder"] = value["account"]["holder"].clone();
                value
            }
        };
        value["http"] = json!(answer.status);
        value
    }

    fn path(&self, operation: &str) -> String {
        format!("/b/{}/{operation}", self.service.code)
    }

    fn signature(&self, right: String) -> String {
        if !self.spoils_signature {
            return right;
        }
        let last = if right.ends_with('0') { '1' } else { '0' };
        format!("{}{last}", &right[..right.len() - 1])
    }

    pub(crate) fn hmac_sealed(&self, path: &str, body: Vec<u8>) -> Sealed {
        let time = (self.town.now() / 1_000).to_string();
        let hash = hex(digest::digest(&digest::SHA256, &body).as_ref());
        let text = format!("POST\n{path}\n{time}\nnonce-0001\n{hash}");
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.key("mac"));
        let signature = hex(hmac::sign(&key, text.as_bytes()).as_ref());
        let mut headers = vec![
            ("x-timestamp".to_owned(), time),
            ("x-nonce".to_owned(), "nonce-0001".to_owned()),
            ("x-signature".to_owned(), self.signature(signature)),
        ];
        let endpoint = &self.operator["endpoints"]["biller"];
        for credential in endpoint["credentials"].as_array().unwrap() {
            let secrets = self.operator["secrets"].as_array().unwrap();
            let secret = secrets
                .iter()
                .find(|one| one["name"] == credential["secret"])
                .unwrap();
            let format = credential["format"].as_str().unwrap();
            headers.push((
                credential["header"].as_str().unwrap().to_owned(),
                format.replace("{}", secret["value"].as_str().unwrap()),
            ));
        }
        (headers, body)
    }

    pub(crate) fn rsa_sealed(&self, path: &str, body: Vec<u8>) -> Sealed {
        let time = "20261121163000".to_owned();
        let text = [format!("{path}\n{time}\n").as_bytes(), &body].concat();
        let key = KeyPair::from_pkcs8(&self.key("signing")).unwrap();
        let mut signature = vec![0; key.public_modulus_len()];
        key.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            &text,
            &mut signature,
        )
        .unwrap();
        if self.spoils_signature {
            signature[7] ^= 1;
        }
        let headers = vec![
            ("x-merchant".to_owned(), "guichet".to_owned()),
            ("x-timestamp".to_owned(), time),
            ("x-signature".to_owned(), STANDARD.encode(signature)),
        ];
        (headers, body)
    }

    /// Checks and reads a json-rsa answer.
    pub(crate) fn rsa_opened(&self, answer: &Answer) -> Value {
        let signed = format!("{}\n{}", answer.header("x-timestamp"), answer.text());
        let signature = STANDARD.decode(answer.header("x-signature")).unwrap();
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.key("biller"))
            .verify(signed.as_bytes(), &signature)
            .expect("the answer is signed");
        serde_json::from_slice(&answer.body).unwrap()
    }

    fn rsa_request(&self, operation: &str, f: &Value) -> (String, Sealed) {
        let (name, body) = match operation {
            "bills" => (
                "queryBill",
                json!({"consNo": f["account"], "mobile": f["phone"], "stepToken": f["step"]}),
            ),
            "tickets" => ("queryResult", json!({"ticketNo": f["ticket"]})),
            "accounts" => ("verifyAccount", json!({"consNo": f["account"]})),
            "payments" => (
                "payBill",
                json!({"orderNo": f["reference"], "orderSeq": 1, "consNo": f["account"],
                    "totalAmt": yuan(&f["total"]), "acctDate": compact(&f["accounting_date"]),
                    "billList": f["items"].as_array().unwrap().iter().map(|item| json!({
                        "billNo": item["bill"], "token": item["token"],
                        "amt": yuan(&item["amount"]),
                    })).collect::<Vec<_>>()}),
            ),
            "payments/status" => ("queryOrder", json!({"orderNo": f["reference"]})),
            _ => (
                "cancelOrder",
                json!({"cancelNo": f["reference"], "orderNo": f["payment"],
                    "flowNo": f["serial"], "amt": yuan(&f["amount"]), "reason": "test"}),
            ),
        };
        let path = self.path(&format!("api/{name}"));
        let sealed = self.rsa_sealed(&path, body.to_string().into_bytes());
        (path, sealed)
    }

    fn rsa_answer(&self, answer: &Answer) -> Value {
        let value = self.rsa_opened(answer);
        let names = [
            ("SUCCESS", 0),
            ("ACCOUNT_NOT_FOUND", 101),
            ("NO_ARREARS", 102),
            ("NOT_PAYABLE", 103),
            ("ALREADY_PAID", 104),
            ("DUPLICATE_REFERENCE", 105),
            ("AMOUNT_WRONG", 106),
            ("MAINTENANCE", 107),
            ("ORDER_NOT_FOUND", 108),
            ("REVERSAL_REFUSED", 109),
            ("BAD_REQUEST", 110),
            ("CHOOSE_ACCOUNT", 111),
            ("PROCESSING", 112),
            ("NOT_SUPPORTED", 113),
            ("BAD_SIGNATURE", 901),
            ("SYSTEM_BUSY", 909),
        ];
        let name = value["resultCode"].as_str().unwrap();
        let code = names.iter().find(|(one, _)| *one == name).unwrap().1;
        let state = match value["orderStatus"].as_str() {
            Some("PAID") => json!("applied"),
            Some("PROCESSING") => json!("pending"),
            Some("CANCELLED") => json!("reversed"),
            _ => Value::Null,
        };
        json!({
            "code": code, "state": state, "serial": value["flowNo"],
            "amount": value["amt"].as_str().map(fen), "step": value["stepToken"],
            "ticket": value["ticketNo"], "minimum": value["minAmt"].as_str().map(fen),
            "holder": value["consumer"]["consName"],
            "choices": list(&value["consList"], |one| json!({"account": one["consNo"]})),
            "bills": list(&value["billList"], |bill| json!({
                "number": bill["billNo"], "token": bill["token"], "order": bill["seq"],
                "principal": fen(bill["principal"].as_str().unwrap()),
                "payable": fen(bill["payable"].as_str().unwrap()),
                "used": bill["reading"]["used"],
            })),
        })
    }

    fn xml_request(&self, operation: &str, f: &Value) -> (String, Sealed) {
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

    fn xml_answer(&self, answer: &Answer) -> Value {
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

    fn form_request(&self, operation: &str, f: &Value) -> (String, Sealed) {
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

    fn form_answer(&self, answer: &Answer) -> Value {
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

    fn sm2_request(&self, operation: &str, f: &Value) -> (String, Sealed) {
        let (name, data) = match operation {
            "bills" => (
                "bills",
                json!({"accountNo": f["account"], "phoneNo": f["phone"],
                "step": f["step"]}),
            ),
            "tickets" => ("result", json!({"ticket": f["ticket"]})),
            "accounts" => ("account", json!({"accountNo": f["account"]})),
            "payments" => (
                "pay",
                json!({"reference": f["reference"], "accountNo": f["account"],
                "total": f["total"].to_string(), "accountingDate": f["accounting_date"],
                "items": list(&f["items"], |item| json!({"billNo": item["bill"],
                    "token": item["token"], "amount": item["amount"].to_string()}))}),
            ),
            "payments/status" => ("status", json!({"reference": f["reference"]})),
            _ => (
                "reverse",
                json!({"reference": f["reference"], "payment": f["payment"],
                "serialNo": f["serial"], "amount": f["amount"].to_string(), "reason": "test"}),
            ),
        };
        let head = json!({"service": self.service.code, "time": self.town.now(),
            "nonce": "n-00000001"});
        let body = json!({"head": head, "data": data}).to_string().into_bytes();
        let key = SigningKey::from_slice("1234567812345678", &self.key("signing")).unwrap();
        let signature: Signature = key.sign(&body);
        let headers = vec![(
            "x-sm2-sign".to_owned(),
            self.signature(hex(&signature.to_bytes())),
        )];
        (self.path(&format!("sm/{name}")), (headers, body))
    }

    fn sm2_answer(&self, answer: &Answer) -> Value {
        let bytes: Vec<u8> = (0..64)
            .map(|at| u8::from_str_radix(&answer.header("x-sm2-sign")[at * 2..at * 2 + 2], 16))
            .collect::<Result<_, _>>()
            .unwrap();
        VerifyingKey::from_sec1_bytes("1234567812345678", &self.key("biller"))
            .unwrap()
            .verify(&answer.body, &Signature::from_slice(&bytes).unwrap())
            .expect("the answer is signed");
        let value: Value = serde_json::from_slice(&answer.body).unwrap();
        let data = &value["data"];
        let number = |value: &Value| value.as_str().map(|text| text.parse::<i64>().unwrap());
        json!({
            "code": value["head"]["status"], "state": data["state"], "serial": data["serialNo"],
            "amount": number(&data["amount"]), "step": data["step"], "ticket": data["ticket"],
            "minimum": number(&data["min"]), "holder": data["account"]["name"],
            "choices": list(&data["choices"], |one| json!({"account": one["accountNo"]})),
            "bills": list(&data["bills"], |bill| json!({
                "number": bill["billNo"], "token": bill["token"], "order": bill["order"],
                "principal": number(&bill["principal"]), "payable": number(&bill["payable"]),
                "used": bill["reading"]["used"],
            })),
        })
    }
}

fn list(value: &Value, each: impl Fn(&Value) -> Value) -> Vec<Value> {
    value
        .as_array()
        .map(|all| all.iter().map(each).collect())
        .unwrap_or_default()
}

fn yuan(value: &Value) -> String {
    let fen = value.as_i64().unwrap();
    format!("{}.{:02}", fen / 100, fen % 100)
}

fn fen(yuan: &str) -> i64 {
    yuan.replace('.', "").parse().unwrap()
}

fn compact(date: &Value) -> String {
    date.as_str().unwrap().replace('-', "")
}

fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let start = text.find(&format!("<{name}>"))? + name.len() + 2;
    let rest = &text[start..];
    let content = &rest[..rest.find(&format!("</{name}>"))?];
    (!content.is_empty()).then_some(content)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hmac_sm3(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key);
    let inner = Sm3::digest([&block.map(|byte| byte ^ 0x36), message].concat());
    Sm3::digest([block.map(|byte| byte ^ 0x5c).as_slice(), &inner].concat()).to_vec()
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
