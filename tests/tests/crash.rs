//! kill -9 of the server in the middle of many payments: none is lost, none is
//! applied twice, counted in the biller's own log.

use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use guichet_tests::{Client, Marketplace, program};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// The city as a process of its own, which outlives the killed host.
struct City {
    child: Child,
    url: String,
}

impl City {
    fn start() -> Self {
        use std::io::BufRead as _;
        let mut child = Command::new(program("guichet-city"))
            .args(["serve", "--listen", "127.0.0.1:0", "--json"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        std::thread::spawn(move || output.lines().for_each(drop));
        let ready: Value = serde_json::from_str(&line).unwrap();
        Self {
            child,
            url: ready["url"].as_str().unwrap().to_owned(),
        }
    }
}

impl Drop for City {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

const PAYMENTS: usize = 200;
/// Requests in flight at one time.
const CONNECTIONS: usize = 16;
/// A biller with exact bills that answers status queries and applies a repeated
/// payment a second time: whoever guesses is found out.
const SERVICE: &str = "water-110000-2";

/// A payment as the client knows it: the request that it may repeat.
#[derive(Clone)]
struct Wanted {
    key: String,
    body: Value,
    acknowledged: Option<String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_payments_survive_a_kill() {
    let city = City::start();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut market = Marketplace::start_with(&data, &["--city", &city.url]).unwrap();
    // Slow answers keep many payments open at the moment of the kill.
    market
        .fault(SERVICE, "slow", 10_000, "effect")
        .await
        .unwrap();

    let mut wanted = prepare(&market).await;
    send_and_kill(&mut market, &mut wanted).await;
    let acknowledged = wanted.iter().filter(|one| one.acknowledged.is_some());
    let acknowledged = acknowledged.count();
    assert!((PAYMENTS / 2..PAYMENTS).contains(&acknowledged));
    drop(market);

    let market = Marketplace::start_with(&data, &["--city", &city.url]).unwrap();
    for payment in &mut wanted {
        // The client repeats what it does not know to be accepted, and may
        // repeat what it does: the same key gives the same payment.
        let again = send(&market.api, payment)
            .await
            .expect("the restarted server answers");
        if let Some(first) = &payment.acknowledged {
            assert_eq!(
                *first, again,
                "an acknowledged payment is the same after the restart"
            );
        }
        payment.acknowledged = Some(again);
    }
    let ids: Vec<String> = wanted
        .into_iter()
        .filter_map(|payment| payment.acknowledged)
        .collect();
    all_applied(&market, &ids).await;

    one_effect_each(&market).await;
    let check = Command::new(program("guichet"))
        .args(["ledger", "check", "--data"])
        .arg(&data)
        .output()
        .unwrap();
    assert!(
        check.status.success(),
        "{}",
        String::from_utf8_lossy(&check.stdout)
    );
}

/// Sends all payments, several at a time, and kills the server once half of them
/// are acknowledged, with requests and calls to the biller in flight.
async fn send_and_kill(market: &mut Marketplace, wanted: &mut [Wanted]) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let mut sending = JoinSet::new();
    for (number, payment) in wanted.iter().cloned().enumerate() {
        let (api, places) = (market.api.clone(), places.clone());
        let acknowledged = acknowledged.clone();
        sending.spawn(async move {
            let _place = places.acquire().await.unwrap();
            let id = send(&api, &payment).await;
            acknowledged.fetch_add(usize::from(id.is_some()), Ordering::SeqCst);
            (number, id)
        });
    }
    while acknowledged.load(Ordering::SeqCst) < PAYMENTS / 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    market.kill().unwrap();
    while let Some(sent) = sending.join_next().await {
        let (number, id) = sent.unwrap();
        wanted[number].acknowledged = id;
    }
}

/// Bill queries for all payments, so that paying them is quick.
async fn prepare(market: &Marketplace) -> Vec<Wanted> {
    let mut wanted = Vec::with_capacity(PAYMENTS);
    for number in 0..PAYMENTS {
        let query = market.ready_bills(SERVICE).await.unwrap();
        let bill = &query["bills"][0];
        wanted.push(Wanted {
            key: format!("crash-{number}"),
            body: json!({
                "bill_query": query["id"],
                "items": [{"bill": bill["id"], "amount": bill["amount"]}],
                "payer_account": market.payer_account,
                "subject": market.subject,
            }),
            acknowledged: None,
        });
    }
    wanted
}

/// Counted in the biller's own log.
async fn one_effect_each(market: &Marketplace) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for effect in market.effects(SERVICE).await.unwrap() {
        let reference = effect["reference"].as_str().unwrap().to_owned();
        *counts.entry(reference).or_default() += 1;
    }
    assert_eq!(
        counts.len(),
        PAYMENTS,
        "each payment is in the biller's log"
    );
    counts.retain(|_, count| *count > 1);
    assert!(counts.is_empty(), "and once only: {counts:?}");
}

/// Sends a payment; the id where it was acknowledged.
async fn send(api: &Client, payment: &Wanted) -> Option<String> {
    let headers = [("idempotency-key", payment.key.as_str())];
    let answer = api
        .post("/v1/payments", &headers, &payment.body)
        .await
        .ok()?;
    assert!(answer.status.is_success(), "{}", answer.text());
    answer.json()["id"].as_str().map(str::to_owned)
}

async fn all_applied(market: &Marketplace, ids: &[String]) {
    let until = Instant::now() + Duration::from_secs(60);
    for id in ids {
        loop {
            let payment = market
                .api
                .get(&format!("/v1/payments/{id}"))
                .await
                .unwrap()
                .json();
            if payment["state"] == "applied" {
                break;
            }
            assert!(Instant::now() < until, "{payment}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
