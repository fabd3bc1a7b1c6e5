//! What the black-box suites share: where built programs lie, a marketplace of
//! one's own for a test, and a small HTTP client that speaks JSON.

mod beside;
pub mod calls;
pub mod chance;
mod client;
pub mod foreign;
mod marketplace;
pub mod neighbours;
pub mod nodes;
pub mod postgres;

pub use beside::Beside;
pub use client::{Answer, Client, encode};
pub use marketplace::{Marketplace, program, target};
