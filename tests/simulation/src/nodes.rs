//! The nodes of a run: how clients find them, how they are started, and how they
//! are lost while the world goes on.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, ensure};
use futures::channel::oneshot;
use futures::future::BoxFuture;
use guichet_tests::chance::Chance;

use crate::executor::{Executor, Process, Spawner};
use crate::fate::{Fate, Shape};
use crate::node::{NodeClock, Plan, Room};
use crate::witness::Witness;
use crate::world::MOST_STEPS;

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

/// The nodes, each with a clock of its own.
pub(crate) fn start_nodes(
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

/// Most clocks are right to a few milliseconds; some are an hour off.
fn skew(fate: &mut Chance) -> i64 {
    const HOUR_US: i64 = 3_600_000_000;
    match fate.below(8) {
        0 => HOUR_US,
        1 => -HOUR_US,
        _ => i64::try_from(fate.below(10_000)).unwrap_or(0) - 5_000,
    }
}

/// The nodes' side of a run.
pub(crate) struct Life<'a> {
    pub plans: &'a [Plan],
    pub nodes: &'a Nodes,
    pub witness: &'a Witness,
    pub shape: Shape,
    /// Nodes lost so far.
    pub crashes: u32,
    /// Those that are away, and until when.
    pub down: Vec<(usize, i64)>,
}

impl Life<'_> {
    /// Lets the world go on while nodes are lost and started again.
    pub fn live_through(
        &mut self,
        executor: &mut Executor,
        until: i64,
        luck: &mut Chance,
        fate: &mut dyn Fate,
    ) -> Result<()> {
        let shape = self.shape;
        while executor.step(until) {
            ensure!(executor.steps() < MOST_STEPS, "the wild time does not end");
            let now = executor.time.now();
            self.look_on();
            let struck = fate.strikes(executor.steps(), self.witness)?;
            if let Some(number) = struck.filter(|_| self.crashes < shape.troubles)
                && !self.down.iter().any(|(lost, _)| *lost == number)
            {
                self.lose(number, executor);
                fate.lost(self.witness)?;
                self.crashes += 1;
                let away = luck.below(shape.away_ms) as i64 * 1_000;
                self.down.push((number, now + away));
            }
            if luck.below(400) == 0 {
                // Somebody sets a clock.
                let plan = &self.plans[luck.below(self.plans.len())];
                plan.clock.skew_us.store(skew(luck), Ordering::Relaxed);
            }
            let down = std::mem::take(&mut self.down);
            let (back, still): (Vec<_>, Vec<_>) = down.into_iter().partition(|(_, at)| *at <= now);
            self.down = still;
            self.start_again(&back, fate)?;
        }
        Ok(())
    }

    /// Nobody is lost any more, and everybody comes back.
    pub fn calm_down(&mut self, fate: &mut dyn Fate) -> Result<()> {
        fate.calm_down();
        let down = std::mem::take(&mut self.down);
        self.start_again(&down, fate)
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
