//! How fast three nodes on one PostgreSQL follow a kill switch: from the moment at
//! which the act is sent until a node refuses a bill query. The peer is one
//! answered bill query: quicker than that nobody can see it.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use guichet_tests::Answer;
use guichet_tests::nodes::Nodes;
use guichet_tests::postgres::Durability;
use serde_json::{Value, json};

use crate::say;
use crate::statistics::{Samples, millis, ratio};

const NODES: usize = 3;
const ROUNDS: usize = 40;
const PACKAGE: &str = "guichet-demo/homes-json-hmac";
const SERVICE: &str = "maintenance-fund-520300";

/// Runs the bench.
pub(crate) async fn measure() -> Result<Value> {
    let nodes = Nodes::start(NODES, Durability::Full).await?;
    let inputs = nodes.first.sample(SERVICE).await?;
    let question = (
        "/v1/bill-queries".to_owned(),
        json!({"service": SERVICE, "inputs": inputs, "subject": "anna"}),
    );
    let answered = answered(&nodes, &question).await?;
    let target = json!({"package": PACKAGE});
    let throw = json!({"act": "switch-thrown", "target": target, "reason": "a bench"});
    let lift = json!({"act": "switch-lifted", "target": target, "reason": "a bench"});
    let stopped = |answer: &Answer| answer.status.as_u16() == 503;
    let serves = |answer: &Answer| answer.status.is_success();
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        say(&format!("switch {round} of {ROUNDS}"));
        let took = nodes.follow(("sven", &throw), &question, stopped).await?;
        own.extend_from_slice(&took[..1]);
        others.extend_from_slice(&took[1..]);
        let officer = nodes.first.person("sven")?;
        let proposed = officer.post("/v1/acts", &[], &lift).await?;
        ensure!(proposed.status.is_success(), "{}", proposed.text());
        nodes.follow(("mona", &lift), &question, serves).await?;
        // The rounds begin at another moment of the nodes' ticks each.
        tokio::time::sleep(Duration::from_millis(37)).await;
    }
    let (own, others) = (Samples::new(own), Samples::new(others));
    Ok(json!({
        "bench": "nodes",
        "database": "postgresql",
        "nodes": NODES,
        "switches": ROUNDS,
        "node_that_entered_ms_p50": millis(own.p50()),
        "node_that_entered_ms_p99": millis(own.p99()),
        "nodes_that_follow_ms_p50": millis(others.p50()),
        "nodes_that_follow_ms_p99": millis(others.p99()),
        "bill_query_ms_p50": millis(answered.p50()),
        "follow_over_bill_query_p50": ratio(others.p50(), answered.p50()),
    }))
}

async fn answered(nodes: &Nodes, question: &(String, Value)) -> Result<Samples> {
    let mut times = Vec::new();
    for client in nodes.clients() {
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            let answer = client.post(&question.0, &[], &question.1).await?;
            ensure!(answer.status.is_success(), "{}", answer.text());
            times.push(begun.elapsed());
        }
    }
    Ok(Samples::new(times))
}
