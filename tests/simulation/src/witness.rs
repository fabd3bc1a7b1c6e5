//! What the nodes have told anybody: it must be true of every database that they
//! are started from later. Judges nothing itself but what may follow what.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use guichet::store::IdempotencyKey;
use guichet_domain::id::{RecordId, SubjectId};
use guichet_domain::payment::State;

use crate::model::Reach;

/// What was told of one payment.
#[derive(Debug, Clone)]
pub struct Told {
    /// The key that it stands under.
    pub key: IdempotencyKey,
    /// Whose it is.
    pub subject: SubjectId,
    /// The acknowledgement, byte for byte.
    pub body: String,
    /// The last state that anybody was shown.
    pub state: State,
}

/// See the module. Cheap to clone.
#[derive(Clone)]
pub struct Witness {
    told: Arc<Mutex<BTreeMap<RecordId, Told>>>,
    events: Arc<Mutex<u64>>,
    reach: Arc<Reach>,
}

impl Default for Witness {
    fn default() -> Self {
        Self {
            told: Arc::default(),
            events: Arc::default(),
            reach: Arc::new(Reach::of_the_diagram()),
        }
    }
}

impl Witness {
    /// Everything that was told of payments.
    #[must_use]
    pub fn told(&self) -> BTreeMap<RecordId, Told> {
        self.payments().clone()
    }

    /// Leaves that the node's log of events has had after a commit.
    #[must_use]
    pub fn events(&self) -> u64 {
        *self.events.lock().expect("one thread runs the simulation")
    }

    /// Whether a payment that was shown in one state may be found in the other.
    #[must_use]
    pub fn allows(&self, told: State, found: State) -> bool {
        self.reach.allows(told, found)
    }

    pub(crate) fn acknowledged(&self, payment: &RecordId, told: Told) {
        self.payments().entry(payment.clone()).or_insert(told);
    }

    pub(crate) fn shown(&self, payment: &RecordId, state: State) {
        if let Some(told) = self.payments().get_mut(payment) {
            told.state = state;
        }
    }

    pub(crate) fn grown(&self, events: u64) {
        let mut known = self.events.lock().expect("one thread runs the simulation");
        *known = events.max(*known);
    }

    fn payments(&self) -> MutexGuard<'_, BTreeMap<RecordId, Told>> {
        self.told.lock().expect("one thread runs the simulation")
    }
}
