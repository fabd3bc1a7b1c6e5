//! What may run: bundles, signatures, permissions, admission and the catalogue.
//!
//! Pure over bytes: no network, no database, no WebAssembly engine. The host
//! stores what is admitted here and the sandbox runs it.

pub mod admit;
pub mod binding;
pub mod bundle;
pub mod catalogue;
pub mod certification;
mod check;
pub mod checkpoint;
pub mod finding;
pub mod inspect;
pub mod manifest;
pub mod names;
pub mod permission;
pub mod register;
pub mod review;
#[cfg(test)]
mod samples;
pub mod scenario;
pub mod service;
pub mod shared;
pub mod sign;
pub mod taxonomy;
pub mod texts;

pub use manifest::Manifest;
pub use names::{ConfigName, PackageName, Version};
pub use service::Service;
pub use texts::Texts;
