//! The registry's promises, kept under load over HTTP: what grows is held until
//! two persons agree, a bad release goes by itself, a switch stops at once, and
//! nothing that was altered ever runs.

mod altered;
mod nodes;
mod package;
mod proofs;
mod records;
mod review;
mod rollout;
mod shadow;
mod shown;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use guichet_tests::{Answer, Client, Marketplace};
use serde_json::{Value, json};

/// A package of the city's, for which certification has recorded exchanges, and one
/// of its services that answers at once.
const PACKAGE: &str = "guichet-demo/homes-json-hmac";
const SERVICE: &str = "maintenance-fund-520300";

/// Puts a bundle under a version; the whole answer.
async fn publish(market: &Marketplace, version: &str, bundle: Vec<u8>) -> Answer {
    let path = format!("/v1/packages/{PACKAGE}/releases/{version}");
    let media = [("content-type", "application/vnd.guichet.bundle")];
    market
        .api
        .send(hyper::Method::PUT, &path, &media, bundle)
        .await
        .unwrap()
}

/// A decision by one of the people.
async fn decide(market: &Marketplace, by: &str, what: &str, version: &str, body: Value) -> Answer {
    let path = format!("/v1/packages/{PACKAGE}/releases/{version}/{what}");
    let person = market.person(by).unwrap();
    person.post(&path, &[], &body).await.unwrap()
}

async fn act(market: &Marketplace, by: &str, act: Value) -> Answer {
    let person = market.person(by).unwrap();
    person.post("/v1/acts", &[], &act).await.unwrap()
}

/// Where a release stands.
async fn state_of(market: &Marketplace, version: &str) -> Value {
    let path = format!("/v1/packages/{PACKAGE}/releases/{version}");
    market.api.get(&path).await.unwrap().json()["state"].clone()
}

/// Asks for bills, once.
async fn ask(api: &Client, inputs: &Value, subject: &str) -> Answer {
    let body = json!({"service": SERVICE, "inputs": inputs, "subject": subject});
    api.post("/v1/bill-queries", &[], &body).await.unwrap()
}

/// Citizens who ask for bills all the time, until they are told to stop.
struct Load {
    going: Arc<AtomicBool>,
    asked: Arc<AtomicU64>,
    /// What those were told who were refused.
    failed: Arc<Mutex<Vec<String>>>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Load {
    async fn begin(market: &Marketplace, citizens: usize) -> Self {
        let inputs = market.sample(SERVICE).await.unwrap();
        let mut load = Self {
            going: Arc::new(AtomicBool::new(true)),
            asked: Arc::default(),
            failed: Arc::default(),
            tasks: Vec::new(),
        };
        for number in 0..citizens {
            let (going, asked) = (load.going.clone(), load.asked.clone());
            let (failed, inputs) = (load.failed.clone(), inputs.clone());
            let api = market.api.clone();
            let subject = format!("citizen-{number}");
            load.tasks.push(tokio::spawn(async move {
                while going.load(Ordering::Relaxed) {
                    let answer = ask(&api, &inputs, &subject).await;
                    asked.fetch_add(1, Ordering::Relaxed);
                    if !answer.status.is_success() {
                        let told = format!("{}: {}", answer.status, answer.text());
                        failed.lock().unwrap().push(told);
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }));
        }
        load
    }

    /// What has failed so far.
    fn failed(&self) -> Vec<String> {
        self.failed.lock().unwrap().clone()
    }

    /// Ends it; how many were asked and what failed of them.
    async fn end(self) -> (u64, Vec<String>) {
        self.going.store(false, Ordering::Relaxed);
        for task in self.tasks {
            task.await.unwrap();
        }
        let failed = self.failed.lock().unwrap().clone();
        (self.asked.load(Ordering::Relaxed), failed)
    }
}

/// Waits until it holds; how long that took.
async fn until<F, T>(limit: Duration, mut holds: F) -> Duration
where
    F: FnMut() -> T,
    T: Future<Output = bool>,
{
    let begun = Instant::now();
    while begun.elapsed() < limit {
        if holds().await {
            return begun.elapsed();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it did not come about in {limit:?}");
}
