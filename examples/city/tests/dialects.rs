//! Every dialect over real HTTP, through a reference client written from
//! `PROTOCOLS.md`.

mod support;

use guichet_city::catalogue::{Amounts, Answering, Bills, Flow, Selection, StatusQuery};
use serde_json::{Value, json};
use support::dialects::Client;
use support::{DIALECTS, Town, water};

/// An order for these bills.
fn order(reference: &str, account: &str, bills: &[Value]) -> Value {
    let items: Vec<Value> = bills
        .iter()
        .map(|bill| {
            json!({"bill": bill["number"], "token": bill["token"], "amount": bill["payable"]})
        })
        .collect();
    let total: i64 = bills
        .iter()
        .map(|bill| bill["payable"].as_i64().unwrap())
        .sum();
    json!({"reference": reference, "account": account, "items": items, "total": total,
        "accounting_date": "2026-11-21"})
}

#[test]
fn a_bill_is_queried_paid_asked_after_and_reversed_in_every_dialect() {
    for dialect in DIALECTS {
        let service = water(dialect);
        let town = Town::open(std::slice::from_ref(&service));
        let client = Client::new(&town, &service);
        let account = town.sample(&service, "&bills=3");
        let before = client.ask("bills", json!({"account": account}));
        assert_eq!(before["code"], 0, "{dialect:?} {before}");
        let bills = before["bills"].as_array().unwrap();
        assert!(
            bills.len() >= 3 && bills[0].to_string().contains("used"),
            "{before}"
        );
        assert!(
            before["holder"].as_str().unwrap().ends_with('*'),
            "{before}"
        );

        let payment = order("pay_1", &account, &bills[..2]);
        let paid = client.ask("payments", payment.clone());
        assert_eq!(
            (&paid["code"], &paid["state"]),
            (&json!(0), &json!("applied")),
            "{paid}"
        );
        assert_eq!(paid["amount"], payment["total"]);
        let again = client.ask("payments", payment.clone());
        assert_eq!(again, paid, "a repeated reference has the first answer");
        let status = client.ask("payments/status", json!({"reference": "pay_1"}));
        assert_eq!(
            (&status["state"], &status["serial"]),
            (&json!("applied"), &paid["serial"])
        );

        let after = client.ask("bills", json!({"account": account}));
        assert_eq!(
            after["bills"].as_array().unwrap(),
            &bills[2..],
            "{dialect:?}"
        );
        let other = client.ask("payments", order("pay_2", &account, &bills[..1]));
        assert_eq!(other["code"], 104, "paid by another reference");

        let reversal = json!({"reference": "rev_1", "payment": "pay_1", "serial": paid["serial"],
            "amount": payment["total"]});
        let reversed = client.ask("reversals", reversal.clone());
        assert_eq!(
            (&reversed["code"], &reversed["state"]),
            (&json!(0), &json!("reversed"))
        );
        assert_eq!(client.ask("reversals", reversal), reversed);
        assert_eq!(client.ask("bills", json!({"account": account})), before);
        for reference in ["pay_1", "rev_1"] {
            let status = client.ask("payments/status", json!({"reference": reference}));
            assert_eq!(status["state"], "reversed", "{status}");
        }
        let total = payment["total"].as_i64().unwrap();
        let expected = [("pay_1".to_owned(), total), ("pay_1".to_owned(), -total)];
        assert_eq!(town.effects(&service.code), expected, "{dialect:?}");
    }
}

