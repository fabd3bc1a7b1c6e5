//! The payment rooms and the real SQL under a seeded scheduler. What happens to
//! the nodes is a [`fate::Fate`]'s: crashes here, losses of power elsewhere.

mod biller;
mod client;
mod executor;
pub mod fate;
mod model;
mod node;
mod services;
pub mod trace;
mod verdict;
pub mod witness;
pub mod world;
