//! Who lives around the nodes: clients, the people behind the counter, the
//! accountant, and the postman of the billers.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use anyhow::{Result, ensure};
use guichet_tests::chance::Chance;

use crate::accountant::{AFTER_US, Accountant, day_ends};
use crate::biller::Biller;
use crate::callbacks::Postman;
use crate::client::{Client, Seen};
use crate::executor::{Executor, Process, Spawner, Time};
use crate::fate::Shape;
use crate::node::Plan;
use crate::nodes::Nodes;
use crate::pace::{Mood, Pace};
use crate::payers::Payer;
use crate::people::People;
use crate::trace::Trace;
use crate::witness::Witness;
use crate::world::WILD_US;

/// The day ends for those who begin so shortly before.
const EVENING_US: i64 = 4 * 3_600 * 1_000_000;
/// How long the day is compared while things go wrong.
const MORNING_US: i64 = 75 * 1_000_000;
/// What the last things to do may take.
const LAST_US: i64 = 2 * 3_600 * 1_000_000;

/// What they all share.
pub(crate) struct Town {
    pub seed: u64,
    pub nodes: Nodes,
    pub time: Arc<Time>,
    pub spawner: Spawner,
    pub biller: Arc<Biller>,
    pub pace: Pace,
    pub trace: Trace,
    /// What must not have happened to them.
    pub complaints: Arc<Mutex<Vec<String>>>,
    pub accountant: Accountant,
    /// Whether the day ends while the world goes on.
    pub day_ends_here: bool,
}

impl Town {
    /// The town around these nodes.
    pub fn around(seed: u64, origin: &Plan, nodes: Nodes, trace: &Trace) -> Self {
        let accountant = Accountant {
            nodes: nodes.clone(),
            time: Arc::clone(&origin.time),
            chance: Chance::of(seed, 11, 0),
            biller: Arc::clone(&origin.biller),
            pace: origin.pace.clone(),
            trace: trace.clone(),
            numbers: Arc::default(),
        };
        Self {
            seed,
            nodes,
            time: Arc::clone(&origin.time),
            spawner: origin.spawner.clone(),
            biller: Arc::clone(&origin.biller),
            pace: origin.pace.clone(),
            trace: trace.clone(),
            complaints: Arc::default(),
            accountant,
            day_ends_here: day_ends() - origin.time.now() < EVENING_US,
        }
    }

    /// Lets everybody in. Gives what clients will have come to know.
    pub fn populate(
        &self,
        shape: Shape,
        payers: &Arc<Vec<Payer>>,
        witness: &Witness,
    ) -> Arc<Mutex<Vec<Seen>>> {
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        for number in 0..shape.clients {
            let client = Client {
                number,
                nodes: self.nodes.clone(),
                time: Arc::clone(&self.time),
                chance: Chance::of(self.seed, 5, number as u64),
                payers: Arc::clone(payers),
                seen: Arc::clone(&seen),
                witness: witness.clone(),
                trace: self.trace.clone(),
            };
            self.spawner.spawn(Process::World, client.live());
        }
        self.spawner.spawn(Process::World, self.people().work());
        let letters = self.postman().work(self.biller.notices());
        self.spawner.spawn(Process::World, letters);
        if self.day_ends_here {
            let accountant = self.accountant.clone();
            self.spawner.spawn(Process::World, accountant.work());
        }
        seen
    }

    /// How things go, and until when: wild, and where the day ends, wild again when it
    /// is compared.
    pub fn hours(&self) -> Vec<(Mood, i64)> {
        let wild = self.time.now() + WILD_US;
        let compared = day_ends() + AFTER_US;
        if self.day_ends_here {
            let morning = compared + MORNING_US;
            vec![
                (Mood::Wild, wild),
                (Mood::Lull, compared),
                (Mood::Wild, morning),
            ]
        } else {
            vec![(Mood::Wild, wild)]
        }
    }

    fn postman(&self) -> Postman {
        Postman {
            nodes: self.nodes.clone(),
            time: Arc::clone(&self.time),
            spawner: self.spawner.clone(),
            chance: Chance::of(self.seed, 10, 0),
            trace: self.trace.clone(),
            complaints: Arc::clone(&self.complaints),
        }
    }

    fn people(&self) -> People {
        People {
            nodes: self.nodes.clone(),
            time: Arc::clone(&self.time),
            chance: Chance::of(self.seed, 8, 0),
            biller: Arc::clone(&self.biller),
            pace: self.pace.clone(),
            trace: self.trace.clone(),
            complaints: Arc::clone(&self.complaints),
        }
    }

    /// Ends the day, where it ends here, and has the first node sweep once more, so
    /// that its orders are those of the end.
    pub fn end(&self, executor: &mut Executor) -> Result<()> {
        let nodes = self.nodes.clone();
        let accountant = self.accountant.clone();
        let is_day_over = self.day_ends_here;
        self.finish(executor, async move {
            if is_day_over && !accountant.finish().await {
                return false;
            }
            let swept = nodes.ask(0, |room| {
                Box::pin(async move { room.work_orders.sweep().await.is_ok() })
            });
            swept.await == Some(true)
        })
    }

    /// Lets the world go on until this is done.
    fn finish(
        &self,
        executor: &mut Executor,
        work: impl Future<Output = bool> + Send + 'static,
    ) -> Result<()> {
        let (done, well) = (
            Arc::new(AtomicBool::new(false)),
            Arc::clone(&self.complaints),
        );
        let told = Arc::clone(&done);
        self.spawner.spawn(Process::World, async move {
            if !work.await {
                let mut complaints = well.lock().expect("one thread");
                complaints.push("the last things could not be done".to_owned());
            }
            told.store(true, Ordering::Relaxed);
        });
        let end = self.time.now() + LAST_US;
        while !done.load(Ordering::Relaxed) && executor.step(end) {}
        ensure!(done.load(Ordering::Relaxed), "the last things are not done");
        Ok(())
    }
}
