//! The payment rooms and the real SQL under a seeded scheduler. What happens to
//! the nodes is a [`fate::Fate`]'s: crashes here, losses of power elsewhere.

mod accountant;
mod agreeing;
mod bank;
mod biller;
mod callbacks;
mod client;
mod executor;
pub mod fate;
mod files;
mod model;
mod node;
mod nodes;
mod pace;
mod payers;
mod people;
mod policies;
mod prices;
mod services;
mod town;
pub mod trace;
mod verdict;
pub mod witness;
pub mod world;
