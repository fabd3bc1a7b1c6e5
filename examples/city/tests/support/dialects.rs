//! A reference client for every dialect, written from `PROTOCOLS.md` alone. It
//! speaks one neutral JSON to the tests: requests and answers in json-hmac's
//! spelling, `code` as a number.

mod form;
mod rsa;
mod sm2;
mod xml;

use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use guichet_city::catalogue::{Dialect, Service};
use serde_json::{Value, json};

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
    #[expect(
        clippy::needless_pass_by_value,
        reason = "tests write the fields in place"
    )]
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
                if value["account"].is_object() {
                    value["holder"] = value["account"]["holder"].clone();
                }
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

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
