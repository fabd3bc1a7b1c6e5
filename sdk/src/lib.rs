//! Guest SDK of Guichet: what a plugin's author writes against.
//!
//! A plugin implements one trait per service kind ([`BillPayment`], [`Inquiry`],
//! [`Credential`]) and names them in one line:
//!
//! ```ignore
//! guichet_sdk::export!(Waterworks with bill_payment);
//! ```
//!
//! Everything a plugin may ask of the host has a module here ([`http`], [`keys`],
//! [`config`], [`clock`], [`random`], [`text`], [`log`], [`kv`],
//! [`subject_data`]). On the wasm target they reach the host; on any other they
//! reach the [`fake`] host, so that a plugin's logic is tested by `cargo test`
//! without wasm. The SDK does nothing that a plugin could not do without it, and
//! the host trusts nothing because of it.

#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod arena;
#[doc(hidden)]
pub mod bindings;

mod bill_payment;
mod call;
mod credential;
mod error;
mod export;
mod host;
mod inputs;
mod inquiry;
mod make;

#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod reversal;
#[doc(hidden)]
pub mod slim;

pub mod bill;
pub mod clock;
pub mod config;
pub mod date;
pub mod document;
pub mod encoding;
pub mod form;
pub mod http;
pub mod json;
pub mod keys;
pub mod kv;
pub mod locale;
pub mod log;
pub mod mask;
pub mod money;
pub mod random;
pub mod subject_data;
pub mod text;

#[cfg(not(target_arch = "wasm32"))]
pub mod fake;

pub use bill_payment::BillPayment;
pub use credential::{Code, Credential, Handoff, Issued, Symbology};
pub use error::{Doubt, Error};
pub use inputs::Inputs;
pub use inquiry::Inquiry;

pub use bindings::shared::guichet::service::types::{
    AssuranceLevel, Choice, Consent, Context, Failure, Field, FieldError, Money, NextStep,
    PayerType, Period, Refusal, RefusalReason, StepKind, Ticket, Unavailability,
};
