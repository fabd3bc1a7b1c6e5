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
pub mod room;

pub use digest::{Digest, DigestAlgorithm};
pub use moment::{AccountingDate, Moment};
pub use money::{Currency, Money};
