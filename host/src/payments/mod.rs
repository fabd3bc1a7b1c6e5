//! The payment room: opens payments, shows them, drives them to an end. Pure
//! rules are `domain`'s, SQL is `store`'s; here the order of things is kept:
//! commit first, then speak. Nothing here sleeps, spawns or draws lots by
//! itself, so that the simulation can run it.

mod apply;
mod authorise;
mod bus;
mod callback;
mod create;
mod decide;
mod drive;
mod error;
mod judge;
mod keys;
mod legs;
mod money;
mod policies;
pub mod ports;
mod prices;
mod read;
pub mod receipt;
mod restored;
mod reverse;
mod schedule;
mod sequence;
pub mod view;
mod watch;

use std::sync::Arc;

use guichet_domain::bill::Item;
use guichet_domain::id::{AccountId, ClientId, RecordId, SubjectId};
use tokio::sync::{broadcast, mpsc};

pub use authorise::Authorise;
pub use bus::Change;
pub use callback::{CALLBACK_BYTES, Heard, SignedMessage};
pub use decide::{DayFileWord, Found, Ground, RefundAnswer};
pub use drive::Driven;
pub use error::PaymentError;
pub use policies::StoredPolicies;
pub use ports::{
    BillerPort, CallbackPort, Closed, NoBanks, NoCallbacks, NoPolicies, Outside, PolicyPort,
    TermsPort, Timer,
};
pub use view::{ActionView, EventView, PaymentView, Receipt};

use crate::ports::Ports;
use crate::store::{Claim, Store};
use bus::Bus;
use prices::ClientPrices;
use sequence::Sequencer;
use watch::Watches;

/// New payments that may wait for this node's worker; those beyond it are
/// found when their lease runs out.
const HANDED_OVER: usize = 4_096;

/// A request to pay.
#[derive(Debug, Clone)]
pub struct Create {
    /// Who calls.
    pub client: ClientId,
    /// The `Idempotency-Key`, checked by the door.
    pub idempotency_key: String,
    /// The request's body as it came; its canonical form is compared.
    pub body: serde_json::Value,
    /// On whose behalf.
    pub subject: SubjectId,
    /// Which query's bills.
    pub bill_query: RecordId,
    /// Which bills and how much of each.
    pub items: Vec<Item>,
    /// From where.
    pub payer_account: AccountId,
    /// The client's own reference.
    pub client_reference: Option<String>,
    /// W3C trace context.
    pub traceparent: Option<String>,
}

/// What a request to pay is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// The payment.
    pub payment: RecordId,
    /// The body: JSON of a `PaymentView`, the same bytes for ever.
    pub body: String,
    /// Whether it was made now.
    pub freshness: Freshness,
}

/// Whether an acknowledgement is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// This request made the payment.
    Made,
    /// An earlier request with this key did.
    Replayed,
}

/// Times and counts of the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentSettings {
    /// How long a first submission makes sense; then the money goes back.
    pub submit_within_ms: i64,
    /// The most attempts to submit one payment.
    pub attempts: u32,
    /// How long the payer's side may take to agree.
    pub authorise_within_ms: i64,
    /// How long a lease lasts without renewal.
    pub lease_ms: i64,
    /// How long another node's call to a biller may go on after this node has
    /// taken its payment over; zero where no other node can be running.
    pub foreign_call_ms: i64,
}

impl Default for PaymentSettings {
    fn default() -> Self {
        Self {
            submit_within_ms: 15 * 60_000,
            attempts: 20,
            authorise_within_ms: 15 * 60_000,
            // A dead node's work is taken over within ten seconds: its leases
            // must run out, and somebody must look.
            lease_ms: 8_000,
            foreign_call_ms: 0,
        }
    }
}

/// The payment room.
pub struct Payments {
    store: Store,
    ports: Ports,
    outside: Outside,
    settings: PaymentSettings,
    bus: Bus,
    sequencer: Sequencer,
    watches: Watches,
    prices: ClientPrices,
    handed_over: mpsc::Sender<Claim>,
}

impl std::fmt::Debug for Payments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Payments")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Payments {
    /// The room, and the queue from which a worker takes new payments.
    #[must_use]
    pub fn new(
        store: Store,
        ports: Ports,
        outside: Outside,
        settings: PaymentSettings,
    ) -> (Arc<Self>, mpsc::Receiver<Claim>) {
        let (handed_over, queue) = mpsc::channel(HANDED_OVER);
        let sequencer = Sequencer::new(store.slot());
        let prices = ClientPrices::new(store.clone(), ports.clone());
        let bus = Bus::new();
        let room = Self {
            store,
            ports,
            outside,
            settings,
            bus,
            sequencer,
            watches: Watches::default(),
            prices,
            handed_over,
        };
        (Arc::new(room), queue)
    }

    /// The room's settings.
    #[must_use]
    pub const fn settings(&self) -> &PaymentSettings {
        &self.settings
    }

    /// Every change that this node makes to a payment, from now on.
    #[must_use]
    pub fn follow(&self) -> broadcast::Receiver<Change> {
        self.bus.follow()
    }

    /// The store the room writes to.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Clock and randomness.
    #[must_use]
    pub const fn ports(&self) -> &Ports {
        &self.ports
    }
}

#[cfg(test)]
mod tests;
