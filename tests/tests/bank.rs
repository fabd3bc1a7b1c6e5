//! Payments from an account that a bank holds, through `guichet dev` and the
//! simulated bank: whatever goes wrong on any leg, the bank's own log shows one
//! capture for a payment that was applied, and money held or taken for no other.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

use guichet_tests::{Answer, Client, Marketplace, program};
use hyper::Method;
use serde_json::{Value, json};

const SERVICE: &str = "water-330100-1";
/// How long everything may take to end once faults have stopped.
const PATIENCE: Duration = Duration::from_secs(60);

async fn strike(market: &Marketplace, fault: &str, on: &str) {
    let rule = json!({"fault": fault, "on": on});
    let answer = market.bank.post("/_faults", &[], &rule).await.unwrap();
    assert!(answer.status.is_success(), "{}", answer.text());
}

/// A payment from the account at the bank, as it was acknowledged.
async fn pay(market: &Marketplace, key: &str) -> Value {
    let query = market.ready_bills(SERVICE).await.unwrap();
    let bill = &query["bills"][0];
    let body = json!({
        "bill_query": query["id"],
        "items": [{"bill": bill["id"], "amount": bill["amount"]}],
        "payer_account": market.bank_account, "subject": market.subject,
    });
    let headers = [("idempotency-key", key)];
    let answer = market.api.post("/v1/payments", &headers, &body).await;
    let answer = answer.unwrap();
    assert!(answer.status.is_success(), "{}", answer.text());
    answer.json()
}

async fn read(api: &Client, id: &str) -> Value {
    let path = format!("/v1/payments/{id}");
    api.get(&path).await.unwrap().json()
}

/// What the bank really did, by payment and leg.
async fn effects(market: &Marketplace) -> BTreeMap<String, usize> {
    let log = market.bank.get("/_log").await.unwrap().json();
    let mut counted = BTreeMap::new();
    for effect in log["effects"].as_array().unwrap() {
        let reference = effect["reference"].as_str().unwrap().to_owned();
        *counted.entry(reference).or_default() += 1;
    }
    counted
}

/// Whether the bank's log goes with a payment's state; what is wrong otherwise.
fn judge(id: &str, state: &str, bank: &BTreeMap<String, usize>) -> Result<(), String> {
    let count = |leg: &str| bank.get(&format!("{id}:{leg}")).copied().unwrap_or(0);
    let legs = ["hold", "capture", "release", "refund"].map(count);
    let good = match state {
        "applied" => legs == [1, 1, 0, 0],
        "declined" => legs == [0, 0, 0, 0],
        "released" | "cancelled" | "expired" => legs == [1, 0, 1, 0] || legs == [0, 0, 0, 0],
        _ => false,
    };
    good.then_some(()).ok_or_else(|| {
        format!("{id} is {state}; hold, capture, release, refund at the bank: {legs:?}")
    })
}

