//! One run: nodes on one database, billers, clients and faults, all drawn from a
//! seed, under a fate; then calm, and the question whether everything is right.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, ensure};
use futures::channel::oneshot;
use futures::future::BoxFuture;
use guichet::seal::Vault;
use guichet::store::{Location, Store};
use guichet_domain::id::{AccountId, ClientId, SubjectId};
use guichet_domain::{Moment, Money};
use guichet_tests::chance::Chance;

use crate::biller::Biller;
use crate::client::{Client, Seen};
use crate::executor::{Executor, Process, Spawner, Time};
use crate::fate::{Fate, Shape};
use crate::node::{Counting, NodeClock, Plan, Room};
use crate::trace::Trace;
use crate::verdict::Finished;
use crate::witness::Witness;

/// What each payer has in the beginning.
pub(crate) const FUNDS: i64 = 1_000;
/// Payers.
pub(crate) const PAYERS: usize = 3;
/// How long things may go wrong.
const WILD_US: i64 = 2 * 60 * 1_000_000;
/// How long the world then has to come to rest.
const CALM_US: i64 = 4 * 3_600 * 1_000_000;
/// No run is longer.
const MOST_STEPS: u64 = 400_000;

/// The nodes, as clients find them.
#[derive(Clone)]
pub(crate) struct Nodes {
    rooms: Arc<Mutex<Vec<Option<Room>>>>,
    spawner: Spawner,
}

impl Nodes {
    pub fn count(&self) -> usize {
        self.rooms().len()
    }

    pub fn room(&self, number: usize) -> Option<Room> {
        self.rooms()[number].clone()
    }

    fn rooms(&self) -> std::sync::MutexGuard<'_, Vec<Option<Room>>> {
        self.rooms.lock().expect("one thread runs the simulation")
    }

    fn set(&self, number: usize, room: Option<Room>) {
        self.rooms()[number] = room;
    }

    /// Has a node do something. None where it is down, or goes down meanwhile.
    pub async fn ask<T: Send + 'static>(
        &self,
        number: usize,
        work: impl FnOnce(Room) -> BoxFuture<'static, T> + Send + 'static,
    ) -> Option<T> {
        let room = self.rooms()[number].clone()?;
        let (answer, answered) = oneshot::channel();
        self.spawner.spawn(Process::Node(number), async move {
            let _nobody_waits = answer.send(work(room).await);
        });
        answered.await.ok()
    }
}

/// The payers with their accounts.
pub(crate) struct Payer {
    pub client: ClientId,
    pub subject: SubjectId,
    pub account: AccountId,
}

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
    let start: Moment = "2026-11-21T04:00:00Z".parse().context("a moment")?;
    let time = Time::beginning_at(start.micros());
    let mut executor = Executor::new(Arc::clone(&time), chance(1), trace.clone());
    let spawner = executor.spawner();
    let biller = Biller::new(Arc::clone(&time), spawner.clone(), chance(2), trace.clone());
    let biller = Arc::new(biller);
    let mut luck = chance(3);
    let shape = fate.shape();
    let witness = Witness::default();
    let calm = Arc::new(AtomicBool::new(false));
    let origin = Plan {
        number: 0,
        file: fate.database(),
        time: Arc::clone(&time),
        clock: Arc::new(NodeClock::of(&time)),
        random: Arc::new(Counting(AtomicU64::new(seed << 20))),
        biller: Arc::clone(&biller),
        spawner: spawner.clone(),
        calm: Arc::clone(&calm),
    };
    let (plans, nodes) = start_nodes(&origin, shape, &mut luck, (&mut *fate, &witness))?;
    fate.pauses();
    let payers = open_accounts(&mut executor, &nodes)?;
    let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
    let newcomer = Client {
        number: 0,
        nodes: nodes.clone(),
        time: Arc::clone(&time),
        chance: chance(4),
        payers: Arc::clone(&payers),
        seen: Arc::clone(&seen),
        witness: witness.clone(),
        trace: trace.clone(),
    };
    for number in 0..shape.clients {
        let client = Client {
            number,
            chance: Chance::of(seed, 5, number as u64),
            ..newcomer.clone()
        };
        spawner.spawn(Process::World, client.live());
    }
    let life = Life {
        plans: &plans,
        nodes: &nodes,
        witness: &witness,
    };
    let crashes = life.live_through(&mut executor, shape, &mut luck, &mut *fate)?;
    biller.calm_down();
    calm.store(true, Ordering::Relaxed);
    let run = Finished {
        nodes,
        seen,
        biller,
        payers,
    };
    come_to_rest(&mut executor, &run)?;
    let payments = futures::executor::block_on(run.judge())?;
    Ok(Outcome {
        trace: trace.hash(),
        steps: executor.steps(),
        payments,
        crashes,
    })
}

/// The nodes, each with a clock of its own.
fn start_nodes(
    origin: &Plan,
    shape: Shape,
    luck: &mut Chance,
    (fate, witness): (&mut dyn Fate, &Witness),
) -> Result<(Vec<Plan>, Nodes)> {
    let plans: Vec<Plan> = (0..shape.nodes)
        .map(|number| {
            let clock = Arc::new(NodeClock::of(&origin.time));
            clock.skew_us.store(skew(luck), Ordering::Relaxed);
            Plan {
                number,
                clock,
                ..origin.clone()
            }
        })
        .collect();
    let nodes = Nodes {
        rooms: Arc::new(Mutex::new(vec![None; plans.len()])),
        spawner: origin.spawner.clone(),
    };
    for plan in &plans {
        nodes.set(plan.number, Some(start(plan, fate, witness)?));
    }
    Ok((plans, nodes))
}

