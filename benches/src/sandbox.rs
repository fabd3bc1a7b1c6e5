//! What a call in the sandbox costs over the same call in bare wasmtime, and
//! what thousands of components cost. Both sides of the comparison run on one
//! thread, in turns, and give the same answer.

mod bare;
mod guest;
mod thousands;

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use guichet_sandbox::ports::Ports;
use guichet_sandbox::{Answer, Sandbox, bare_engine};
use serde_json::{Value, json};

use crate::say;
use crate::statistics::{Samples, median, micros, ratio};
use bare::Bare;
use guest::Biller;

const BATCHES: usize = 50;
const CALLS: usize = 60;
const WARMING: usize = 200;

pub(crate) use thousands::compile_components;

/// Runs the bench.
pub(crate) async fn measure() -> Result<Value> {
    // First, so that no compiler has run in this process when its memory is read.
    let many = thousands::measure().await?;
    let pair = compare().await?;
    let mut figures = pair.figures();
    figures["load_6300_ms"] = json!(many.load_ms);
    figures["first_calls_6300_us_p50"] = json!(many.first_calls_us);
    figures["second_calls_6300_us_p50"] = json!(many.second_calls_us);
    figures["rss_6300_mb"] = json!(many.resident_mb);
    figures["rss_6300_anonymous_mb"] = json!(many.anonymous_mb);
    Ok(figures)
}

/// Runs the comparison of calls alone.
pub(crate) async fn measure_calls() -> Result<Value> {
    Ok(compare().await?.figures())
}

struct Pair {
    component_bytes: usize,
    ours: Samples,
    bare: Samples,
    ratio: f64,
}

impl Pair {
    fn figures(&self) -> Value {
        json!({
            "bench": "sandbox",
            "component_bytes": self.component_bytes,
            "calls_each": self.ours.len(),
            "ratio_to_bare": self.ratio,
            "fresh_call_us_p50": micros(self.ours.p50()),
            "fresh_call_us_p99": micros(self.ours.p99()),
            "bare_call_us_p50": micros(self.bare.p50()),
            "bare_call_us_p99": micros(self.bare.p99()),
        })
    }
}

/// The declarative plugin answering an open bill, on both sides.
async fn compare() -> Result<Pair> {
    let biller = Biller::read()?;
    let settings = guest::settings("code", 256)?;
    let bare = Bare::new(
        bare_engine(&settings)?,
        &biller.component,
        biller.config.clone(),
    )?;
    let sandbox = Sandbox::start(settings)?;
    let ours = Ours::new(&sandbox, &biller).await?;
    same_answer(&ours, &bare, &biller).await?;

    say("comparing calls in turns");
    for _ in 0..WARMING {
        ours.timed(&biller).await?;
        bare.timed(&biller).await?;
    }
    let time_ours = async || ours.timed(&biller).await;
    let time_bare = async || bare.timed(&biller).await;
    let (mut all_ours, mut all_bare, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for batch in 0..BATCHES {
        // Whoever comes second meets warmer caches: they take turns at it.
        let (first, second) = if batch % 2 == 0 {
            let first = turn(time_ours).await?;
            (first, turn(time_bare).await?)
        } else {
            let second = turn(time_bare).await?;
            (turn(time_ours).await?, second)
        };
        let medians = (
            Samples::new(first.clone()).p50(),
            Samples::new(second.clone()).p50(),
        );
        ratios.push(ratio(medians.0, medians.1));
        all_ours.extend(first);
        all_bare.extend(second);
    }
    Ok(Pair {
        component_bytes: biller.component.len(),
        ours: Samples::new(all_ours),
        bare: Samples::new(all_bare),
        ratio: median(ratios),
    })
}

/// The sandbox with everything on: limits, transcript, ticker, checks.
struct Ours<'a> {
    sandbox: &'a Sandbox,
    plugin: guichet_sandbox::Plugin,
    binding: std::sync::Arc<guichet_sandbox::Binding>,
    ports: Ports,
}

impl<'a> Ours<'a> {
    async fn new(sandbox: &'a Sandbox, biller: &Biller) -> Result<Self> {
        let digest = guichet_sandbox::digest_of(&biller.component);
        Ok(Self {
            sandbox,
            plugin: sandbox.load(digest, &biller.component).await?,
            binding: guest::binding(biller.config.clone())?,
            ports: Ports::in_memory(),
        })
    }

    async fn timed(&self, biller: &Biller) -> Result<Duration> {
        let call = biller.call();
        let begun = Instant::now();
        let report = self
            .sandbox
            .call(&self.plugin, &self.binding, &self.ports, call)
            .await;
        let answered = report.result.is_ok();
        drop(report);
        let took = begun.elapsed();
        ensure!(answered, "the sandbox's call failed");
        Ok(took)
    }
}

impl Bare {
    async fn timed(&self, biller: &Biller) -> Result<Duration> {
        let begun = Instant::now();
        let answer = self.call(biller).await?;
        let answered = answer.is_ok();
        drop(answer);
        let took = begun.elapsed();
        ensure!(answered, "the bare call failed");
        Ok(took)
    }
}

/// The times of one side's turn.
async fn turn(timed: impl AsyncFn() -> Result<Duration>) -> Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(CALLS);
    for _ in 0..CALLS {
        times.push(timed().await?);
    }
    Ok(times)
}

/// A comparison of different work would be worth nothing.
async fn same_answer(ours: &Ours<'_>, bare: &Bare, biller: &Biller) -> Result<()> {
    let report = ours
        .sandbox
        .call(&ours.plugin, &ours.binding, &ours.ports, biller.call())
        .await;
    let theirs = bare.call(biller).await?;
    match report.result {
        Ok(Answer::Query(answer)) if *answer == theirs && answer.is_ok() => Ok(()),
        other => bail!("different answers: {other:?} and {theirs:?}"),
    }
}
