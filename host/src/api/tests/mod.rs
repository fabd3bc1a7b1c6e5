//! The door through its own router: real rooms, a real store, no plugin.

mod agreeing;
mod description;
mod paying;
mod receipts;
mod refusals;
mod rooms;
mod world;
