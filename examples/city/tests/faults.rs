//! Every fault as it looks from outside, and what it leaves in the log.

mod support;

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use guichet_city::catalogue::{Dialect, Service};
use serde_json::{Value, json};
use support::dialects::Client;
use support::{DIALECTS, Town, water};

/// A city with one service and an order that can be sent to it.
struct Stage {
    town: Town,
    service: Service,
    order: Value,
}

impl Stage {
    fn new(dialect: Dialect) -> Self {
        let service = water(dialect);
        let town = Town::open(std::slice::from_ref(&service));
        let client = Client::new(&town, &service);
        let account = town.sample(&service, "");
        let bill = client.ask("bills", json!({"account": account}))["bills"][0].clone();
        let order = json!({"reference": "pay_1", "account": account, "total": bill["payable"],
            "accounting_date": "2026-11-21", "items": [{"bill": bill["number"],
            "token": bill["token"], "amount": bill["payable"]}]});
        Self {
            town,
            service,
            order,
        }
    }

    fn client(&self) -> Client<'_> {
        Client::new(&self.town, &self.service)
    }

    fn send(&self) -> std::io::Result<support::Answer> {
        self.client().send("payments", &self.order)
    }

    fn effects(&self) -> usize {
        self.town.effects(&self.service.code).len()
    }
}

#[test]
fn resets_come_as_resets_before_or_after_the_effect() {
    for dialect in DIALECTS {
        for (fault, effects) in [("reset_before", 0), ("reset_after", 1)] {
            let stage = Stage::new(dialect);
            stage.town.fault(&stage.service.code, fault, "effect");
            let error = stage.send().expect_err("no answer comes");
            assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{fault}");
            assert_eq!(stage.effects(), effects, "{dialect:?} {fault}");
            // Used up: the next attempt is answered, and applied once in all.
            assert_eq!(
                stage.client().open(&stage.send().unwrap())["state"],
                "applied"
            );
            assert_eq!(stage.effects(), 1);
        }
    }
}

#[test]
fn hanging_billers_keep_silent_before_or_after_the_effect() {
    for (fault, effects) in [("hang_before", 0), ("hang_after", 1)] {
        let stage = Stage::new(Dialect::JsonHmac);
        stage.town.fault("*", fault, "effect");
        let begun = Instant::now();
        let error = stage.send().expect_err("no answer comes");
        assert!(
            matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
            "{error}"
        );
        assert!(begun.elapsed() > Duration::from_secs(5));
        assert_eq!(stage.effects(), effects, "{fault}");
    }
}

#[test]
fn an_error_hides_a_success_in_every_dialect() {
    for dialect in DIALECTS {
        let stage = Stage::new(dialect);
        stage
            .town
            .fault(&stage.service.code, "error_after_success", "effect");
        assert_eq!(stage.send().unwrap().status, 500);
        assert_eq!(stage.effects(), 1);
    }
}

#[test]
fn half_a_body_promises_more_than_it_sends() {
    let stage = Stage::new(Dialect::JsonHmac);
    stage.town.fault(&stage.service.code, "half_body", "effect");
    let answer = stage.send().unwrap();
    assert!(
        answer.status == 200 && !answer.is_whole && !answer.body.is_empty(),
        "{answer:?}"
    );
    assert!(serde_json::from_slice::<Value>(&answer.body).is_err());
    assert_eq!(stage.effects(), 1);
}

#[test]
fn garbage_is_no_answer_in_any_dialect() {
    for dialect in DIALECTS {
        let stage = Stage::new(dialect);
        stage.town.fault(&stage.service.code, "garbage", "effect");
        let answer = stage.send().unwrap();
        assert!(answer.status == 200 && answer.is_whole);
        assert!(std::str::from_utf8(&answer.body).is_err());
        assert_eq!(stage.effects(), 1);
    }
}

#[test]
fn a_slow_answer_comes_after_its_effect() {
    let stage = Stage::new(Dialect::JsonHmac);
    stage.town.fault(&stage.service.code, "slow", "effect");
    let begun = Instant::now();
    assert_eq!(
        stage.client().open(&stage.send().unwrap())["state"],
        "applied"
    );
    assert!(begun.elapsed() >= Duration::from_secs(3));
    assert_eq!(stage.effects(), 1);
}

#[test]
fn unavailable_billers_apply_nothing_and_say_so() {
    for dialect in DIALECTS {
        let stage = Stage::new(dialect);
        stage
            .town
            .fault(&stage.service.code, "unavailable", "effect");
        let answer = stage.client().open(&stage.send().unwrap());
        assert_eq!(
            (&answer["code"], &answer["http"]),
            (&json!(909), &json!(503))
        );
        assert_eq!(stage.effects(), 0);
    }
}

#[test]
fn a_duplicate_is_applied_twice_only_without_deduplication() {
    for (deduplicates, effects) in [(true, 1), (false, 2)] {
        let mut stage = Stage::new(Dialect::JsonHmac);
        let mut service = stage.service.clone();
        service.traits.deduplicates = deduplicates;
        stage.town = Town::open(std::slice::from_ref(&service));
        stage.town.fault(&service.code, "duplicate", "effect");
        assert_eq!(
            stage.client().open(&stage.send().unwrap())["state"],
            "applied"
        );
        assert_eq!(stage.effects(), effects);
    }
}

#[test]
fn faults_strike_what_they_are_meant_for_and_can_be_cleared() {
    let stage = Stage::new(Dialect::JsonHmac);
    let client = stage.client();
    let query = json!({"account": stage.order["account"]});
    stage
        .town
        .fault(&stage.service.code, "unavailable", "effect");
    assert_eq!(
        client.ask("bills", query.clone())["code"],
        0,
        "a read is spared"
    );
    stage.town.fault(&stage.service.code, "unavailable", "read");
    assert_eq!(client.ask("bills", query.clone())["code"], 909);
    assert_eq!(client.ask("bills", query)["code"], 0, "used up");
    let cleared = stage.town.exchange("DELETE", "/_faults", &[], b"").unwrap();
    assert_eq!(cleared.status, 200);
    assert_eq!(client.open(&stage.send().unwrap())["state"], "applied");
    let unknown = json!({"service": "*", "fault": "explode"});
    assert_eq!(stage.town.post("/_faults", &unknown).status, 400);
    let nowhere = json!({"service": "nowhere", "fault": "slow"});
    assert_eq!(stage.town.post("/_faults", &nowhere).status, 404);
}
