//! A small generator of load: so many connections, each with one request under
//! way at any time. It runs on the same machine as the server, so that both
//! share the cores.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use guichet_tests::Client;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::statistics::{Samples, micros, per_second};

/// What came of a load.
pub(crate) struct Load {
    connections: usize,
    elapsed: Duration,
    samples: Samples,
}

impl Load {
    /// Requests in a second.
    pub(crate) fn per_second(&self) -> f64 {
        per_second(self.samples.len(), self.elapsed)
    }

    /// As a report shows it.
    pub(crate) fn figures(&self) -> Value {
        json!({
            "connections": self.connections,
            "requests": self.samples.len(),
            "requests_per_s": self.per_second(),
            "p50_us": micros(self.samples.p50()),
            "p99_us": micros(self.samples.p99()),
        })
    }
}

/// Asks for the same path over and over; every answer must be a success.
pub(crate) async fn get(
    client: &Client,
    path: &str,
    connections: usize,
    lasting: Duration,
) -> Result<Load> {
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let (client, path) = (client.clone(), path.to_owned());
        tasks.spawn(async move {
            let mut times = Vec::new();
            while begun.elapsed() < lasting {
                let asked = Instant::now();
                let answer = client.get(&path).await?;
                times.push(asked.elapsed());
                ensure!(answer.status.is_success(), "{path}: {}", answer.text());
            }
            anyhow::Ok(times)
        });
    }
    let mut all = Vec::new();
    for times in tasks.join_all().await {
        all.extend(times?);
    }
    Ok(Load {
        connections,
        elapsed: begun.elapsed(),
        samples: Samples::new(all),
    })
}
