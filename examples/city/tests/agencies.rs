//! The hand-written services' protocols over real HTTP.

mod support;

use guichet_city::Options;
use guichet_city::catalogue::{Amounts, Answering, Dialect, Kind, Service};
use serde_json::{Value, json};
use support::dialects::Client;
use support::{Town, agency};

const PERSON: &str = "330106199001011234";

/// A signed request to an agency that speaks like json-hmac.
fn ask(client: &Client<'_>, operation: &str, fields: Value) -> Value {
    client.ask(operation, fields)
}

#[test]
fn power_is_bought_for_a_token_or_a_card() {
    let mut service = agency(Dialect::PrepaidPower, Kind::BillPayment);
    service.traits.amounts = Amounts::Steps(1_000, 100_000, 100);
    let town = Town::open(std::slice::from_ref(&service));
    let client = Client::new(&town, &service);
    let mut kinds = Vec::new();
    for number in 0..12 {
        let meter = town.sample(&service, "");
        let found = ask(&client, "meter", json!({"meter": meter}));
        assert_eq!(found["code"], 0, "{found}");
        let kind = found["meter"]["kind"].as_str().unwrap().to_owned();
        let reference = format!("pay_{number}");
        let purchase = json!({"reference": reference, "meter": meter, "amount": 5_000,
            "accounting_date": "2026-11-21"});
        let bought = ask(&client, "purchase", purchase.clone());
        assert_eq!(
            (&bought["code"], &bought["state"]),
            (&json!(0), &json!("applied"))
        );
        if kind == "token" {
            let token = bought["token"].as_str().unwrap();
            assert!(token.len() == 20 && token.bytes().all(|byte| byte.is_ascii_digit()));
            assert_eq!(bought["card"], Value::Null);
        } else {
            assert_eq!(bought["delivery"], "card-write");
            assert!(bought["card"]["payload_base64"].is_string());
        }
        let arrears = found["meter"]["arrears"].as_i64().unwrap();
        let price: i64 = found["meter"]["price"]
            .as_str()
            .unwrap()
            .replace('.', "")
            .parse()
            .unwrap();
        let hundredths: i64 = bought["quantity"]
            .as_str()
            .unwrap()
            .replace('.', "")
            .parse()
            .unwrap();
        assert_eq!(hundredths, (5_000 - arrears) * 10_000 / price);
        assert_eq!(
            ask(&client, "purchase", purchase),
            bought,
            "the same token again"
        );
        let status = ask(&client, "purchase/status", json!({"reference": reference}));
        assert_eq!(status, bought);
        kinds.push(kind);
    }
    assert!(kinds.iter().any(|kind| kind == "token") && kinds.iter().any(|kind| kind != "token"));
    assert_eq!(town.effects(&service.code).len(), 12);
    let odd = json!({"reference": "pay_x", "meter": town.sample(&service, ""), "amount": 1_050});
    assert_eq!(ask(&client, "purchase", odd)["code"], 106);
    assert_eq!(
        ask(&client, "purchase/status", json!({"reference": "pay_x"}))["code"],
        108
    );
    let missing = town.sample(&service, "&want=missing");
    assert_eq!(
        ask(&client, "meter", json!({"meter": missing}))["code"],
        101
    );
}

/// A service of fines that is asked by decision number.
fn fines() -> Service {
    agency(Dialect::TrafficFine, Kind::BillPayment)
}

