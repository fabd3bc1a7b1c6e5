//! What the host does when a plugin imports a function: check the grant, ask the
//! world (or the transcript in a replay), record. One file for each interface.

mod clock;
mod config;
mod http;
mod keys;
mod kv;
mod log;
mod random;
mod subject_data;
mod text;

use crate::contract::types;
use crate::state::CallState;

// The shared shapes have no functions; the generated trait wants to be named.
impl types::Host for CallState {}
