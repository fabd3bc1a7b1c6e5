//! One run from beginning to end: stage, load, kills, calm, judgement.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use guichet_tests::chance::Chance;
use guichet_tests::program;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::evidence::Evidence;
use crate::findings::{Findings, Found, Rule};
use crate::insist::Insistent;
use crate::journal::{Journal, Known};
use crate::killer::Killer;
use crate::load::{self, Load};
use crate::nodes::Nodes;
use crate::outage::{self, Manner};
use crate::stage::Stage;
use crate::summary::Summary;
use crate::tally::Tally;
use crate::{Arguments, Database, FINDINGS, balances, judge, say, weather};

/// How often progress is told.
const PROGRESS: Duration = Duration::from_secs(10);
/// How often everything is looked at again where something seems wrong.
const LOOKS: usize = 2;
/// Payments that there must be for every kill, at least.
const PAYMENTS_PER_KILL: u64 = 2;
/// A number that neither load nor killer has as its stage of chance.
const WEATHER: u64 = 3;
/// Runs until so many kills are done, and judges.
pub async fn run(arguments: &Arguments, folder: &Path) -> Result<Summary> {
    let mut stage = Stage::open(folder, arguments.on).await?;
    let findings = Arc::new(Findings::open(&folder.join(FINDINGS))?);
    let mut tally = Tally::read(&folder.join("tally.json"))?;
    tally.parts += 1;
    let host = match &arguments.planted {
        Some(_) => "guichet-planted",
        None => "guichet",
    };
    let plans = stage.plans(host, arguments.planted.as_deref())?;
    let nodes = Arc::new(Nodes::down(plans.len(), &stage.kept.token));
    let load = Arc::new(Load {
        nodes: Insistent::new(nodes.clone(), findings.clone()),
        city: stage.city.client.clone(),
        payers: stage.kept.payers.clone(),
        journal: Journal::open(&folder.join("journal.jsonl"))?,
        findings: findings.clone(),
        part: tally.parts,
        next: AtomicU64::new(0),
    });
    let mut killer = Killer::new(plans, nodes.clone(), findings.clone(), arguments.seed);
    killer.start_all(&mut tally).await?;
    if !is_done(arguments, &tally) {
        let (stop, clients) = start_load(arguments, &load, tally.kills);
        kill(arguments, folder, (&stage, &load), &mut killer, &mut tally).await?;
        while tally.rolls < arguments.rolls {
            say("restarting every node, one after the other");
            killer.roll(&mut tally).await?;
        }
        lose_database(arguments, &mut stage, &nodes, &load, &mut tally).await?;
        tally.keep(&folder.join("tally.json"))?;
        stage.remember(&killer.pids())?;
        stop.send_replace(true);
        weather::clear(&stage.city.client, &stage.bank.client).await?;
        for ended in clients.join_all().await {
            ended?;
        }
    }
    weather::clear(&stage.city.client, &stage.bank.client).await?;
    say("calm: waiting until nothing is open any more");
    let calm = calm(&load, Duration::from_secs(arguments.calm_seconds)).await?;
    killer.all_go_on()?;
    is_under_load(&load, &tally)?;
    let counted = judged(&stage, &load, &findings).await?;
    let summary = Summary::new(
        arguments,
        &tally,
        load.journal.counts(),
        counted,
        load.nodes.answers(),
        (&findings, calm.as_secs()),
    );
    Ok(summary)
}

/// Kills without payments would find nothing wrong.
fn is_under_load(load: &Load, tally: &Tally) -> Result<()> {
    let (_, told) = load.journal.counts();
    if (told as u64) < tally.kills * PAYMENTS_PER_KILL {
        let text = format!("{told} payments acknowledged in {} kills", tally.kills);
        load.findings.add(Rule::UnderLoad, "the load", &text)?;
    }
    Ok(())
}

/// Whether nothing is left to do but to judge.
fn is_done(arguments: &Arguments, tally: &Tally) -> bool {
    tally.kills >= arguments.kills
        && tally.rolls >= arguments.rolls
        && (arguments.on == Database::Sqlite || tally.outages >= arguments.outages)
}

/// Clients at work, and how they are told to stop.
fn start_load(
    arguments: &Arguments,
    load: &Arc<Load>,
    kills: u64,
) -> (watch::Sender<bool>, JoinSet<Result<()>>) {
    let (stop, stopping) = watch::channel(false);
    let mut clients = JoinSet::new();
    for client in 0..arguments.clients {
        let seed = (arguments.seed ^ kills, client);
        clients.spawn(load::client(load.clone(), seed, stopping.clone()));
    }
    (stop, clients)
}