#[test]
fn a_fine_is_paid_to_the_treasury_once() {
    let service = fines();
    let town = Town::open(std::slice::from_ref(&service));
    let client = Client::new(&town, &service);
    let number = "330106123456789";
    let numbers = (0..60).map(|index| format!("3301061234{index:05}"));
    let owed: Vec<Value> = numbers
        .map(|number| ask(&client, "decision", json!({"decision": number})))
        .filter(|answer| answer["code"] == 0)
        .collect();
    assert!(owed.len() > 40, "{number}");
    for answer in &owed {
        let fine = &answer["decision"];
        let amount = |name: &str| fine[name].as_i64().unwrap();
        let expected =
            (amount("principal") * amount("days_late") * 3 / 100).min(amount("principal"));
        assert_eq!(amount("penalty"), expected, "{fine}");
        assert_eq!(amount("payable"), amount("principal") + expected);
    }
    let fine = &owed[0]["decision"];
    let mut payment = json!({"reference": "pay_1", "decision": fine["number"],
        "treasury_code": fine["treasury_code"], "token": fine["token"],
        "principal": fine["principal"], "penalty": fine["penalty"], "total": fine["payable"],
        "accounting_date": "2026-11-21"});
    payment["treasury_code"] = json!("33010026000000000000");
    assert_eq!(ask(&client, "fine-payments", payment.clone())["code"], 103);
    payment["treasury_code"] = fine["treasury_code"].clone();
    let paid = ask(&client, "fine-payments", payment.clone());
    assert_eq!(paid["code"], 0, "{paid}");
    assert!(
        paid["fiscal_receipt"]
            .as_str()
            .unwrap()
            .starts_with("33060126-")
    );
    assert_eq!(ask(&client, "fine-payments", payment.clone()), paid);
    payment["reference"] = json!("pay_2");
    assert_eq!(ask(&client, "fine-payments", payment)["code"], 104);
    let again = ask(&client, "decision", json!({"decision": fine["number"]}));
    assert_eq!(again["code"], 104);
    let status = ask(
        &client,
        "fine-payments/status",
        json!({"reference": "pay_1"}),
    );
    assert_eq!(status, paid);
    assert_eq!(town.effects(&service.code).len(), 1);
}

#[test]
fn violations_of_a_plate_are_told() {
    let service = fines();
    let town = Town::open(std::slice::from_ref(&service));
    let client = Client::new(&town, &service);
    let answers: Vec<Value> = (0..30)
        .map(|index| {
            ask(
                &client,
                "violations",
                json!({"plate": format!("浙A{:05}", 12_001 + index)}),
            )
        })
        .collect();
    assert!(answers.iter().any(|answer| answer["code"] == 102));
    let told = answers.iter().find(|answer| answer["code"] == 0).unwrap();
    assert_eq!(told["violations"][0]["state"], "unhandled");
}

#[test]
fn the_fund_answers_signed_with_a_certificate() {
    let service = agency(Dialect::ProvidentFund, Kind::Inquiry);
    let town = Town::open(std::slice::from_ref(&service));
    let mut client = Client::new(&town, &service);
    let path = format!("/b/{}/fund/account", service.code);
    let ask = |client: &Client<'_>, fields: Value| {
        let (headers, body) = client.rsa_sealed(&path, fields.to_string().into_bytes());
        let answer = town.exchange("POST", &path, &headers, &body).unwrap();
        (answer.status, client.rsa_opened(&answer))
    };
    let (_, found) = ask(&client, json!({"name": "李四", "idNumber": PERSON}));
    assert_eq!(found["resultCode"], "SUCCESS", "{found}");
    assert_eq!(found["account"]["name"], "李*");
    assert_eq!(found["account"]["idNumber"], "3301**********1234");
    assert_eq!(found["detail"].as_array().unwrap().len(), 12);
    assert!(
        found["certificate"]["content"]
            .as_str()
            .unwrap()
            .starts_with("JVBERi0")
    );
    let (_, missing) = ask(&client, json!({"idNumber": "330106199001010000"}));
    assert_eq!(missing["resultCode"], "ACCOUNT_NOT_FOUND");
    client.spoils_signature = true;
    let (status, refused) = ask(&client, json!({"idNumber": PERSON}));
    assert_eq!(
        (status, &refused["resultCode"]),
        (401, &json!("BAD_SIGNATURE"))
    );
}