#[test]
fn what_cannot_be_is_refused_in_every_dialect_and_leaves_no_effect() {
    for dialect in DIALECTS {
        let service = water(dialect);
        let town = Town::open(std::slice::from_ref(&service));
        let mut client = Client::new(&town, &service);
        let account = town.sample(&service, "");
        let bills = client.ask("bills", json!({"account": account}));
        let bill = &bills["bills"][0];
        let missing = town.sample(&service, "&want=missing");
        assert_eq!(
            client.ask("bills", json!({"account": missing}))["code"],
            101
        );
        let clear = town.sample(&service, "&want=clear");
        let nothing = client.ask("bills", json!({"account": clear}));
        assert_eq!(
            (&nothing["code"], &nothing["bills"]),
            (&json!(102), &json!([]))
        );
        assert_eq!(client.ask("bills", json!({}))["code"], 110);

        let mut wrong = order("pay_1", &account, std::slice::from_ref(bill));
        wrong["total"] = json!(wrong["total"].as_i64().unwrap() + 1);
        assert_eq!(
            client.ask("payments", wrong.clone())["code"],
            106,
            "total is not the sum"
        );
        wrong["items"][0]["amount"] = wrong["total"].clone();
        assert_eq!(
            client.ask("payments", wrong)["code"],
            106,
            "not the bill's amount"
        );
        let mut wrong = order("pay_1", &account, std::slice::from_ref(bill));
        wrong["items"][0]["token"] = json!("0000000000000000");
        assert_eq!(client.ask("payments", wrong)["code"], 103, "another token");
        let open = json!({"number": "open", "token": "", "payable": 5_000});
        assert_eq!(
            client.ask("payments", order("pay_1", &account, &[open]))["code"],
            103
        );
        assert_eq!(
            client.ask("payments/status", json!({"reference": "pay_1"}))["code"],
            108
        );
        let reversal = json!({"reference": "rev_1", "payment": "pay_1", "serial": "S1",
            "amount": 1});
        assert_eq!(client.ask("reversals", reversal)["code"], 108);

        client.spoils_signature = true;
        let refused = client.ask(
            "payments",
            order("pay_1", &account, std::slice::from_ref(bill)),
        );
        assert_eq!(
            (&refused["code"], &refused["http"]),
            (&json!(901), &json!(401))
        );
        assert_eq!(town.effects(&service.code), []);
    }
}

#[test]
fn an_account_is_chosen_in_a_second_step() {
    for dialect in DIALECTS {
        let mut service = water(dialect);
        service.flow = Flow::SecondStep;
        let town = Town::open(std::slice::from_ref(&service));
        let client = Client::new(&town, &service);
        let phone = town.sample(&service, "");
        let step = client.ask("bills", json!({"phone": phone}));
        assert_eq!(step["code"], 111, "{step}");
        let choices = step["choices"].as_array().unwrap();
        assert!(choices.len() >= 2, "{step}");
        let account = &choices[1]["account"];
        let bills = client.ask("bills", json!({"account": account, "step": step["step"]}));
        assert_eq!(bills["code"], 0, "{bills}");
        let foreign = client.ask(
            "bills",
            json!({"account": "3301000001", "step": step["step"]}),
        );
        assert_eq!(foreign["code"], 101, "an account of somebody else's");
        let forged = client.ask("bills", json!({"account": account, "step": "abc.def"}));
        assert_eq!(forged["code"], 110);
    }
}

#[test]
fn a_checked_account_takes_the_amounts_of_the_rule() {
    for dialect in DIALECTS {
        let mut service = water(dialect);
        service.flow = Flow::Validate;
        service.bills = Bills::Open;
        service.traits.amounts = Amounts::Steps(1_000, 50_000, 500);
        let town = Town::open(std::slice::from_ref(&service));
        let client = Client::new(&town, &service);
        let account = town.sample(&service, "");
        let checked = client.ask("accounts", json!({"account": account}));
        assert_eq!(
            (&checked["code"], &checked["minimum"]),
            (&json!(0), &json!(1_000))
        );
        assert_eq!(
            client.ask("bills", json!({"account": account}))["code"],
            113
        );
        for (amount, code) in [(999, 106), (1_250, 106), (50_500, 106), (1_500, 0)] {
            let open = json!({"number": "open", "token": "", "payable": amount});
            let reference = format!("pay_{amount}");
            let paid = client.ask("payments", order(&reference, &account, &[open]));
            assert_eq!(paid["code"], code, "{dialect:?} {amount}");
        }
        assert_eq!(
            town.effects(&service.code),
            [("pay_1500".to_owned(), 1_500)]
        );
    }
}

