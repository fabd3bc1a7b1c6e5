//! The rules of the house: money, ids, books, payment states, consent and
//! permission. Pure: no clock, no randomness, no network, no database.

pub mod bill;
pub mod books;
pub mod digest;
pub mod fee;
pub mod grant;
pub mod id;
pub mod merkle;
pub mod moment;
pub mod money;
pub mod payment;
pub mod planted;
pub mod reconciliation;
pub mod room;
pub mod settlement;
pub mod words;
pub mod work_order;

pub use digest::{Digest, DigestAlgorithm};
pub use moment::{AccountingDate, CutOff, Moment};
pub use money::{Currency, Money};