/// Starts a node, as often as fate wants it.
fn start(plan: &Plan, fate: &mut dyn Fate, witness: &Witness) -> Result<Room> {
    loop {
        match futures::executor::block_on(plan.start()) {
            Ok(room) => return Ok(room),
            Err(error) => {
                if !fate.start_failed(witness)? {
                    return Err(error).context("a node does not start");
                }
            }
        }
    }
}

fn come_to_rest(executor: &mut Executor, run: &Finished) -> Result<()> {
    let end = executor.time.now() + CALM_US;
    while executor.step(end) {
        ensure!(
            executor.steps() < MOST_STEPS,
            "the world does not come to rest"
        );
        if executor.steps().is_multiple_of(256) && futures::executor::block_on(run.is_at_rest())? {
            break;
        }
    }
    Ok(())
}

/// Most clocks are right to a few milliseconds; some are an hour off.
fn skew(fate: &mut Chance) -> i64 {
    const HOUR_US: i64 = 3_600_000_000;
    match fate.below(8) {
        0 => HOUR_US,
        1 => -HOUR_US,
        _ => i64::try_from(fate.below(10_000)).unwrap_or(0) - 5_000,
    }
}

fn open_accounts(executor: &mut Executor, nodes: &Nodes) -> Result<Arc<Vec<Payer>>> {
    let opened: Arc<Mutex<Vec<Payer>>> = Arc::default();
    let (nodes, made) = (nodes.clone(), Arc::clone(&opened));
    executor.spawner().spawn(Process::World, async move {
        for number in 0..PAYERS {
            let client = ClientId::new(format!("bank-{}", number % 2)).expect("a lawful name");
            let subject = SubjectId::new(format!("payer-{number}")).expect("a lawful name");
            let owner = (client.clone(), subject.clone());
            let account = nodes
                .ask(0, move |room| {
                    Box::pin(async move {
                        let (client, subject) = owner;
                        let (funds, limit) = (Money::cny(FUNDS), Money::cny(0));
                        room.accounts
                            .open_funding(&client, &subject, funds, limit)
                            .await
                    })
                })
                .await;
            if let Some(Ok(account)) = account {
                made.lock().expect("one thread").push(Payer {
                    client,
                    subject,
                    account,
                });
            }
        }
    });
    let end = executor.time.now() + 1_000_000;
    while opened.lock().map_or(0, |made| made.len()) < PAYERS && executor.step(end) {}
    let payers = std::mem::take(&mut *opened.lock().expect("one thread"));
    ensure!(payers.len() == PAYERS, "the accounts could not be opened");
    Ok(Arc::new(payers))
}

/// The nodes' side of a run.
struct Life<'a> {
    plans: &'a [Plan],
    nodes: &'a Nodes,
    witness: &'a Witness,
}

impl Life<'_> {
    /// Lets the world go on while nodes are lost and started again.
    fn live_through(
        &self,
        executor: &mut Executor,
        shape: Shape,
        luck: &mut Chance,
        fate: &mut dyn Fate,
    ) -> Result<u32> {
        let end = executor.time.now() + WILD_US;
        let mut crashes = 0;
        let mut down: Vec<(usize, i64)> = Vec::new();
        while executor.step(end) {
            ensure!(executor.steps() < MOST_STEPS, "the wild time does not end");
            let now = executor.time.now();
            self.look_on();
            let struck = fate.strikes(executor.steps(), self.witness)?;
            if let Some(number) = struck.filter(|_| crashes < shape.troubles)
                && !down.iter().any(|(lost, _)| *lost == number)
            {
                self.lose(number, executor);
                fate.lost(self.witness)?;
                crashes += 1;
                down.push((number, now + luck.below(shape.away_ms) as i64 * 1_000));
            }
            if luck.below(400) == 0 {
                // Somebody sets a clock.
                let plan = &self.plans[luck.below(self.plans.len())];
                plan.clock.skew_us.store(skew(luck), Ordering::Relaxed);
            }
            let (back, still): (Vec<_>, Vec<_>) = down.into_iter().partition(|(_, at)| *at <= now);
            down = still;
            self.start_again(&back, fate)?;
        }
        fate.calm_down();
        self.start_again(&down, fate)?;
        Ok(crashes)
    }

    fn lose(&self, number: usize, executor: &mut Executor) {
        self.nodes.set(number, None);
        executor.kill(Process::Node(number));
    }

    /// Remembers how far the nodes' logs have come.
    fn look_on(&self) {
        // The first node's log alone: that of slot 0.
        if let Some(room) = self.nodes.room(0) {
            self.witness.grown(*room.store.audit_growth().borrow());
        }
    }

    fn start_again(&self, back: &[(usize, i64)], fate: &mut dyn Fate) -> Result<()> {
        for (number, _) in back {
            let room = start(&self.plans[*number], fate, self.witness)?;
            self.nodes.set(*number, Some(room));
        }
        Ok(())
    }
}
