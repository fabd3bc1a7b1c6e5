//! Two hundred services beside each other, one of which can be made to hang: what
//! that costs those who use the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures::StreamExt as _;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::Marketplace;

/// Services in all, the one that hangs included.
const SERVICES: usize = 200;
/// What is searched for to find them.
const WORDS: [&str; 3] = ["水费", "燃气费", "电费"];
/// Clients of the others.
const CLIENTS: usize = 4;
/// Clients of the one, and how often each of them asks.
const PRESSING: usize = 16;
const PRESSING_EVERY: Duration = Duration::from_millis(500);
/// Services that are tried; those that are slow by themselves would hide what is
/// measured, and are left out.
const CANDIDATES: usize = 260;

/// How the one service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Neighbour {
    /// It answers like the others.
    Answers,
    /// It takes every request and never answers.
    Hangs,
}

/// What the payer has, in fen: enough for all rounds of a bench.
const BALANCE: &str = "100000000000";

/// A marketplace with its two hundred quick services.
pub struct Neighbours {
    market: Arc<Marketplace>,
    /// Gone after the marketplace.
    _folder: tempfile::TempDir,
    others: Arc<Vec<String>>,
    one: String,
    next: AtomicUsize,
}

impl Neighbours {
    /// Starts the marketplace and finds the services.
    pub async fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        let market = Marketplace::start_with(&data, &["--balance", BALANCE])?;
        let mut found = Vec::new();
        for word in WORDS {
            for service in market.search(word, "").await? {
                let code = service["code"].as_str();
                found.push(code.context("a service without a code")?.to_owned());
            }
        }
        found.truncate(CANDIDATES);
        let trying = futures::stream::iter(found.into_iter().enumerate());
        let tried = trying.map(|(number, code)| {
            let market = &market;
            async move {
                let key = format!("find-{number}");
                let paid = pay_once(market, &code, &market.payer_account, &key).await;
                // Some take no payments today, or apply them later.
                Some((paid.ok()?, code))
            }
        });
        let mut quick: Vec<(Duration, String)> = tried
            .buffer_unordered(CLIENTS)
            .filter_map(std::future::ready)
            .collect()
            .await;
        quick.sort_unstable();
        ensure!(quick.len() >= SERVICES, "only {} services", quick.len());
        quick.truncate(SERVICES);
        let mut quick: Vec<String> = quick.into_iter().map(|(_, code)| code).collect();
        let one = quick.pop().context("two hundred are more than none")?;
        Ok(Self {
            market: Arc::new(market),
            _folder: folder,
            others: Arc::new(quick),
            one,
            next: AtomicUsize::new(0),
        })
    }

    /// How long a bill query and its payment took at the other services.
    pub async fn round(&self, neighbour: Neighbour, lasting: Duration) -> Result<Vec<Duration>> {
        let market = &self.market;
        let delete = hyper::Method::DELETE;
        market
            .city
            .send(delete, "/_faults", &[], Vec::new())
            .await?;
        let inputs = market.sample(&self.one).await?;
        let wish = wish(market, &self.one, &market.bank_account).await?;
        if neighbour == Neighbour::Hangs {
            let ever = 1_000_000;
            market.fault(&self.one, "hang_before", ever, "any").await?;
        }
        let mut pressing = JoinSet::new();
        for number in 0..PRESSING {
            let (market, inputs, one) = (market.clone(), inputs.clone(), self.one.clone());
            let wish = (number == 0).then(|| wish.clone());
            pressing.spawn(async move { press(&market, &one, &inputs, wish).await });
        }
        let begun = Instant::now();
        let mut clients = JoinSet::new();
        for _ in 0..CLIENTS {
            let (market, others) = (market.clone(), self.others.clone());
            let from = self.next.fetch_add(1_000, Ordering::Relaxed);
            clients.spawn(async move { use_others(&market, &others, from, begun + lasting).await });
        }
        let mut all = Vec::new();
        while let Some(times) = clients.join_next().await {
            all.extend(times??);
        }
        // Those who wait for the one are let go with their connections.
        pressing.shutdown().await;
        Ok(all)
    }
}

/// A bill query and its payment; how long both took.
async fn pay_once(market: &Marketplace, code: &str, from: &str, key: &str) -> Result<Duration> {
    let inputs = market.sample(code).await?;
    let begun = Instant::now();
    let body = query_and_wish(market, code, &inputs, from).await?;
    let headers = [("idempotency-key", key), ("prefer", "wait=10")];
    let answer = market.api.post("/v1/payments", &headers, &body).await?;
    let took = begun.elapsed();
    let payment = answer.json();
    ensure!(payment["state"] == "applied", "{code}: {}", answer.text());
    Ok(took)
}

/// A request to pay the first bill of a new account.
async fn wish(market: &Marketplace, code: &str, from: &str) -> Result<Value> {
    let inputs = market.sample(code).await?;
    query_and_wish(market, code, &inputs, from).await
}

async fn query_and_wish(
    market: &Marketplace,
    code: &str,
    inputs: &Value,
    from: &str,
) -> Result<Value> {
    let asked = json!({"service": code, "inputs": inputs, "subject": market.subject});
    let query = market.api.post("/v1/bill-queries", &[], &asked).await?;
    let found = query.json();
    let bill = &found["bills"][0];
    ensure!(bill["id"].is_string(), "{code}: {}", query.text());
    Ok(json!({
        "bill_query": found["id"],
        "items": [{"bill": bill["id"], "amount": bill["amount"]}],
        "payer_account": from,
        "subject": market.subject,
    }))
}

async fn use_others(
    market: &Marketplace,
    others: &[String],
    from: usize,
    until: Instant,
) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    for number in from.. {
        if Instant::now() >= until {
            break;
        }
        let (code, key) = (&others[number % others.len()], format!("others-{number}"));
        times.push(pay_once(market, code, &market.payer_account, &key).await?);
    }
    Ok(times)
}

/// Asks the one service again and again, without waiting for its answers, and
/// pays there where there is something to pay.
async fn press(market: &Arc<Marketplace>, one: &str, inputs: &Value, wish: Option<Value>) {
    let mut asking = JoinSet::new();
    if let Some(body) = wish {
        let market = market.clone();
        asking.spawn(async move {
            let headers = [("idempotency-key", "the-one"), ("prefer", "wait=1")];
            let _whatever = market.api.post("/v1/payments", &headers, &body).await;
        });
    }
    let asked = json!({"service": one, "inputs": inputs, "subject": market.subject});
    loop {
        let (market, asked) = (market.clone(), asked.clone());
        asking.spawn(async move {
            let _whatever = market.api.post("/v1/bill-queries", &[], &asked).await;
        });
        while asking.try_join_next().is_some() {}
        tokio::time::sleep(PRESSING_EVERY).await;
    }
}
