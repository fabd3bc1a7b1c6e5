//! What a payment is about and what was agreed on: the order for the biller, the
//! payer's side, prices, policies, the service's terms. Values that rooms hand to
//! each other and the store keeps. It asks nobody.

pub mod order;
pub mod payer;
mod policy;
pub mod price;
mod service;

pub use policy::{AuthorisationRule, PayerPolicy, SecondPersonRule};
pub use service::{Payee, Terms};
