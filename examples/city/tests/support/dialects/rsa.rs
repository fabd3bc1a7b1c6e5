//! json-rsa, as a client speaks it.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Answer, Client, Sealed, compact, fen, list, yuan};

impl Client<'_> {
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

    pub(super) fn rsa_request(&self, operation: &str, f: &Value) -> (String, Sealed) {
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

    pub(super) fn rsa_answer(&self, answer: &Answer) -> Value {
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
}
