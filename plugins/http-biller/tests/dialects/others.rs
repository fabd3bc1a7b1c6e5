//! The dialects json-rsa and json-sm2: what goes out to the letter, what comes in,
//! and answers whose signature does not fit.

use guichet_sdk::bill::{QueryOutcome, Reversal, Status, Submission};
use guichet_sdk::fake::{self, Answer};
use guichet_sdk::{BillPayment, Failure, Inputs};
use http_biller::filter::{to_base64, to_hex};
use http_biller::plugin::HttpBiller;

use serde_json::{Value, json};

use super::common::{account, answering, body, json_of, ok, order, ready, reversal};

const SERVICE: &str = "gas-330100-1";

fn query(inputs: &Inputs) -> Result<QueryOutcome, Failure> {
    HttpBiller::query_bills(&fake::context(SERVICE), inputs)
}

fn submit() -> Submission {
    HttpBiller::submit_payment(&fake::context(SERVICE), &order()).unwrap_or_else(Submission::from)
}

/// A json-rsa answer, signed as the biller does.
fn rsa(answer: &Value) -> Answer {
    let text = answer.to_string();
    let signature = fake::signature("biller", format!("20261121163000\n{text}").as_bytes());
    let answer = fake::with_header(ok(answer), "x-timestamp", "20261121163000");
    fake::with_header(answer, "x-signature", &to_base64(&signature))
}

#[test]
fn json_rsa_speaks_yuan_and_shanghai() {
    let answer = json!({"resultCode": "SUCCESS", "resultMsg": "成功",
        "consumer": {"consNo": "3301000001", "consType": "household", "contractNo": null, "consName": "张*", "consAddr": "", "balance": "0.00", "arrears": "86.50", "notice": null},
        "billList": [{"billNo": "b1", "title": "九月", "beginDate": "20260901", "endDate": "20260930", "dueDate": "20261020",
            "principal": "85.00", "lateFee": "1.50", "lateFeeType": "liquidated-damages", "discount": "0.00", "paid": "0.00", "payable": "86.50",
            "feeList": [], "reading": null, "tierList": [], "token": "t", "seq": 1}]});
    let host = answering("json-rsa", move |_| rsa(&answer));
    let statement = ready(query(&account()));
    let sent = host.last_request();
    assert_eq!(
        (sent.path.as_str(), body(&sent).as_str()),
        (
            "/b/gas-330100-1/api/queryBill",
            r#"{"consNo":"3301000001"}"#
        )
    );
    assert_eq!(
        (sent.header("x-merchant"), sent.header("x-timestamp")),
        (Some("guichet"), Some("20261121163000"))
    );
    let signed = fake::signature(
        "signing",
        b"/b/gas-330100-1/api/queryBill\n20261121163000\n{\"consNo\":\"3301000001\"}",
    );
    assert_eq!(
        sent.header("x-signature"),
        Some(to_base64(&signed).as_str())
    );
    let bill = &statement.bills[0];
    assert_eq!(
        (
            bill.payable.minor_units,
            bill.late_charges[0].amount.minor_units
        ),
        (8650, 150)
    );
    assert_eq!(
        bill.period.as_ref().map(|period| period.from.as_str()),
        Some("2026-09-01")
    );
}