/// Waits until every payment has ended at the bank too.
async fn settled(market: &Marketplace, payments: &BTreeMap<String, String>) {
    let until = Instant::now() + PATIENCE;
    loop {
        let bank = effects(market).await;
        let mut wrong = Vec::new();
        for (id, what) in payments {
            let state = read(&market.api, id).await["state"].clone();
            if let Err(why) = judge(id, state.as_str().unwrap(), &bank) {
                wrong.push(format!("{what}: {why}"));
            }
        }
        if wrong.is_empty() {
            break;
        }
        assert!(Instant::now() < until, "{}", wrong.join("\n"));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let books = market.bank.get("/_books").await.unwrap().json();
    assert_eq!(books["balanced"], true, "{books}");
    assert_eq!(books["held"], 0, "{books}");
}

const FAULTS: [&str; 16] = [
    "hang_before",
    "hang_after",
    "reset_before",
    "reset_after",
    "error_after_success",
    "half_body",
    "garbage",
    "slow",
    "duplicate",
    "unavailable",
    "late",
    "unsigned",
    "forged",
    "other_amount",
    "redirect",
    "refuse",
];

#[tokio::test]
async fn every_fault_of_the_bank_ends_with_one_capture_or_none() {
    let mut market = Marketplace::start().unwrap();
    let mut payments = BTreeMap::new();
    for leg in ["hold", "capture"] {
        for fault in FAULTS {
            // A bank that refuses to capture what it holds breaks its word, and
            // the payment goes to a person.
            if fault == "refuse" && leg == "capture" {
                continue;
            }
            strike(&market, fault, leg).await;
            let payment = pay(&market, &format!("{leg}-{fault}")).await;
            let id = payment["id"].as_str().unwrap().to_owned();
            // The next rule must strike the next payment.
            let until = Instant::now() + PATIENCE;
            while effects(&market).await.get(&format!("{id}:{leg}")) != Some(&1) {
                let state = read(&market.api, &id).await["state"].clone();
                if state == "declined" {
                    break;
                }
                assert!(Instant::now() < until, "{leg} {fault}: {state}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            payments.insert(id, format!("{fault} on {leg}"));
        }
    }
    settled(&market, &payments).await;
    let mut states = BTreeMap::new();
    for id in payments.keys() {
        let state = read(&market.api, id).await["state"].clone();
        *states.entry(state.to_string()).or_insert(0) += 1;
    }
    assert_eq!(states["\"applied\""], 30, "{states:?}");
    assert_eq!(states["\"declined\""], 1, "{states:?}");
    let effects = market.effects(SERVICE).await.unwrap();
    assert_eq!(effects.len(), 30);
    check_books(&mut market);
}

/// What the host has booked holds every invariant.
fn check_books(market: &mut Marketplace) {
    market.terminate().unwrap();
    let checked = Command::new(program("guichet"))
        .args(["ledger", "check", "--json", "--data"])
        .arg(&market.data)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success(), "{said}");
}

#[tokio::test]
async fn a_killed_host_asks_the_bank_before_it_sends_anything_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut payments = BTreeMap::new();
    for (fault, leg) in [
        ("hang_after", "hold"),
        ("hang_before", "hold"),
        ("hang_after", "capture"),
        ("hang_before", "capture"),
    ] {
        let mut market = Marketplace::start_with(&data, &[]).unwrap();
        strike(&market, fault, leg).await;
        let payment = pay(&market, &format!("{fault}-{leg}")).await;
        let id = payment["id"].as_str().unwrap().to_owned();
        tokio::time::sleep(Duration::from_millis(500)).await;
        market.kill().unwrap();
        payments.insert(id, format!("killed while the bank {fault} on {leg}"));
    }
    let mut market = Marketplace::start_with(&data, &[]).unwrap();
    settled(&market, &payments).await;
    for id in payments.keys() {
        assert_eq!(read(&market.api, id).await["state"], "applied");
    }
    check_books(&mut market);
}

fn new_account(market: &Marketplace) -> Value {
    json!({
        "subject": market.subject, "bank": "city-bank", "currency": "CNY",
        "number": "6222999900002222",
        "mandate": {
            "reference": "M-1", "agreed_at": "2026-01-01T00:00:00Z",
            "most_per_payment": {"amount": 1, "currency": "CNY"},
        },
    })
}

async fn link(market: &Marketplace, body: &Value, key: &str) -> Answer {
    let headers = [("idempotency-key", key)];
    let answer = market.api.post("/v1/accounts", &headers, body).await;
    answer.unwrap()
}

#[tokio::test]
async fn an_account_is_linked_once_and_shows_its_end_only() {
    let market = Marketplace::start().unwrap();
    let path = format!("/v1/accounts/{}", market.bank_account);
    let shown = market.api.get(&path).await.unwrap().json();
    assert_eq!(shown["kind"], "bank_account");
    assert_eq!(shown["bank"]["name"], "city-bank");
    assert_eq!(shown["bank"]["last_four"], "1111");
    assert_eq!(shown["balance"], Value::Null);
    assert!(!shown.to_string().contains("6222999900001111"), "{shown}");

    let new = new_account(&market);
    let first = link(&market, &new, "one").await;
    assert_eq!(first.status, 201, "{}", first.text());
    let again = link(&market, &new, "one").await;
    assert_eq!(again.text(), first.text());
    let mut other = new;
    other["number"] = "6222999900003333".into();
    let reused = link(&market, &other, "one").await;
    assert_eq!(reused.status, 409, "{}", reused.text());
    assert_eq!(reused.json()["code"], "idempotency_key_reused");
    let early = json!("2026-01-01T00:00:00Z");
    let late = json!("2999-01-01T00:00:00Z");
    for (pointer, wrong, field) in [
        ("/bank", json!("other-bank"), "bank"),
        ("/number", json!("62 22"), "number"),
        ("/mandate/reference", json!(""), "mandate.reference"),
        ("/mandate/until", early, "mandate.until"),
        ("/mandate/agreed_at", late, "mandate.agreed_at"),
        (
            "/mandate/most_per_payment/currency",
            json!("USD"),
            "mandate.most_per_payment",
        ),
    ] {
        let mut body = other.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = wrong;
        let refused = link(&market, &body, "two").await;
        let text = refused.text();
        assert_eq!(refused.status, 422, "{pointer}: {text}");
        assert!(text.contains(field), "{text}");
        assert!(!text.contains("6222999900003333"), "{text}");
    }
}

#[tokio::test]
async fn nothing_is_taken_beyond_a_mandate() {
    let market = Marketplace::start().unwrap();
    let api = &market.api;
    let small = link(&market, &new_account(&market), "one").await.json();
    let query = market.ready_bills(SERVICE).await.unwrap();
    let bill = &query["bills"][0];
    let pay = async |account: &str, key: &str| {
        let body = json!({
            "bill_query": query["id"], "payer_account": account, "subject": market.subject,
            "items": [{"bill": bill["id"], "amount": bill["amount"]}],
        });
        let headers = [("idempotency-key", key)];
        let answer = api.post("/v1/payments", &headers, &body).await;
        answer.unwrap()
    };
    let refused = pay(small["id"].as_str().unwrap(), "above").await;
    assert!(refused.status.is_client_error(), "{}", refused.text());
    let path = format!("/v1/accounts/{}", market.bank_account);
    let withdrawn = api.send(Method::DELETE, &path, &[], Vec::new()).await;
    let withdrawn = withdrawn.unwrap().json();
    assert!(withdrawn["bank"]["withdrawn_at"].is_string(), "{withdrawn}");
    let refused = pay(&market.bank_account, "withdrawn").await;
    assert!(refused.status.is_client_error(), "{}", refused.text());
    assert!(effects(&market).await.is_empty());
}