#[test]
fn a_credit_report_is_ready_later() {
    let service = agency(Dialect::CreditReport, Kind::Inquiry);
    let options = Options {
        report_seconds: 7_200,
        ..Options::default()
    };
    let town = Town::with(std::slice::from_ref(&service), options);
    let client = Client::new(&town, &service);
    let order = json!({"reference": "journey-1", "name": "李四", "id_number": PERSON});
    let ordered = ask(&client, "orders", order.clone());
    assert_eq!(
        (&ordered["code"], &ordered["state"]),
        (&json!(0), &json!("processing"))
    );
    assert_eq!(ordered["expected_by"], "2026-11-21T10:30:00Z");
    assert_eq!(ask(&client, "orders", order)["order"], ordered["order"]);
    let report = json!({"order": ordered["order"]});
    let waiting = ask(&client, "orders/report", report.clone());
    assert_eq!(
        (&waiting["code"], &waiting["ask_after"]),
        (&json!(112), &json!(3_600))
    );
    town.pass_seconds(7_200);
    let ready = ask(&client, "orders/report", report.clone());
    assert_eq!(
        (&ready["code"], &ready["state"]),
        (&json!(0), &json!("ready")),
        "{ready}"
    );
    assert_eq!(ready["holder"], "李*");
    assert!(
        ready["attachment"]["bytes_base64"]
            .as_str()
            .unwrap()
            .starts_with("JVBERi0")
    );
    assert_eq!(ask(&client, "orders/report", report), ready);
    assert_eq!(
        ask(&client, "orders/report", json!({"order": "Rx.y"}))["code"],
        108
    );
    assert_eq!(town.effects(&service.code), [], "an order moves no money");
}

#[test]
fn a_medical_code_is_another_one_at_every_call() {
    let service = agency(Dialect::MedicalInsuranceCode, Kind::Credential);
    let town = Town::open(std::slice::from_ref(&service));
    let client = Client::new(&town, &service);
    let issue = || {
        ask(
            &client,
            "codes",
            json!({"id_number": PERSON, "name": "李四"}),
        )
    };
    let (one, other) = (issue(), issue());
    assert_eq!(
        (&one["code"], &one["seconds_to_live"]),
        (&json!(0), &json!(60))
    );
    assert_eq!(one["payload"].as_str().unwrap().len(), 28);
    assert_ne!(one["payload"], other["payload"]);
    assert_eq!(ask(&client, "codes", json!({"name": "李四"}))["code"], 110);
    let page = ask(&client, "handoff", json!({"channel": "mobile"}));
    assert!(
        page["url"]
            .as_str()
            .unwrap()
            .starts_with("https://medical-insurance.example/")
    );
}

#[test]
fn contributions_and_records_are_told_at_once_or_later() {
    let mut service = agency(Dialect::JsonHmac, Kind::Inquiry);
    let mut slow = service.clone();
    service.code = "quick".to_owned();
    slow.code = "slow".to_owned();
    slow.traits.answering = Answering::Later { after_seconds: 2 };
    let town = Town::open(&[service.clone(), slow.clone()]);
    let client = Client::new(&town, &service);
    let told = ask(
        &client,
        "contributions",
        json!({"name": "李四", "id_number": PERSON}),
    );
    assert_eq!((&told["code"], &told["holder"]), (&json!(0), &json!("李*")));
    assert_eq!(told["rows"].as_array().unwrap().len(), 12);
    assert_eq!(
        ask(&client, "contributions", json!({"name": "李四"}))["code"],
        110
    );
    let record = ask(&client, "records", json!({"query": "浙A12345678"}));
    assert_eq!(record["code"], 0, "{record}");
    assert!(record["certificate"]["bytes_base64"].is_string());

    let client = Client::new(&town, &slow);
    let ticket = ask(&client, "records", json!({"query": "浙A12345678"}));
    assert_eq!(ticket["code"], 112);
    let ticket = json!({"ticket": ticket["ticket"]});
    assert_eq!(ask(&client, "records/result", ticket.clone())["code"], 112);
    town.pass_seconds(2);
    assert_eq!(ask(&client, "records/result", ticket)["code"], 0);
    assert_eq!(
        town.exchange("POST", "/b/quick/payments", &[], b"{}")
            .unwrap()
            .status,
        404
    );
}
