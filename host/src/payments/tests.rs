//! The room with the real store and a biller that keeps its own log.

mod banks;
mod fakes;
mod flows;
mod nodes;
mod recovery;
mod world;
