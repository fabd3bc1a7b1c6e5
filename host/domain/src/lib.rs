//! The rules of the house: money, ids, books, payment states, consent and
//! permission. Pure: no clock, no randomness, no network, no database.

pub mod digest;
pub mod grant;
pub mod id;
pub mod money;

pub use digest::Digest;
pub use money::{Currency, Money};
