//! The room over the real store and the real payment room, with a biller that
//! keeps its own log and hands in its own files.

mod at_once;
mod banks;
mod beside;
mod decisions;
mod files;
mod flow;
mod instants;
mod kills;
mod orders;
mod papers;
mod parties;
mod postgres;
mod returns;
mod second;
mod settlements;
mod statements;
mod town;
mod waiting;
mod world;
