//! Builds a plugin's code into a WebAssembly component: finds or installs a
//! compiler with the wasm target, runs it, and turns the core module into a
//! component. It neither reads manifests, nor signs, nor packs.

pub mod c;
pub mod cargo;
pub mod component;
mod crates;
mod debian;
mod error;
pub mod prune;
mod run;
mod rustup;
pub mod toolchain;

pub use crates::{Built, GuestCrate, Place, build, guest_crates};
pub use error::BuildError;
pub use toolchain::{Source, Toolchain};

/// Tells whoever waits what goes on.
pub type Say<'a> = &'a dyn Fn(&str);
