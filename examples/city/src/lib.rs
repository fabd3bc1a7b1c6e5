//! A simulated country: billers and agencies with dialects, faults and a log of
//! effects (`PROTOCOLS.md`, `README.md`). Nothing of the product depends on it.

mod agency;
pub mod catalogue;
mod city;
mod clock;
mod code;
mod desk;
mod dialect;
mod draw;
mod fault;
mod keys;
mod ledger;
pub mod packages;
mod place;
mod server;
mod waterworks;
mod wire;
mod world;

pub use city::{City, CityError, Options};
pub use clock::Clock;
pub use guichet_stage::Running;
pub use server::serve;
