//! Three nodes on one PostgreSQL: a dead one's work is taken over in time, and
//! ten thousand requests under one key are one payment.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use guichet_tests::nodes::{BOOKS, Nodes};
use guichet_tests::postgres::Durability;
use guichet_tests::{Client, Marketplace};
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Remembers references, and answers status queries.
const SERVICE: &str = "water-330100-1";
/// Within this time another node has taken over what a dead one had.
const TAKEN_OVER: Duration = Duration::from_secs(10);
/// Within this time everything has come to its end once faults have stopped.
const ENDED: Duration = Duration::from_secs(60);

/// A request to pay the first bill that is owed.
async fn wish(market: &Marketplace) -> Value {
    let query = market.ready_bills(SERVICE).await.unwrap();
    let bill = &query["bills"][0];
    json!({
        "bill_query": query["id"],
        "items": [{"bill": bill["id"], "amount": bill["amount"]}],
        "payer_account": market.payer_account,
        "subject": market.subject,
    })
}

async fn pay(client: &Client, key: &str, body: &Value) -> String {
    let headers = [("idempotency-key", key)];
    let answer = client.post("/v1/payments", &headers, body).await.unwrap();
    assert_eq!(answer.status, 202, "{}", answer.text());
    answer.text()
}

/// How often each of these payments took effect at the biller.
async fn effects(market: &Marketplace, payment: &str) -> usize {
    let effects = market.effects(SERVICE).await.unwrap();
    let of_payment = effects.iter().filter(|one| one["reference"] == payment);
    of_payment.count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_nodes_work_is_taken_over_within_ten_seconds() {
    const PAYMENTS: usize = 60;
    let mut nodes = Nodes::start(3, Durability::None).await.unwrap();
    // Slow answers keep payments in the hands of the node that dies.
    let market = &nodes.first;
    market.fault(SERVICE, "slow", 500, "effect").await.unwrap();
    let mut wishes = Vec::new();
    for _ in 0..PAYMENTS {
        wishes.push(wish(market).await);
    }
    let victim = &nodes.others[0].api;
    let paying = (0..).zip(&wishes).map(|(number, body)| async move {
        let told = pay(victim, &format!("takeover-{number}"), body).await;
        let told: Value = serde_json::from_str(&told)?;
        anyhow::Ok(told["id"].as_str().unwrap_or_default().to_owned())
    });
    let ids = try_join_all(paying).await.unwrap();
    nodes.others[0].kill().unwrap();
    let killed = Instant::now();

    let leased = "select count(*) from outbox where lease_node = 'node-2'";
    let of_the_dead = || nodes.cluster.number(BOOKS, leased).unwrap();
    let at_first = of_the_dead();
    assert!(at_first > 0, "nothing was in hand: the test proves nothing");
    while of_the_dead() > 0 {
        let late = killed.elapsed() > TAKEN_OVER;
        assert!(!late, "{} are still the dead node's", of_the_dead());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    println!(
        "{at_first} payments taken over after {:?}",
        killed.elapsed()
    );

    let clear = market
        .city
        .send(hyper::Method::DELETE, "/_faults", &[], Vec::new());
    clear.await.unwrap();
    for id in &ids {
        while read(&market.api, id).await["state"] != "applied" {
            assert!(killed.elapsed() < ENDED, "{id} does not end");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(effects(market, id).await, 1, "{id}");
    }
}

async fn read(client: &Client, id: &str) -> Value {
    let path = format!("/v1/payments/{id}");
    client.get(&path).await.unwrap().json()
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_requests_with_one_key_are_one_payment() {
    const REQUESTS: usize = 10_000;
    /// Connections at a time, over all nodes: as many as an ordinary limit of
    /// open files leaves to a test with three nodes.
    const CONNECTIONS: usize = 256;
    let nodes = Nodes::start(3, Durability::None).await.unwrap();
    let body = Arc::new(wish(&nodes.first).await);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let clients: Vec<Client> = nodes.clients().cloned().collect();
    let mut sending = JoinSet::new();
    for number in 0..REQUESTS {
        let (body, places) = (body.clone(), places.clone());
        let client = clients[number % clients.len()].clone();
        sending.spawn(async move {
            let _place = places.acquire().await.unwrap();
            pay(&client, "ten-thousand", &body).await
        });
    }
    let mut bodies = BTreeSet::new();
    while let Some(told) = sending.join_next().await {
        bodies.insert(told.unwrap());
    }
    assert_eq!(bodies.len(), 1, "one answer: {bodies:#?}");
    let told: Value = serde_json::from_str(bodies.first().unwrap()).unwrap();
    let id = told["id"].as_str().unwrap();
    let begun = Instant::now();
    while read(&nodes.first.api, id).await["state"] != "applied" {
        assert!(begun.elapsed() < ENDED, "it does not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let payments = nodes.cluster.number(BOOKS, "select count(*) from payments");
    assert_eq!(payments.unwrap(), 1);
    assert_eq!(effects(&nodes.first, id).await, 1);
}
