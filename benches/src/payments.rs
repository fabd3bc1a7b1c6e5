//! Whole payments over HTTP: a bill query, the payment until it is applied, the
//! exchanges with the simulated billers included: as many as can be made, and then
//! a steady stream of half as many. The peer is the bill query alone, in the same
//! run: what HTTP, sandbox and biller cost without money.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use guichet_tests::Marketplace;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::statistics::{Samples, half_as_often, millis, per_second, times};
use crate::{disk, processor, say};

/// Connections, and how many payments they make together.
const LEVELS: [(usize, usize); 3] = [(1, 300), (16, 3_000), (64, 6_000)];
/// Payments that come one after the other in a steady stream, so many connections
/// being there for them.
const STEADY: (usize, usize) = (256, 3_000);
/// What the payer has, in fen: enough for all of them.
const BALANCE: &str = "100000000000";
/// Services that are tried, and how many are enough.
const CANDIDATES: usize = 60;
const SERVICES: usize = 16;

/// One errand that is known to have bills now.
#[derive(Debug, Clone)]
struct Errand {
    service: String,
    inputs: Value,
}

/// Runs the bench.
pub(crate) async fn measure() -> Result<Value> {
    let folder = tempfile::tempdir()?;
    let arguments = ["--balance", BALANCE];
    let market = Marketplace::start_with(&folder.path().join("data"), &arguments)?;
    let market = Arc::new(market);
    say("choosing services that answer at once");
    let services = services(&market).await?;
    let before = disk::fsync(folder.path())?;
    let mut levels = Vec::new();
    let mut fastest = 0.0_f64;
    for (connections, count) in LEVELS {
        say(&format!("{connections} connections"));
        let asked = errands(&market, &services, count).await?;
        let at_once = (connections, Pace::AtOnce);
        let queries = run(&market, at_once, asked, Part::Query).await?;
        let paid = errands(&market, &services, count).await?;
        let payments = run(&market, at_once, paid, Part::Payment).await?;
        fastest = fastest.max(payments.rate());
        levels.push(json!({
            "connections": connections,
            "payments": payments.figures(),
            "bill_queries_alone": queries.figures(),
            "payments_over_queries": times(payments.rate(), queries.rate()),
        }));
    }
    let steady = steady(&market, &services, fastest).await?;
    let after = disk::fsync(folder.path())?;
    Ok(json!({
        "bench": "payments",
        "services": services.len(),
        "levels": levels,
        "steady": steady,
        "fsync_us_p50": crate::statistics::micros(before.p50()),
        "fsync_us_p99": crate::statistics::micros(before.p99()),
        "fsync_after_us_p50": crate::statistics::micros(after.p50()),
        "fsync_after_us_p99": crate::statistics::micros(after.p99()),
    }))
}

/// What is done with an errand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Query,
    Payment,
}

/// When the next errand begins.
#[derive(Debug, Clone, Copy)]
enum Pace {
    /// As soon as a connection is free.
    AtOnce,
    /// At its time, however slow those before it are; it is measured from then on.
    Every(Duration),
}

/// Payments that come at half of the rate that was reached: what a payer waits for
/// where the node is not full.
async fn steady(market: &Arc<Marketplace>, services: &[String], fastest: f64) -> Result<Value> {
    let (connections, count) = STEADY;
    let every = half_as_often(fastest);
    say("in a steady stream");
    let errands = errands(market, services, count).await?;
    let pace = (connections, Pace::Every(every));
    let done = run(market, pace, errands, Part::Payment).await?;
    Ok(done.figures())
}

struct Done {
    samples: Samples,
    elapsed: Duration,
    /// Of the node, of the simulated billers and bank, and of this program.
    spent: [Duration; 3],
    failed: Vec<String>,
    /// States of the slowest payment, each with its moment.
    slowest: Vec<String>,
}

impl Done {
    fn rate(&self) -> f64 {
        per_second(self.samples.len(), self.elapsed)
    }

    fn each(&self, spent: Duration) -> f64 {
        let count = u32::try_from(self.samples.len()).unwrap_or(u32::MAX);
        crate::statistics::micros(spent / count.max(1))
    }

    fn figures(&self) -> Value {
        json!({
            "count": self.samples.len(),
            "per_s": self.rate(),
            "p50_ms": millis(self.samples.p50()),
            "p99_ms": millis(self.samples.p99()),
            "cpu_us_each": {
                "node": self.each(self.spent[0]),
                "billers_and_bank": self.each(self.spent[1]),
                "load": self.each(self.spent[2]),
            },
            "not_completed": self.failed.len(),
            "first_reason": self.failed.first(),
            "slowest": self.slowest,
        })
    }
}

