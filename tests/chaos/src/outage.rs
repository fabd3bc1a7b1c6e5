//! The database server goes away under load, as a crash or silently, and comes
//! back: meanwhile every node says that it is not ready, and tells clients
//! clearly to come back; afterwards everything goes on by itself.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use guichet_tests::Client;
use guichet_tests::postgres::Cluster;
use hyper::header::RETRY_AFTER;

use crate::findings::{Findings, Rule};
use crate::nodes::Nodes;
use crate::say;
use crate::stage::Payer;

/// How long nodes may go on answering after the server went away: they wait for
/// a connection, or for an answer that may be on its way.
const NOTICED: Duration = Duration::from_secs(3);
/// How long a request may take to be told that the books are away.
const TOLD: Duration = Duration::from_secs(12);
/// How long nodes may take to be ready again once the server answers.
const BACK: Duration = Duration::from_secs(30);
/// How often nodes are asked.
const OFTEN: Duration = Duration::from_millis(250);

/// How the server goes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Connections break, and new ones are refused.
    Crash,
    /// Connections stay, and nothing is answered.
    Silence,
}

/// One outage of this length.
pub async fn suffer(
    cluster: &mut Cluster,
    manner: Manner,
    lasting: Duration,
    (nodes, payer): (&Nodes, &Payer),
    findings: &Findings,
) -> Result<()> {
    say(&format!("the database is gone for {lasting:?}: {manner:?}"));
    match manner {
        Manner::Crash => cluster.crash()?,
        Manner::Silence => cluster.freeze()?,
    }
    let begun = Instant::now();
    tokio::time::sleep(NOTICED.min(lasting)).await;
    let mut asking = tokio::task::JoinSet::new();
    for client in nodes.all() {
        let path = format!("/v1/payments?subject={}&limit=1", payer.subject);
        asking.spawn(async move { told(&client, &path, begun + lasting).await });
    }
    while let Some(wrong) = asking.join_next().await {
        for detail in wrong?? {
            findings.add(Rule::Outage, &format!("{manner:?}"), &detail)?;
        }
    }
    tokio::time::sleep(lasting.saturating_sub(begun.elapsed())).await;
    match manner {
        Manner::Crash => cluster.resume()?,
        Manner::Silence => cluster.thaw()?,
    }
    let again = Instant::now();
    for client in nodes.all() {
        while !is_ready(&client).await {
            if again.elapsed() > BACK {
                let text = format!("a node is not ready {BACK:?} after the database");
                return findings.add(Rule::Outage, &format!("{manner:?}"), &text);
            }
            tokio::time::sleep(OFTEN).await;
        }
    }
    say(&format!("ready again after {:?}", again.elapsed()));
    Ok(())
}

/// What is wrong with what a node says until the time is over.
async fn told(client: &Client, path: &str, until: Instant) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    while wrong.is_empty() && Instant::now() < until {
        let asked = Instant::now();
        let ready = is_ready(client).await;
        if ready && Instant::now() < until {
            wrong.push("a node says that it is ready".to_owned());
        }
        let answer = tokio::time::timeout(TOLD, client.get(path)).await;
        // An answer that comes later may be one of the database that is back.
        if Instant::now() >= until {
            break;
        }
        let Ok(answer) = answer else {
            wrong.push(format!("{path} is not answered within {TOLD:?}"));
            continue;
        };
        let answer = answer.context("a node that is alive breaks the connection")?;
        let code = crate::insist::code(&answer);
        let is_clear = answer.status == 503
            && answer.headers.contains_key(RETRY_AFTER)
            && code == "overloaded";
        if !is_clear {
            wrong.push(format!(
                "{} {} after {:?}",
                answer.status,
                answer.text(),
                asked.elapsed()
            ));
        }
        tokio::time::sleep(OFTEN).await;
    }
    Ok(wrong)
}

async fn is_ready(client: &Client) -> bool {
    let asked = tokio::time::timeout(TOLD, client.get("/readyz")).await;
    matches!(asked, Ok(Ok(answer)) if answer.status.is_success())
}
