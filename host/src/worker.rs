//! The worker: takes payments from this node's queue and from the outbox and
//! lets the payment room look after them, so many at a time, and never more
//! than a few for one service. Decides nothing about payments.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use guichet_domain::id::{RecordId, ServiceCode};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::payments::{Driven, PaymentError, Payments, Timer};
use crate::store::Claim;

/// How a worker shares its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerSettings {
    /// Payments in hand at the same time.
    pub in_hand: usize,
    /// Of these, for one service.
    pub in_hand_by_service: usize,
    /// Payments waiting in this node's memory; the outbox keeps the others.
    pub waiting: usize,
    /// How often the outbox is looked at.
    pub look_every: Duration,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self {
            in_hand: 256,
            in_hand_by_service: 32,
            waiting: 4_096,
            look_every: Duration::from_millis(250),
        }
    }
}

/// The machine's time.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokioTimer;

impl Timer for TokioTimer {
    fn sleep(&self, milliseconds: u64) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(Duration::from_millis(milliseconds)))
    }
}

/// Whether other nodes may be running on the same database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Neighbours {
    /// The database is embedded: leases left behind are those of a dead self.
    None,
    /// Leases of others are respected until they run out.
    Possible,
}

/// Runs until `stop` says so and everything in hand has come to its outcome.
/// Found at the start, payments that were submitted are asked about first: that
/// is how the room looks at every payment.
pub async fn run(
    payments: Arc<Payments>,
    mut queue: mpsc::Receiver<Claim>,
    neighbours: Neighbours,
    settings: WorkerSettings,
    mut stop: watch::Receiver<Stop>,
) -> Result<(), PaymentError> {
    if neighbours == Neighbours::None {
        payments.store().forget_leases().await?;
    }
    let mut hands = Hands::new(payments, settings);
    let mut look = tokio::time::interval(settings.look_every);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut ticks: u64 = 0;
    while *stop.borrow() == Stop::No {
        tokio::select! {
            biased;
            changed = stop.changed() => {
                // Whoever could say stop is gone: there is nothing to wait for.
                if changed.is_err() { break; }
            }
            Some(ended) = hands.running.join_next_with_id(), if !hands.running.is_empty() => {
                hands.put_down(ended);
            }
            Some(claim) = queue.recv(), if hands.has_room() => hands.take(claim),
            _ = look.tick() => {
                ticks += 1;
                hands.look_into_outbox().await;
                hands.renew(ticks).await;
            }
        }
        hands.start();
    }
    while let Some(ended) = hands.running.join_next_with_id().await {
        hands.put_down(ended);
    }
    Ok(())
}

/// Whether the worker shall stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Go on.
    No,
    /// Finish what is in hand and end.
    Yes,
}

/// What the worker has in hand and what waits for a hand.
struct Hands {
    payments: Arc<Payments>,
    settings: WorkerSettings,
    running: JoinSet<()>,
    names: BTreeMap<tokio::task::Id, Claim>,
    known: BTreeSet<RecordId>,
    waiting: VecDeque<Claim>,
    shares: BTreeMap<ServiceCode, Share>,
}

/// How much of the worker one service has.
#[derive(Default)]
struct Share {
    waiting: usize,
    running: usize,
}

impl Hands {
    fn new(payments: Arc<Payments>, settings: WorkerSettings) -> Self {
        Self {
            payments,
            settings,
            running: JoinSet::new(),
            names: BTreeMap::new(),
            known: BTreeSet::new(),
            waiting: VecDeque::new(),
            shares: BTreeMap::new(),
        }
    }

    fn has_room(&self) -> bool {
        self.waiting.len() < self.settings.waiting
    }

    /// One service fills at most a quarter of the room; what finds no place is
    /// claimed again when its lease runs out.
    fn take(&mut self, claim: Claim) {
        let share = self.shares.entry(claim.service.clone()).or_default();
        if share.waiting < self.settings.waiting / 4 && self.known.insert(claim.payment.clone()) {
            share.waiting += 1;
            self.waiting.push_back(claim);
        }
    }

