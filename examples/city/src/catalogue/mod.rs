//! The catalogue of a whole simulated country: which services exist, whose they
//! are and how their billers behave. Deterministic: the same code makes the same
//! country. It answers no request and keeps no state; the server does.

mod country;
mod inputs;
mod service;

pub use country::{Country, country};
pub use inputs::{Form, Input};
pub use service::{
    Amounts, Answering, Biller, Bills, Daily, Dialect, Flow, Kind, Names, Reversal, Season,
    Selection, Service, StatusQuery, Traits,
};