#[test]
fn json_rsa_pays_and_believes_only_signed_answers() {
    let paid = json!({"resultCode": "SUCCESS", "resultMsg": "", "orderStatus": "PAID", "orderNo": "pay_1", "flowNo": "F1", "payTime": "20261121163000", "amt": "86.50", "acctDate": "20261121", "balance": "0.00", "invoiceNo": null});
    let unsigned = paid.clone();
    let host = answering("json-rsa", move |_| rsa(&paid));
    let submission = submit();
    assert!(
        matches!(&submission, Submission::Applied(a) if a.amount.minor_units == 8650 && a.at == "2026-11-21T08:30:00Z"),
        "{submission:?}"
    );
    assert_eq!(
        json_of(&host.last_request()),
        json!({"orderNo": "pay_1", "orderSeq": 1, "consNo": "3301000001", "totalAmt": "86.50", "acctDate": "20261121",
               "billList": [{"billNo": "202609-3301000001", "token": "k3v9", "amt": "86.50"}]})
    );
    host.answers(move |_| ok(&unsigned));
    assert!(matches!(submit(), Submission::Unknown(_)));
    host.answers(|_| {
        fake::with_header(rsa(&json!({"resultCode": "AMOUNT_WRONG"})), "x-other", "1")
    });
    assert!(matches!(submit(), Submission::Refused(_)));
    // A refusal that nobody signed ends nothing.
    host.answers(|_| ok(&json!({"resultCode": "AMOUNT_WRONG"})));
    assert!(matches!(submit(), Submission::Unknown(_)));
    let status = |state: &str| {
        rsa(
            &json!({"resultCode": "SUCCESS", "orderStatus": state, "orderNo": "pay_1", "flowNo": "F1", "payTime": "20261121163000", "amt": "86.50"}),
        )
    };
    host.answers(move |_| status("CANCELLED"));
    let answer = HttpBiller::payment_status(&fake::context(SERVICE), &order(), None);
    assert!(matches!(answer, Ok(Status::Reversed(_))));
}

/// A json-sm2 answer, signed as the biller does.
fn sm2(status: u32, data: &Value) -> Answer {
    let answer = json!({"head": {"status": status, "message": "", "time": 1_763_713_800_000_u64}, "data": data});
    let signature = fake::signature("biller", answer.to_string().as_bytes());
    fake::with_header(ok(&answer), "x-sm2-sign", &to_hex(&signature))
}

#[test]
fn json_sm2_pays_in_its_envelope() {
    let data = json!({"state": "applied", "reference": "pay_1", "serialNo": "S1", "time": 1_795_249_800_000_u64, "amount": "8650", "accountingDate": "2026-11-21", "balance": "0", "invoiceNo": "FP1"});
    let host = answering("json-sm2", move |_| sm2(0, &data));
    let submission = submit();
    assert!(
        matches!(&submission, Submission::Applied(a) if a.at == "2026-11-21T08:30:00Z"),
        "{submission:?}"
    );
    let sent = host.last_request();
    assert_eq!(json_of(&sent)["head"]["service"], json!(SERVICE));
    assert_eq!(json_of(&sent)["head"]["time"], json!(1_795_249_800_000_u64));
    assert_eq!(
        json_of(&sent)["data"]["items"],
        json!([{"billNo": "202609-3301000001", "token": "k3v9", "amount": "8650"}])
    );
    assert_eq!(
        sent.header("x-sm2-sign"),
        Some(to_hex(&fake::signature("signing", &sent.body)).as_str())
    );
    host.answers(|_| sm2(106, &json!({})));
    assert!(matches!(submit(), Submission::Refused(refusal) if refusal.code == "106"));
    host.answers(|_| {
        sm2(
            112,
            &json!({"state": "pending", "reference": "pay_1", "wait": 2}),
        )
    });
    assert!(
        matches!(submit(), Submission::Pending(pending) if pending.ask_after_seconds == Some(2))
    );
    host.answers(|_| sm2(0, &json!({"state": "reversed", "reference": "rev_1", "serialNo": "S2", "time": 1_795_249_800_000_u64, "amount": "8650"})));
    let reversed = HttpBiller::reverse_payment(&fake::context(SERVICE), &reversal());
    assert!(
        matches!(reversed, Ok(Reversal::Reversed(_))),
        "{reversed:?}"
    );
}

#[test]
fn a_sequence_beyond_53_bits_stays_exact() {
    let host = answering("json-sm2", |_| fake::status(500));
    let mut order = order();
    order.sequence = 999_999_999_999_999_999;
    let _ = HttpBiller::submit_payment(&fake::context(SERVICE), &order);
    assert!(body(&host.last_request()).contains("\"sequence\":999999999999999999"));
}
