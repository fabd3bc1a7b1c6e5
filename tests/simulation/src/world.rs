//! One run: nodes on one database, billers, clients, faults and crashes, all
//! drawn from a seed; then calm, and the question whether everything is right.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
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
use crate::model::{Reach, effects_that_must_stand};
use crate::node::{Counting, NodeClock, Plan, Room};
use crate::trace::Trace;

/// What each payer has in the beginning.
pub const FUNDS: i64 = 1_000;
/// Payers.
pub const PAYERS: usize = 3;
/// How long things may go wrong.
const WILD_US: i64 = 2 * 60 * 1_000_000;
/// How long the world then has to come to rest.
const CALM_US: i64 = 4 * 3_600 * 1_000_000;
/// No run is longer.
const MOST_STEPS: u64 = 400_000;

/// The nodes, as clients find them.
#[derive(Clone)]
pub struct Nodes {
    rooms: Arc<Mutex<Vec<Option<Room>>>>,
    spawner: Spawner,
}

impl Nodes {
    pub fn count(&self) -> usize {
        self.rooms().len()
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
pub struct Payer {
    pub client: ClientId,
    pub subject: SubjectId,
    pub account: AccountId,
}

pub struct Outcome {
    pub trace: u64,
    pub steps: u64,
    pub payments: usize,
    pub crashes: u32,
}

/// The database's name in a run's folder.
pub const BOOKS: &str = "books.db";

/// Makes a database with its tables.
pub fn make_ready(folder: &Path) -> Result<()> {
    let location = Location::Sqlite(folder.join(BOOKS));
    let vault = Vault::from_key(&[7; 32])?;
    // The writer is never run: nothing but the tables is wanted.
    let (store, writer) = futures::executor::block_on(Store::prepare(&location, vault, "node-0"))?;
    drop((store, writer));
    Ok(())
}

/// Runs one seed in this folder, which holds a fresh database.
pub fn run(seed: u64, folder: &Path, trace: &Trace) -> Result<Outcome> {
    let chance = |part: u64| Chance::of(seed, part, 0);
    let start: Moment = "2026-11-21T04:00:00Z".parse().context("a moment")?;
    let time = Time::beginning_at(start.micros());
    let mut executor = Executor::new(Arc::clone(&time), chance(1), trace.clone());
    let spawner = executor.spawner();
    let biller = Biller::new(Arc::clone(&time), spawner.clone(), chance(2), trace.clone());
    let biller = Arc::new(biller);
    let mut fate = chance(3);
    let random = Arc::new(Counting(AtomicU64::new(seed << 20)));
    let calm = Arc::new(AtomicBool::new(false));
    let plans: Vec<Plan> = (0..1 + fate.below(2))
        .map(|number| {
            let skew_us = AtomicI64::new(skew(&mut fate));
            Plan {
                number,
                file: folder.join(BOOKS),
                time: Arc::clone(&time),
                clock: Arc::new(NodeClock {
                    time: Arc::clone(&time),
                    skew_us,
                }),
                random: Arc::clone(&random),
                biller: Arc::clone(&biller),
                spawner: spawner.clone(),
                calm: Arc::clone(&calm),
            }
        })
        .collect();
    let nodes = Nodes {
        rooms: Arc::new(Mutex::new(vec![None; plans.len()])),
        spawner: spawner.clone(),
    };
    for plan in &plans {
        let room = futures::executor::block_on(plan.start())?;
        nodes.set(plan.number, Some(room));
    }
    let payers = open_accounts(&mut executor, &nodes)?;
    let reach = Arc::new(Reach::of_the_diagram());
    let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
    for number in 0..6 + fate.below(6) {
        let client = Client {
            number,
            nodes: nodes.clone(),
            time: Arc::clone(&time),
            chance: Chance::of(seed, 4, number as u64),
            payers: Arc::clone(&payers),
            seen: Arc::clone(&seen),
            reach: Arc::clone(&reach),
            trace: trace.clone(),
        };
        spawner.spawn(Process::World, client.live());
    }
    let crashes = live_through(&mut executor, &plans, &nodes, &mut fate)?;
    biller.calm_down();
    calm.store(true, Ordering::Relaxed);
    let run = Finished {
        nodes,
        seen,
        biller,
        payers,
    };
    let end = time.now() + CALM_US;
    while executor.step(end) {
        ensure!(
            executor.steps() < MOST_STEPS,
            "the world does not come to rest"
        );
        if executor.steps().is_multiple_of(256) && futures::executor::block_on(run.is_at_rest())? {
            break;
        }
    }
    let payments = futures::executor::block_on(run.judge())?;
    Ok(Outcome {
        trace: trace.hash(),
        steps: executor.steps(),
        payments,
        crashes,
    })
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

/// Lets the world go on while nodes are lost and started again.
fn live_through(
    executor: &mut Executor,
    plans: &[Plan],
    nodes: &Nodes,
    fate: &mut Chance,
) -> Result<u32> {
    let end = executor.time.now() + WILD_US;
    let mut crashes = 0;
    let mut next_crash = executor.steps() + fate.below(400) as u64;
    let mut down: Vec<(usize, i64)> = Vec::new();
    while executor.step(end) {
        ensure!(executor.steps() < MOST_STEPS, "the wild time does not end");
        let now = executor.time.now();
        if executor.steps() >= next_crash && crashes < 6 {
            let number = fate.below(plans.len());
            if !down.iter().any(|(lost, _)| *lost == number) {
                nodes.set(number, None);
                executor.kill(Process::Node(number));
                crashes += 1;
                down.push((number, now + fate.below(15_000_000) as i64));
            }
            next_crash = executor.steps() + 20 + fate.below(400) as u64;
        }
        if fate.below(400) == 0 {
            // Somebody sets a clock.
            let plan = &plans[fate.below(plans.len())];
            plan.clock.skew_us.store(skew(fate), Ordering::Relaxed);
        }
        let (back, still): (Vec<_>, Vec<_>) = down.into_iter().partition(|(_, at)| *at <= now);
        down = still;
        start_again(back.into_iter().map(|(number, _)| number), plans, nodes)?;
    }
    start_again(down.into_iter().map(|(number, _)| number), plans, nodes)?;
    Ok(crashes)
}

fn start_again(numbers: impl Iterator<Item = usize>, plans: &[Plan], nodes: &Nodes) -> Result<()> {
    for number in numbers {
        let room = futures::executor::block_on(plans[number].start())?;
        nodes.set(number, Some(room));
    }
    Ok(())
}

/// A world that has calmed down.
struct Finished {
    nodes: Nodes,
    seen: Arc<Mutex<Vec<Seen>>>,
    biller: Arc<Biller>,
    payers: Arc<Vec<Payer>>,
}

impl Finished {
    fn room(&self) -> Result<Room> {
        self.nodes.rooms()[0]
            .clone()
            .context("the first node is down")
    }

    /// Whether every acknowledged payment has ended or belongs to people.
    async fn is_at_rest(&self) -> Result<bool> {
        let open = self.room()?.store.open_payments().await?;
        Ok(open.is_empty())
    }

    async fn judge(&self) -> Result<usize> {
        let room = self.room()?;
        let report = room.store.check_ledger(Moment::from_micros(0)).await?;
        ensure!(
            report.findings.is_empty(),
            "ledger check: {:#?}",
            report.findings
        );
        let log = self.biller.log.lock().expect("one thread");
        ensure!(
            log.complaints.is_empty(),
            "the biller complains: {:?}",
            log.complaints
        );
        let seen = self.seen.lock().expect("one thread");
        for one in seen.iter() {
            ensure!(one.wrong.is_none(), "a client was told: {:?}", one.wrong);
        }
        let mut payments = 0;
        for payer in self.payers.iter() {
            let mut paid = 0;
            let mut held = 0;
            let mut cursor = None;
            loop {
                let page = room
                    .payments
                    .list(&payer.client, &payer.subject, cursor.as_ref(), 50);
                let page = page.await?;
                for payment in &page.items {
                    payments += 1;
                    let id = payment.id.as_str();
                    let made = log.effects.get(id).map_or(0, Vec::len);
                    ensure!(made <= 1, "{id} took effect {made} times");
                    let undone = log.undone.get(id).copied().unwrap_or(0);
                    ensure!(undone <= 1, "{id} was undone {undone} times");
                    match effects_that_must_stand(payment.state) {
                        Some(must) => ensure!(
                            log.standing(id) == must,
                            "{id} is {} and its effect stands {} times",
                            payment.state,
                            log.standing(id)
                        ),
                        None => {
                            ensure!(
                                payment.owner.is_some() && payment.news_by.is_some(),
                                "{id} is {} and nobody's",
                                payment.state
                            );
                        }
                    }
                    use guichet_domain::payment::State;
                    match payment.state {
                        State::Applied | State::Reversing | State::Refunding => {
                            paid += payment.total.minor_units();
                        }
                        State::Held
                        | State::Submitted
                        | State::Pending
                        | State::Unknown
                        | State::Refused => {
                            held += payment.total.minor_units();
                        }
                        _ => {}
                    }
                }
                let Some(next) = page.next_cursor else { break };
                cursor = Some(next.parse().context("a cursor")?);
            }
            let account = room.store.account(&payer.account).await?;
            let account = account.context("the payer's account is gone")?.account;
            let reserved = account.debits_pending;
            let balance = account.available().minor_units() + reserved;
            ensure!(
                reserved == held && balance == FUNDS - paid,
                "{} has {balance} and {reserved} held, but {paid} paid and {held} held by payments",
                payer.account
            );
        }
        for one in seen.iter().filter(|one| one.payment.is_some()) {
            let id = one.payment.as_ref().context("an id")?;
            let found = room.store.payment(id).await?;
            ensure!(found.is_some(), "{id} was acknowledged and is lost");
        }
        Ok(payments)
    }
}