    /// Starts what may run, oldest first, passing over services that have their
    /// share of hands already.
    fn start(&mut self) {
        let mut position = 0;
        while self.running.len() < self.settings.in_hand {
            let Some(claim) = self.waiting.get(position) else {
                return;
            };
            let share = self.shares.entry(claim.service.clone()).or_default();
            if share.running >= self.settings.in_hand_by_service {
                position += 1;
                continue;
            }
            let Some(claim) = self.waiting.remove(position) else {
                return;
            };
            share.waiting -= 1;
            share.running += 1;
            let (payments, work) = (Arc::clone(&self.payments), claim.clone());
            let task = self
                .running
                .spawn(async move { look_after(&payments, &work).await });
            self.names.insert(task.id(), claim);
        }
    }

    fn put_down(&mut self, ended: Result<(tokio::task::Id, ()), tokio::task::JoinError>) {
        let id = match ended {
            Ok((id, ())) => id,
            Err(error) => {
                // The lease runs out, and whoever takes it asks first.
                tracing::error!(%error, "looking after a payment failed");
                error.id()
            }
        };
        let Some(claim) = self.names.remove(&id) else {
            return;
        };
        self.known.remove(&claim.payment);
        if let Some(share) = self.shares.get_mut(&claim.service) {
            share.running -= 1;
            if share.running == 0 && share.waiting == 0 {
                self.shares.remove(&claim.service);
            }
        }
    }

    async fn look_into_outbox(&mut self) {
        let room = self.settings.waiting.saturating_sub(self.waiting.len());
        let limit = u32::try_from(room.min(self.settings.in_hand)).unwrap_or(0);
        if limit == 0 {
            return;
        }
        let now = self.payments.ports().now();
        // Reading first spares the writer when nothing is due.
        match self.payments.store().next_due(now).await {
            Ok(Some(due)) if due <= now => {}
            Ok(_) => return,
            Err(error) => {
                tracing::warn!(%error, "the outbox cannot be read");
                return;
            }
        }
        let until = now.plus_ms(self.payments.settings().lease_ms);
        match self.payments.store().claim(now, until, limit).await {
            Ok(claims) => claims.into_iter().for_each(|claim| self.take(claim)),
            // The writer has told of a full disk once; this comes every moment.
            Err(error) if error.trouble().is_some() => {
                tracing::debug!(%error, "no payment could be claimed");
            }
            Err(error) => tracing::warn!(%error, "no payment could be claimed"),
        }
    }

    /// Leases are renewed at a third of their length.
    async fn renew(&mut self, ticks: u64) {
        let lease_ms = self.payments.settings().lease_ms;
        let look_ms = i64::try_from(self.settings.look_every.as_millis())
            .unwrap_or(1)
            .max(1);
        let every = u64::try_from((lease_ms / 3 / look_ms).max(1)).unwrap_or(1);
        if self.known.is_empty() || !ticks.is_multiple_of(every) {
            return;
        }
        let held: Vec<RecordId> = self.known.iter().cloned().collect();
        let until = self.payments.ports().now().plus_ms(lease_ms);
        if let Err(error) = self.payments.store().renew_leases(&held, until).await {
            tracing::warn!(%error, "leases could not be renewed");
        }
    }
}

async fn look_after(payments: &Payments, claim: &Claim) {
    match payments.drive(claim).await {
        Ok(Driven::Settled) => {}
        Ok(Driven::Overtaken) => tracing::debug!(payment = %claim.payment, "overtaken"),
        Err(error) => {
            tracing::error!(payment = %claim.payment, %error, "a payment could not be looked after");
            if let Err(error) = payments.give_back(claim).await {
                tracing::error!(payment = %claim.payment, %error, "nor given back");
            }
        }
    }
}
