//! The publisher's workshop: makes, builds, packs and checks package folders on
//! the publisher's own machine, without a server. It prints nothing, decides
//! nothing that admission does not decide, and publishes nothing.

pub mod build;
pub mod check;
mod components;
mod contract;
mod error;
pub mod key;
pub mod openapi;
mod package;
mod python;
pub mod templates;
pub mod trial;
pub mod watch;

pub use components::{Components, packages_beside};
pub use error::WorkshopError;
pub use package::{PackageFolder, Packed};