/// Kills nodes; the tally is kept after every cycle.
async fn kill(
    arguments: &Arguments,
    folder: &Path,
    (stage, load): (&Stage, &Load),
    killer: &mut Killer,
    tally: &mut Tally,
) -> Result<()> {
    let before = tally.seconds;
    let begun = Instant::now();
    let mut told = Instant::now();
    while tally.kills < arguments.kills {
        let mut chance = Chance::of(arguments.seed, WEATHER, tally.kills);
        weather::turn(&stage.city.client, &stage.bank.client, &mut chance).await?;
        killer.strike(tally).await?;
        tally.seconds = before + begun.elapsed().as_secs();
        tally.keep(&folder.join("tally.json"))?;
        stage.remember(&killer.pids())?;
        if told.elapsed() > PROGRESS {
            told = Instant::now();
            progress(arguments, tally, load);
        }
    }
    Ok(())
}

/// Takes the database away, again and again, where it is a server.
async fn lose_database(
    arguments: &Arguments,
    stage: &mut Stage,
    nodes: &Nodes,
    load: &Load,
    tally: &mut Tally,
) -> Result<()> {
    let Some(cluster) = &mut stage.cluster else {
        return Ok(());
    };
    let lasting = Duration::from_secs(arguments.outage_seconds);
    while tally.outages < arguments.outages {
        let manner = if tally.outages.is_multiple_of(2) {
            Manner::Crash
        } else {
            Manner::Silence
        };
        let payer = &load.payers[0];
        outage::suffer(cluster, manner, lasting, (nodes, payer), &load.findings).await?;
        tally.outages += 1;
        // Clients find their way back under load.
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
    Ok(())
}

fn progress(arguments: &Arguments, tally: &Tally, load: &Load) {
    let (asked, told) = load.journal.counts();
    say(&format!(
        "{} of {} kills in {} s, {told} of {asked} payments acknowledged, a start takes {} ms, {} findings",
        tally.kills,
        arguments.kills,
        tally.seconds,
        tally.start_ms(50),
        load.findings.counts().values().sum::<u64>()
    ));
}

/// Waits until nothing is open any more, or patience ends; how long it took.
async fn calm(load: &Load, patience: Duration) -> Result<Duration> {
    let begun = Instant::now();
    let mut chance = Chance::of(0, 0, 0);
    while begun.elapsed() < patience {
        let metrics = load.nodes.read("/metrics", &mut chance).await?.text();
        let mut lines = metrics.lines();
        let is_open =
            lines.any(|line| line.starts_with("guichet_payments_open{") && !line.ends_with(" 0"));
        if !is_open {
            break;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    Ok(begun.elapsed())
}

/// One look at everything.
async fn look(
    stage: &Stage,
    load: &Arc<Load>,
    known: &BTreeMap<String, Known>,
) -> Result<(judge::Counted, Vec<Found>)> {
    let mut found = Vec::new();
    let shown = judge::read_all(load).await?;
    let evidence = Evidence::read(&stage.city, &stage.bank, &stage.kept.payers).await?;
    judge::promises(known, &shown, &mut found);
    let counted = judge::payments(&shown, &evidence, &mut found);
    balances::judge(load, &stage.bank, &mut found).await?;
    Ok((counted, found))
}

async fn judged(stage: &Stage, load: &Arc<Load>, findings: &Findings) -> Result<judge::Counted> {
    say("repeating every request that was ever made");
    judge::repeat_all(load).await?;
    say("reading every payment and the logs of billers and bank");
    let known = load.journal.all();
    let (mut counted, mut wrong) = look(stage, load, &known).await?;
    for _ in 0..LOOKS {
        if wrong.is_empty() {
            break;
        }
        // The nodes go on meanwhile, so that what was read one after the other
        // may not fit together once. What is wrong stays wrong.
        let again = look(stage, load, &known).await?;
        counted = again.0;
        wrong.retain(|one| again.1.iter().any(|other| other.is_like(one)));
    }
    for found in &wrong {
        findings.keep(found)?;
    }
    for (rule, command) in [
        (Rule::Ledger, ["ledger", "check"]),
        (Rule::Audit, ["audit", "verify"]),
    ] {
        // The judge is the program without mistakes, whatever the nodes were.
        let output = Command::new(program("guichet"))
            .args(command)
            .args(stage.books()?)
            .output()
            .context("the host's command line")?;
        if !output.status.success() {
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said).into_owned();
            findings.add(rule, command[0], &said)?;
        }
    }
    Ok(counted)
}
