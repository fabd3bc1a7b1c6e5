//! Kills nodes: one, two at once, all, also while they start; and starts them
//! again. What it does follows from the seed and the number of kills so far.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use futures::future::join_all;
use guichet_tests::chance::Chance;

use crate::findings::{Findings, Rule};
use crate::node::{Node, Plan};
use crate::nodes::Nodes;
use crate::tally::Tally;

/// A number that no load's stage of chance shares with it.
const STAGE: u64 = 1;
/// The longest time that a node is left alone once it serves, in milliseconds.
const ALONE_MS: usize = 700;
/// The longest time after which a node is killed that is starting.
const STARTING_MS: usize = 500;

/// The killer and its victims.
pub struct Killer {
    plans: Vec<Plan>,
    running: Vec<Option<Node>>,
    nodes: Arc<Nodes>,
    findings: Arc<Findings>,
    seed: u64,
}

impl Killer {
    /// Over nodes that are all down.
    pub fn new(plans: Vec<Plan>, nodes: Arc<Nodes>, findings: Arc<Findings>, seed: u64) -> Self {
        let running = plans.iter().map(|_| None).collect();
        Self {
            plans,
            running,
            nodes,
            findings,
            seed,
        }
    }

    /// The processes that run.
    pub fn pids(&self) -> Vec<u32> {
        self.running.iter().flatten().map(Node::pid).collect()
    }

    /// Starts every node that is down and waits until it serves.
    pub async fn start_all(&mut self, tally: &mut Tally) -> Result<()> {
        let down = (0..self.plans.len()).filter(|node| self.running[*node].is_none());
        let down: Vec<usize> = down.collect();
        for node in &down {
            self.running[*node] = Some(Node::start(&self.plans[*node])?);
        }
        let starting = self.running.iter_mut().enumerate();
        let starting = starting.filter(|(node, _)| down.contains(node));
        let served = join_all(starting.filter_map(|(number, node)| {
            let node = node.as_mut()?;
            Some(async move { (number, node.serves().await) })
        }));
        for (number, served) in served.await {
            let (url, took) = served?;
            self.nodes.up(number, &url);
            tally.started(took);
        }
        Ok(())
    }

    /// One cycle: wait, kill somebody, perhaps again while it starts, start all.
    pub async fn strike(&mut self, tally: &mut Tally) -> Result<()> {
        let mut chance = Chance::of(self.seed, STAGE, tally.kills);
        let alone = chance.below(ALONE_MS) as u64;
        tokio::time::sleep(Duration::from_millis(alone)).await;
        self.all_go_on()?;
        let victims = self.victims(&mut chance);
        for node in &victims {
            self.kill(*node, tally)?;
        }
        if chance.below(4) == 0 {
            self.kill_while_starting(&victims, &mut chance, tally)
                .await?;
        }
        self.start_all(tally).await
    }

    /// Every node is told to stop and started again, one after the other, while
    /// the others serve.
    pub async fn roll(&mut self, tally: &mut Tally) -> Result<()> {
        for number in 0..self.plans.len() {
            let Some(mut node) = self.running[number].take() else {
                continue;
            };
            let ended = node.terminate().await?;
            self.nodes.gone(number);
            if ended != Some(0) {
                let detail = format!("told to stop, ended with {ended:?}");
                self.findings
                    .add(Rule::EndsWell, &self.plans[number].name, &detail)?;
            }
            drop(node);
            self.start_all(tally).await?;
        }
        tally.rolls += 1;
        Ok(())
    }

    fn victims(&self, chance: &mut Chance) -> Vec<usize> {
        let mut all: Vec<usize> = (0..self.plans.len()).collect();
        let count = match chance.below(20) {
            0 => all.len(),
            1..4 => all.len().min(2),
            _ => 1,
        };
        while all.len() > count {
            all.remove(chance.below(all.len()));
        }
        all
    }

    async fn kill_while_starting(
        &mut self,
        victims: &[usize],
        chance: &mut Chance,
        tally: &mut Tally,
    ) -> Result<()> {
        for node in victims {
            self.running[*node] = Some(Node::start(&self.plans[*node])?);
        }
        let into = chance.below(STARTING_MS) as u64;
        tokio::time::sleep(Duration::from_millis(into)).await;
        for node in victims {
            tally.kills_at_start += 1;
            self.kill(*node, tally)?;
        }
        Ok(())
    }

    fn kill(&mut self, node: usize, tally: &mut Tally) -> Result<()> {
        if let Some(mut running) = self.running[node].take() {
            running.kill()?;
            tally.kills += 1;
        }
        self.nodes.gone(node);
        Ok(())
    }

    /// A node that has ended without being killed is a finding.
    pub fn all_go_on(&mut self) -> Result<()> {
        for (plan, running) in self.plans.iter().zip(&mut self.running) {
            let Some(node) = running else { continue };
            if let Some(status) = node.has_ended()? {
                let detail = format!("ended with {status}; see {}", plan.log.display());
                self.findings.add(Rule::GoesOn, &plan.name, &detail)?;
                *running = None;
            }
        }
        Ok(())
    }
}
