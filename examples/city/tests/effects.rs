//! The log of effects says exactly what was applied; samples, seeds, hours and
//! limits hold.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use guichet_city::Options;
use guichet_city::catalogue::{Daily, Dialect, Reversal, Service};
use serde_json::{Value, json};
use support::dialects::Client;
use support::{DIALECTS, Town, water};

/// An order for the first bill of a new account.
fn order(client: &Client<'_>, reference: &str) -> Value {
    let account = client.town.sample(client.service, "");
    let bill = client.ask("bills", json!({"account": account}))["bills"][0].clone();
    json!({"reference": reference, "account": account, "total": bill["payable"],
        "accounting_date": "2026-11-21", "items": [{"bill": bill["number"],
        "token": bill["token"], "amount": bill["payable"]}]})
}

#[test]
fn a_hundred_deliveries_at_once_have_one_effect_where_the_biller_deduplicates() {
    for (deduplicates, effects) in [(true, 1), (false, 100)] {
        let mut service = water(Dialect::JsonHmac);
        service.traits.deduplicates = deduplicates;
        let town = Town::open(std::slice::from_ref(&service));
        let client = Client::new(&town, &service);
        let order = order(&client, "pay_1");
        let states: Vec<Value> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..10)
                .map(|_| {
                    scope.spawn(|| {
                        (0..10)
                            .map(|_| client.ask("payments", order.clone())["state"].clone())
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            threads
                .into_iter()
                .flat_map(|thread| thread.join().unwrap())
                .collect()
        });
        assert!(states.iter().all(|state| state == "applied"));
        let log = town.effects(&service.code);
        assert_eq!(log.len(), effects);
        assert!(
            log.iter()
                .all(|effect| *effect == ("pay_1".into(), order["total"].as_i64().unwrap()))
        );
    }
}

#[test]
fn one_bill_is_applied_for_one_of_many_references() {
    let service = water(Dialect::JsonHmac);
    let town = Town::open(std::slice::from_ref(&service));
    let client = Client::new(&town, &service);
    let order = order(&client, "pay");
    let codes: Vec<Value> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..20)
            .map(|number| {
                let mut order = order.clone();
                order["reference"] = json!(format!("pay_{number}"));
                let client = &client;
                scope.spawn(move || client.ask("payments", order)["code"].clone())
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(
        codes.iter().filter(|code| **code == 0).count(),
        1,
        "{codes:?}"
    );
    assert_eq!(codes.iter().filter(|code| **code == 104).count(), 19);
    assert_eq!(town.effects(&service.code).len(), 1);
}

#[test]
fn a_reference_with_another_amount_is_refused() {
    let service = water(Dialect::JsonHmac);
    let town = Town::open(std::slice::from_ref(&service));
    let client = Client::new(&town, &service);
    assert_eq!(client.ask("payments", order(&client, "pay_1"))["code"], 0);
    assert_eq!(client.ask("payments", order(&client, "pay_1"))["code"], 105);
    let mut unlawful = order(&client, "pay-2");
    assert_eq!(client.ask("payments", unlawful.clone())["code"], 110);
    unlawful["reference"] = json!("p".repeat(33));
    assert_eq!(client.ask("payments", unlawful)["code"], 110);
}

#[test]
fn the_log_outlives_the_city_and_the_city_remembers_it() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("effects.jsonl");
    let options = || Options {
        log: Some(log.clone()),
        ..Options::default()
    };
    let service = water(Dialect::XmlGb18030);
    let town = Town::with(std::slice::from_ref(&service), options());
    let client = Client::new(&town, &service);
    let first = order(&client, "pay_1");
    let paid = client.ask("payments", first.clone());
    let second = order(&client, "pay_2");
    let undone = client.ask("payments", second.clone());
    let reversal = json!({"reference": "rev_2", "payment": "pay_2", "serial": undone["serial"],
        "amount": second["total"]});
    assert_eq!(client.ask("reversals", reversal)["code"], 0);
    let before = town.get("/_log");
    drop(client);
    // Dropped without a farewell, as if it had been killed.
    drop(town);

    let town = Town::with(std::slice::from_ref(&service), options());
    let client = Client::new(&town, &service);
    assert_eq!(town.get("/_log"), before);
    assert_eq!(
        client.ask("payments", first.clone()),
        paid,
        "the first answer again"
    );
    let status = client.ask("payments/status", json!({"reference": "pay_2"}));
    assert_eq!(status["state"], "reversed");
    let bills = client.ask("bills", json!({"account": first["account"]}));
    let paid_bill = &first["items"][0]["bill"];
    let open = bills["bills"].as_array().unwrap();
    assert!(
        open.iter().all(|bill| bill["number"] != *paid_bill),
        "{bills}"
    );
    let bills = client.ask("bills", json!({"account": second["account"]}));
    assert_eq!(bills["bills"][0]["number"], second["items"][0]["bill"]);
    assert_eq!(town.effects(&service.code).len(), 3);
}

#[test]
fn the_same_seed_is_the_same_country() {
    let services: Vec<Service> = DIALECTS.into_iter().map(water).collect();
    let tell = |seed| {
        let town = Town::with(
            &services,
            Options {
                seed,
                ..Options::default()
            },
        );
        let mut told = BTreeMap::new();
        for service in &services {
            let client = Client::new(&town, service);
            for _ in 0..5 {
                let account = town.sample(service, "");
                let answer = client.ask("bills", json!({"account": account}));
                told.insert((service.code.clone(), account), answer.to_string());
            }
            let order = order(&client, "pay_1");
            told.insert(
                (service.code.clone(), "serial".to_owned()),
                client.ask("payments", order)["serial"].to_string(),
            );
        }
        told
    };
    assert_eq!(tell(1), tell(1));
    assert_ne!(tell(1), tell(2));
}

#[test]
fn every_sample_is_another_account_with_bills() {
    let service = water(Dialect::JsonHmac);
    let town = Town::open(std::slice::from_ref(&service));
    let client = Client::new(&town, &service);
    let accounts: BTreeSet<String> = (0..200).map(|_| town.sample(&service, "")).collect();
    assert_eq!(accounts.len(), 200);
    for account in accounts.iter().take(50) {
        assert_eq!(client.ask("bills", json!({"account": account}))["code"], 0);
    }
    let answer = town
        .exchange("GET", "/_sample?service=nowhere", &[], b"")
        .unwrap();
    assert_eq!(answer.status, 404);
}

#[test]
fn closed_billers_answer_nothing_and_late_reversals_are_refused() {
    let mut service = water(Dialect::JsonHmac);
    // It is 16:30 in Shanghai.
    service.traits.maintenance = Some(Daily {
        from_minute: 17 * 60,
        to_minute: 60,
    });
    service.traits.reversal = Reversal::SameDay {
        until_minute: 16 * 60 + 45,
    };
    let town = Town::open(std::slice::from_ref(&service));
    let client = Client::new(&town, &service);
    let paid = order(&client, "pay_1");
    let serial = client.ask("payments", paid.clone())["serial"].clone();
    let next = order(&client, "pay_2");
    let reversal = json!({"reference": "rev_1", "payment": "pay_1", "serial": serial, "amount": paid["total"]});
    town.pass_seconds(15 * 60);
    assert_eq!(client.ask("reversals", reversal)["code"], 109);
    town.pass_seconds(15 * 60);
    assert_eq!(client.ask("payments", next.clone())["code"], 107);
    assert_eq!(
        client.ask("bills", json!({"account": next["account"]}))["code"],
        107
    );
    let open = json!({"service": service.code, "closed": false});
    assert_eq!(town.post("/_maintenance", &open).status, 200);
    assert_eq!(client.ask("payments", next)["code"], 0);
    assert_eq!(town.effects(&service.code).len(), 2);
}

#[test]
fn bodies_and_paths_beyond_the_limits_are_refused() {
    let service = water(Dialect::JsonHmac);
    let town = Town::open(std::slice::from_ref(&service));
    let path = format!("/b/{}/bills", service.code);
    let big = town.exchange("POST", &path, &[], &vec![b'x'; 70_000]);
    // The city may close before everything is sent.
    assert!(big.map_or(true, |answer| answer.status == 413));
    assert_eq!(town.exchange("GET", &path, &[], b"").unwrap().status, 405);
    assert_eq!(
        town.exchange("POST", "/b/nowhere/bills", &[], b"")
            .unwrap()
            .status,
        404
    );
    assert_eq!(
        town.exchange("POST", "/b/nowhere", &[], b"")
            .unwrap()
            .status,
        404
    );
    assert_eq!(town.exchange("POST", &path, &[], b"").unwrap().status, 401);
    assert_eq!(town.get("/_health")["services"], 1);
    town.close();
}
