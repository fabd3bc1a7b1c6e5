//! Where the host's functions come from: the contract's imports on wasm, the
//! fake host elsewhere. Both sides have the same names and shapes.

#[cfg(target_arch = "wasm32")]
pub(crate) use crate::bindings::shared::guichet::host::{
    clock, config, http, keys, kv, log, random, subject_data, text,
};

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use crate::fake::imports::{
    clock, config, http, keys, kv, log, random, subject_data, text,
};
