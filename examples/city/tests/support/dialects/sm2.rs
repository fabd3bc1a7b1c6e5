//! json-sm2, as a client speaks it.

use ::sm2::dsa::signature::{Signer, Verifier};
use ::sm2::dsa::{Signature, SigningKey, VerifyingKey};
use serde_json::{Value, json};

use super::{Answer, Client, Sealed, hex, list};

impl Client<'_> {
    pub(super) fn sm2_request(&self, operation: &str, f: &Value) -> (String, Sealed) {
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

    pub(super) fn sm2_answer(&self, answer: &Answer) -> Value {
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
