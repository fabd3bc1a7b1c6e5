//! The work-order room: opens orders from what the books and the day files show,
//! lets two persons decide them, and has the payment room carry decisions out.
//! An order is never a second truth about a payment: it follows from one.

mod carry;
mod decide;
mod desk;
mod open;
pub mod ports;
mod sweep;

use std::sync::Arc;

use guichet_domain::Digest;
use guichet_domain::id::RecordId;
use guichet_domain::work_order::{Kind, Refusal};
use guichet_registry::sign::sha256_parts;

pub use desk::PaymentRoom;
pub use open::Matter;
pub use ports::{Carried, DeskError, PaymentDesk, Task, Word};
pub use sweep::Swept;

use crate::ports::Ports;
use crate::store::{Store, StoreError};

/// Orders that one page shows, and one round of a sweep looks at.
const PAGE: u32 = 200;

/// The owner of an order that nobody has taken.
pub const OPERATOR: &str = "operator";

/// Why the room says no.
#[derive(Debug, thiserror::Error)]
pub enum WorkOrderError {
    /// There is none of that id.
    #[error("there is no such work order")]
    NotFound,
    /// The act does not fit the order.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Somebody else has changed it meanwhile.
    #[error("the work order has changed meanwhile: read it again")]
    Stale,
    /// The payment room did not take the decision.
    #[error("the decision was not carried out, and the order is open again: {0}")]
    NotCarriedOut(String),
    /// The payment room was away; it is tried again.
    #[error("the decision stands, but could not be carried out yet: {0}")]
    Desk(#[from] DeskError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The work-order room. Cheap to clone.
#[derive(Clone)]
pub struct WorkOrders {
    store: Store,
    ports: Ports,
    desk: Arc<dyn PaymentDesk>,
}

impl std::fmt::Debug for WorkOrders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WorkOrders")
    }
}

impl WorkOrders {
    /// The room.
    #[must_use]
    pub fn new(store: Store, ports: Ports, desk: Arc<dyn PaymentDesk>) -> Self {
        Self { store, ports, desk }
    }
}

/// The id of the order about a matter: it follows from kind and record, so that
/// whoever finds the matter again finds the order.
#[must_use]
pub fn order_id(kind: Kind, record: &str) -> RecordId {
    derived_id("wo", &[kind.as_str(), record])
}

/// An id that follows from texts.
pub(crate) fn derived_id(prefix: &str, texts: &[&str]) -> RecordId {
    let mut parts: Vec<&[u8]> = Vec::with_capacity(texts.len() * 2);
    for text in texts {
        parts.push(text.as_bytes());
        parts.push(b"\n");
    }
    let digest: Digest = sha256_parts(&parts);
    let bytes = digest.as_bytes();
    let first = bytes[..6]
        .iter()
        .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let mut rest = [0; 10];
    rest.copy_from_slice(&bytes[6..16]);
    RecordId::from_parts(prefix, first, rest)
}