#[test]
fn a_slow_biller_gives_a_ticket_and_keeps_payments_in_process() {
    for dialect in DIALECTS {
        let mut service = water(dialect);
        service.traits.answering = Answering::Later { after_seconds: 2 };
        service.traits.applying = Answering::Later { after_seconds: 2 };
        let town = Town::open(std::slice::from_ref(&service));
        let client = Client::new(&town, &service);
        let account = town.sample(&service, "");
        let ticket = client.ask("bills", json!({"account": account}));
        assert_eq!(ticket["code"], 112, "{ticket}");
        let ticket = json!({"ticket": ticket["ticket"]});
        assert_eq!(client.ask("tickets", ticket.clone())["code"], 112);
        town.pass_seconds(2);
        let bills = client.ask("tickets", ticket);
        assert_eq!(bills["code"], 0, "{bills}");
        assert_eq!(client.ask("tickets", json!({"ticket": "x.y"}))["code"], 110);
        let payment = order("pay_1", &account, &bills["bills"].as_array().unwrap()[..1]);
        let pending = client.ask("payments", payment);
        assert_eq!(
            (&pending["code"], &pending["state"]),
            (&json!(112), &json!("pending"))
        );
        town.pass_seconds(2);
        let status = client.ask("payments/status", json!({"reference": "pay_1"}));
        assert_eq!(
            (&status["code"], &status["state"]),
            (&json!(0), &json!("applied"))
        );
        assert_eq!(town.effects(&service.code).len(), 1);
    }
}

#[test]
fn rules_of_amount_and_selection_hold() {
    let dialect = DIALECTS[0];
    let mut whole = water(dialect);
    whole.code = "whole-plus".to_owned();
    whole.traits.amounts = Amounts::WholePlus(10_000);
    let mut part = water(dialect);
    part.code = "at-most".to_owned();
    part.traits.amounts = Amounts::AtMost;
    let mut all = water(dialect);
    all.code = "all".to_owned();
    all.traits.selection = Selection::All;
    let mut oldest = water(dialect);
    oldest.code = "oldest".to_owned();
    oldest.traits.selection = Selection::OldestFirst;
    let town = Town::open(&[whole.clone(), part.clone(), all.clone(), oldest.clone()]);

    let client = Client::new(&town, &whole);
    let account = town.sample(&whole, "");
    let mut bill = client.ask("bills", json!({"account": account}))["bills"][0].clone();
    bill["payable"] = json!(bill["payable"].as_i64().unwrap() + 700);
    let paid = client.ask("payments", order("pay_1", &account, &[bill]));
    assert_eq!(
        (&paid["code"], &paid["balance"]),
        (&json!(0), &json!(700)),
        "{paid}"
    );

    let client = Client::new(&town, &part);
    let account = town.sample(&part, "");
    let before = client.ask("bills", json!({"account": account}));
    let mut bill = before["bills"][0].clone();
    let payable = bill["payable"].as_i64().unwrap();
    bill["payable"] = json!(100);
    assert_eq!(
        client.ask("payments", order("pay_1", &account, &[bill]))["code"],
        0
    );
    let after = client.ask("bills", json!({"account": account}));
    assert_eq!(after["bills"][0]["payable"], payable - 100);
    assert_eq!(after["bills"][0]["paid"], 100);

    for service in [all, oldest] {
        let client = Client::new(&town, &service);
        let account = town.sample(&service, "&bills=2");
        let answer = client.ask("bills", json!({"account": account}));
        let bills = answer["bills"].as_array().unwrap();
        let last = order("pay_1", &account, &bills[1..]);
        assert_eq!(
            client.ask("payments", last)["code"],
            103,
            "{}",
            service.code
        );
        assert_eq!(
            client.ask("payments", order("pay_1", &account, bills))["code"],
            0
        );
    }
}

#[test]
fn status_says_no_more_than_the_biller_can() {
    let mut mute = water(DIALECTS[0]);
    mute.code = "mute".to_owned();
    mute.traits.status = StatusQuery::None;
    let mut vague = water(DIALECTS[0]);
    vague.code = "vague".to_owned();
    vague.traits.status = StatusQuery::Advisory;
    let town = Town::open(&[mute.clone(), vague.clone()]);
    for (service, at_once, later) in [(&mute, 113, 113), (&vague, 108, 0)] {
        let client = Client::new(&town, service);
        let account = town.sample(service, "");
        let bills = client.ask("bills", json!({"account": account}));
        let payment = order("pay_1", &account, &bills["bills"].as_array().unwrap()[..1]);
        assert_eq!(client.ask("payments", payment)["code"], 0);
        let status = || client.ask("payments/status", json!({"reference": "pay_1"}));
        assert_eq!(status()["code"], at_once, "{}", service.code);
        town.pass_seconds(3);
        assert_eq!(status()["code"], later, "{}", service.code);
    }
}
