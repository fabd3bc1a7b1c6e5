//! Releases leave for foreign registries and come from them, in the form that
//! the OCI specifications give artifacts. What comes is a bundle whose digest
//! and signatures hold, and no more: whose keys count, and whether the release
//! may run, is decided at the entry door like for any other bundle.

mod challenge;
mod client;
mod connection;
mod credentials;
mod error;
mod layout;
mod pull;
mod push;
mod reference;
mod stock;

pub use connection::Connection;
pub use credentials::Credentials;
pub use error::ExchangeError;
pub use pull::{Pulled, pull};
pub use push::{Pushed, push};
pub use reference::{Reference, ReferenceError};
pub use stock::{Stock, take};
