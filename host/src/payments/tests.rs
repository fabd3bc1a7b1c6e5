//! The room with the real store and a biller that keeps its own log.

mod agreeing;
mod answers;
mod banks;
mod callbacks;
mod client_fees;
mod decisions;
mod delays;
mod fakes;
mod flows;
mod known;
mod limits;
mod looks;
mod matrix;
mod nodes;
mod outbox;
mod outside;
mod payers;
mod recovery;
mod restored;
mod reversals;
mod twins;
mod world;
