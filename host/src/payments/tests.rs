//! The room with the real store and a biller that keeps its own log.

mod agreeing;
mod banks;
mod client_fees;
mod fakes;
mod flows;
mod known;
mod limits;
mod looks;
mod matrix;
mod nodes;
mod outside;
mod recovery;
mod restored;
mod world;
