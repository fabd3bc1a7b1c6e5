//! A node: the real payment room over the real SQL, with a worker loop. It can be
//! lost at any point and started again from its file.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use futures::future::BoxFuture;
use guichet::accounts::Accounts;
use guichet::day_end::DayEnd;
use guichet::objects::Objects;
use guichet::payments::ports::Outside;
use guichet::payments::{PaymentSettings, Payments, Timer};
use guichet::ports::{Clock, Ports, Random};
use guichet::seal::Vault;
use guichet::store::{Claim, Location, Store, StoreError};
use guichet::work_orders::{PaymentRoom, WorkOrders};
use guichet_domain::Moment;

use crate::accountant::NoSettlement;
use crate::bank::BankTown;
use crate::biller::{Biller, DEADLINE_MS};
use crate::callbacks::Signatures;
use crate::executor::{Process, Spawner, Time};
use crate::pace::{Mood, Pace};
use crate::policies::Policies;
use crate::services::Town;

/// How often a worker looks into the outbox at most, while payments are due.
const LOOK_MS: i64 = 500;
/// How long it looks away in a lull.
const LULL_MS: i64 = 60_000;
/// How long it looks away at most.
const LONGEST_MS: i64 = 20 * 60_000;
/// Payments taken at one look.
const AT_ONCE: u32 = 16;

/// A node's clock goes by the world's, but not quite.
pub struct NodeClock {
    pub time: Arc<Time>,
    pub skew_us: AtomicI64,
}

impl NodeClock {
    /// One that is right.
    pub fn of(time: &Arc<Time>) -> Self {
        Self {
            time: Arc::clone(time),
            skew_us: AtomicI64::new(0),
        }
    }
}

impl Clock for NodeClock {
    fn now(&self) -> Moment {
        Moment::from_micros(self.time.now() + self.skew_us.load(Ordering::Relaxed))
    }

    fn steady_ms(&self) -> i64 {
        self.time.now() / 1_000
    }
}

/// Counts, so that no two ids are the same and all follow from the run.
pub struct Counting(pub AtomicU64);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        let number = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
        for (byte, source) in bytes.iter_mut().zip(number.iter().cycle()) {
            *byte = *source;
        }
    }
}

struct WorldTimer(Arc<Time>);

impl Timer for WorldTimer {
    fn sleep(&self, milliseconds: u64) -> BoxFuture<'_, ()> {
        Box::pin(self.0.sleep(milliseconds))
    }
}

/// What a started node offers.
#[derive(Clone)]
pub struct Room {
    pub payments: Arc<Payments>,
    pub accounts: Accounts,
    pub work_orders: WorkOrders,
    pub day_end: DayEnd,
    pub store: Store,
}

/// Everything that a node is started from.
#[derive(Clone)]
pub struct Plan {
    pub number: usize,
    pub file: PathBuf,
    pub time: Arc<Time>,
    pub clock: Arc<NodeClock>,
    pub random: Arc<Counting>,
    pub biller: Arc<Biller>,
    pub banks: BankTown,
    pub objects: Objects,
    pub spawner: Spawner,
    pub pace: Pace,
}

impl Plan {
    fn process(&self) -> Process {
        Process::Node(self.number)
    }

    /// Starts the node from what is in the file.
    pub async fn start(&self) -> Result<Room, StoreError> {
        let location = Location::Sqlite(self.file.clone());
        let vault = Vault::from_key(&[7; 32])?;
        let name = format!("node-{}", self.number);
        let (store, writer) = Store::prepare(&location, vault, &name).await?;
        self.spawner.spawn(self.process(), writer);
        let ports = Ports {
            clock: self.clock.clone(),
            random: self.random.clone(),
        };
        let (payments, mut handed_over) = Payments::new(
            store.clone(),
            ports.clone(),
            Outside {
                timer: Arc::new(WorldTimer(Arc::clone(&self.time))),
                terms: Arc::new(Town),
                biller: self.biller.clone(),
                banks: Arc::new(self.banks.clone()),
                policies: Arc::new(Policies),
                callbacks: Arc::new(Signatures),
            },
            PaymentSettings {
                foreign_call_ms: DEADLINE_MS as i64,
                ..PaymentSettings::default()
            },
        );
        let desk = Arc::new(PaymentRoom(Arc::clone(&payments)));
        let work_orders = WorkOrders::new(store.clone(), ports.clone(), desk.clone());
        let room = Room {
            accounts: Accounts::new(store.clone(), ports.clone()),
            day_end: DayEnd::new(
                (store.clone(), ports),
                self.objects.clone(),
                Arc::new(NoSettlement),
                desk,
                work_orders.clone(),
            ),
            work_orders,
            payments,
            store,
        };
        let (plan, worker) = (self.clone(), room.clone());
        self.spawner.spawn(self.process(), async move {
            while let Some(claim) = handed_over.recv().await {
                plan.look_after(&worker, claim);
            }
        });
        let (plan, worker) = (self.clone(), room.clone());
        self.spawner.spawn(self.process(), async move {
            loop {
                let pause = plan.look(&worker).await;
                plan.time.sleep(pause).await;
            }
        });
        Ok(room)
    }

    /// Takes what is due, and says when to look again. A real worker looks four
    /// times a second; here that would be most of all steps.
    async fn look(&self, room: &Room) -> u64 {
        let now = self.clock.now();
        let until = now.plus_ms(room.payments.settings().lease_ms);
        let due = room.store.next_due(now).await.ok().flatten();
        if due.is_some_and(|due| due <= now) {
            let claims = room.store.claim(now, until, AT_ONCE).await;
            for claim in claims.unwrap_or_default() {
                self.look_after(room, claim);
            }
        }
        let wait = due.map_or(room.payments.settings().lease_ms, |due| due.ms_since(now));
        // Leases end without being due: while anything goes wrong, look often.
        let longest = match self.pace.mood() {
            Mood::Wild => 4 * LOOK_MS,
            Mood::Lull => LULL_MS,
            Mood::Calm => LONGEST_MS,
        };
        wait.clamp(LOOK_MS, longest).unsigned_abs()
    }

    fn look_after(&self, room: &Room, claim: Claim) {
        let payments = Arc::clone(&room.payments);
        self.spawner.spawn(self.process(), async move {
            if payments.drive(&claim).await.is_err() {
                // The lease runs out, and whoever takes it asks first.
                let _given_back = payments.give_back(&claim).await;
            }
        });
    }
}
