//! One run: nodes on one database, billers, banks, clients and faults, all drawn
//! from a seed, under a fate; then calm, and the question whether everything is
//! right.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use anyhow::{Context as _, Result, ensure};
use guichet::objects::Objects;
use guichet::seal::Vault;
use guichet::store::{Location, Store};
use guichet_domain::Moment;
use guichet_tests::chance::Chance;

use crate::accountant::Shelf;
use crate::bank::BankTown;
use crate::biller::Biller;
use crate::executor::{Executor, Time};
use crate::fate::Fate;
use crate::node::{Counting, NodeClock, Plan};
use crate::nodes::{Life, start_nodes};
use crate::pace::{Mood, Pace};
use crate::payers::open_accounts;
use crate::town::Town;
use crate::trace::Trace;
use crate::verdict::Finished;
use crate::witness::Witness;

/// How long things may go wrong.
pub(crate) const WILD_US: i64 = 2 * 60 * 1_000_000;
/// How long the world then has to come to rest.
const CALM_US: i64 = 6 * 3_600 * 1_000_000;
/// No run is longer.
pub(crate) const MOST_STEPS: u64 = 400_000;

/// What a run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// What happened, as one number.
    pub trace: u64,
    /// Steps of tasks.
    pub steps: u64,
    /// Payments made.
    pub payments: usize,
    /// Nodes lost.
    pub crashes: u32,
}

/// The database's name in a run's folder.
pub const BOOKS: &str = "books.db";

/// Makes a database with its tables.
///
/// # Errors
/// Where it cannot be made.
pub fn make_ready(database: &Path) -> Result<()> {
    let location = Location::Sqlite(database.to_owned());
    let vault = Vault::from_key(&[7; 32])?;
    // The writer is never run: nothing but the tables is wanted.
    let (store, writer) = futures::executor::block_on(Store::prepare(&location, vault, "node-0"))?;
    drop((store, writer));
    Ok(())
}

/// Runs one seed on the database of this fate.
///
/// # Errors
/// What is wrong in the end, or in between.
pub fn run(seed: u64, fate: &mut dyn Fate, trace: &Trace) -> Result<Outcome> {
    let chance = |part: u64| Chance::of(seed, part, 0);
    let time = Time::beginning_at(beginning(&mut chance(9))?);
    let mut executor = Executor::new(Arc::clone(&time), chance(1), trace.clone());
    let mut luck = chance(3);
    let shape = fate.shape();
    let witness = Witness::default();
    let origin = origin(seed, fate.database(), &executor, trace);
    let (plans, nodes) = start_nodes(&origin, shape, &mut luck, (&mut *fate, &witness))?;
    fate.pauses();
    let payers = open_accounts(&mut executor, &nodes)?;
    let town = Town::around(seed, &origin, nodes, trace);
    let seen = town.populate(shape, &payers, &witness);
    let mut life = Life {
        plans: &plans,
        nodes: &town.nodes,
        witness: &witness,
        shape,
        crashes: 0,
        down: Vec::new(),
    };
    for (mood, until) in town.hours() {
        origin.pace.set(mood);
        life.live_through(&mut executor, until, &mut luck, &mut *fate)?;
    }
    life.calm_down(&mut *fate)?;
    origin.biller.calm_down();
    origin.banks.calm_down();
    origin.pace.set(Mood::Calm);
    let run = Finished {
        nodes: town.nodes.clone(),
        seen,
        biller: Arc::clone(&origin.biller),
        banks: origin.banks.clone(),
        payers,
        clients: shape.clients,
        complaints: Arc::clone(&town.complaints),
        day_ends_here: town.day_ends_here,
    };
    let crashes = life.crashes;
    come_to_rest(&mut executor, &run)?;
    town.end(&mut executor)?;
    let payments = futures::executor::block_on(run.judge())?;
    Ok(Outcome {
        trace: trace.hash(),
        steps: executor.steps(),
        payments,
        crashes,
    })
}

/// What every node of the world is started from.
fn origin(seed: u64, file: PathBuf, executor: &Executor, trace: &Trace) -> Plan {
    let (time, spawner) = (Arc::clone(&executor.time), executor.spawner());
    let chance = Chance::of(seed, 2, 0);
    let biller = Biller::new(Arc::clone(&time), spawner.clone(), chance, trace.clone());
    Plan {
        number: 0,
        file,
        clock: Arc::new(NodeClock::of(&time)),
        random: Arc::new(Counting(AtomicU64::new(seed << 20))),
        biller: Arc::new(biller),
        banks: BankTown::new(&time, &spawner, seed, trace),
        objects: Objects::new(Shelf::default()),
        spawner,
        pace: Pace::default(),
        time,
    }
}

/// At noon; in the evening, and then the day ends some hours later; or so late that
/// the accounting date turns while things go wrong.
fn beginning(chance: &mut Chance) -> Result<i64> {
    let time = match chance.below(4) {
        0 | 1 => "2026-11-21T04:00:00Z",
        2 => "2026-11-21T13:00:00Z",
        _ => "2026-11-21T15:58:30Z",
    };
    let start: Moment = time.parse().context("a moment")?;
    Ok(start.micros() + chance.below(60_000_000) as i64)
}

fn come_to_rest(executor: &mut Executor, run: &Finished) -> Result<()> {
    let end = executor.time.now() + CALM_US;
    while executor.step(end) {
        ensure!(
            executor.steps() < MOST_STEPS,
            "the world does not come to rest"
        );
        if executor.steps().is_multiple_of(64) && futures::executor::block_on(run.is_at_rest())? {
            break;
        }
    }
    Ok(())
}