/// Water companies whose first bill was asked for and paid at once.
async fn services(market: &Marketplace) -> Result<Vec<String>> {
    let found = market
        .search("水费", "&category=water&kind=bill-payment")
        .await?;
    let mut chosen = Vec::new();
    for service in found.iter().take(CANDIDATES) {
        let Some(code) = service["code"].as_str() else {
            continue;
        };
        let errand = errand(market, code).await?;
        if complete(market, &errand, Part::Payment, &format!("try-{code}"))
            .await
            .is_ok()
        {
            chosen.push(code.to_owned());
        }
        if chosen.len() == SERVICES {
            break;
        }
    }
    ensure!(!chosen.is_empty(), "no water bill could be paid at once");
    Ok(chosen)
}

async fn errand(market: &Marketplace, service: &str) -> Result<Errand> {
    Ok(Errand {
        service: service.to_owned(),
        inputs: market.sample(service).await?,
    })
}

async fn errands(
    market: &Marketplace,
    services: &[String],
    count: usize,
) -> Result<VecDeque<Errand>> {
    let mut all = VecDeque::with_capacity(count);
    for service in services.iter().cycle().take(count) {
        all.push_back(errand(market, service).await?);
    }
    Ok(all)
}

/// Works the errands off with so many connections.
async fn run(
    market: &Arc<Marketplace>,
    (connections, pace): (usize, Pace),
    errands: VecDeque<Errand>,
    part: Part,
) -> Result<Done> {
    let errands: VecDeque<(u32, Errand)> = (0..).zip(errands).collect();
    let errands = Arc::new(Mutex::new(errands));
    let spent_before = spent(market)?;
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for connection in 0..connections {
        let (market, errands) = (Arc::clone(market), Arc::clone(&errands));
        tasks.spawn(async move {
            let (mut times, mut failed) = (Vec::new(), Vec::new());
            while let Some((number, errand)) = next(&errands) {
                let key = format!("{connections}-{connection}-{}", times.len() + failed.len());
                let asked = match pace {
                    Pace::AtOnce => Instant::now(),
                    Pace::Every(interval) => {
                        let due = begun + interval * number;
                        tokio::time::sleep_until(due.into()).await;
                        due
                    }
                };
                match complete(&market, &errand, part, &key).await {
                    Ok(payment) => times.push((asked.elapsed(), payment)),
                    Err(error) => failed.push(error.to_string()),
                }
            }
            (times, failed)
        });
    }
    let (mut times, mut failed) = (Vec::new(), Vec::new());
    for (own_times, own_failed) in tasks.join_all().await {
        times.extend(own_times);
        failed.extend(own_failed);
    }
    let elapsed = begun.elapsed();
    let spent_after = spent(market)?;
    let Some((_, slowest)) = times.iter().max_by_key(|(time, _)| *time) else {
        bail!("nothing was completed: {:?}", failed.first());
    };
    Ok(Done {
        slowest: history(market, slowest.as_deref()).await?,
        samples: Samples::new(times.into_iter().map(|(time, _)| time).collect()),
        elapsed,
        spent: std::array::from_fn(|part| spent_after[part] - spent_before[part]),
        failed,
    })
}

/// Processor time so far of the node, of the programs beside it, and of this one.
fn spent(market: &Marketplace) -> Result<[Duration; 3]> {
    let mut beside = Duration::ZERO;
    for child in processor::children(market.pid())? {
        beside += processor::spent(child)?;
    }
    let own = processor::spent(std::process::id())?;
    Ok([processor::spent(market.pid())?, beside, own])
}

/// What became of a payment, and when: it says where the time has gone.
async fn history(market: &Marketplace, payment: Option<&str>) -> Result<Vec<String>> {
    let Some(payment) = payment else {
        return Ok(Vec::new());
    };
    let path = format!("/v1/payments/{payment}/events");
    let events = market.api.get(&path).await?.json();
    let items = events["items"].as_array().cloned().unwrap_or_default();
    let line = |event: &Value| format!("{} {}", event["at"], event["state"]).replace('"', "");
    Ok(items.iter().map(line).collect())
}

fn next(errands: &Mutex<VecDeque<(u32, Errand)>>) -> Option<(u32, Errand)> {
    errands
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .pop_front()
}

/// Asks for bills and, where wanted, pays the first one and gives the payment.
async fn complete(
    market: &Marketplace,
    errand: &Errand,
    part: Part,
    key: &str,
) -> Result<Option<String>> {
    let body = json!({
        "service": errand.service, "inputs": errand.inputs, "subject": market.subject,
    });
    let answer = market.api.post("/v1/bill-queries", &[], &body).await?;
    let query = answer.json();
    ensure!(
        answer.status.is_success() && query["state"] == "ready",
        "{}: no bills at once: {}",
        errand.service,
        answer.text()
    );
    if part == Part::Query {
        return Ok(None);
    }
    let bill = &query["bills"][0];
    let items = json!([{"bill": bill["id"], "amount": bill["amount"]}]);
    let answer = market.pay(&query, &items, key).await?;
    let payment = answer.json();
    ensure!(
        answer.status.is_success() && payment["state"] == "applied",
        "{}: not applied: {}",
        errand.service,
        answer.text()
    );
    Ok(payment["id"].as_str().map(str::to_owned))
}
