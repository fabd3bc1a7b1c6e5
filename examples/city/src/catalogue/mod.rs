//! The catalogue of a whole simulated country: which services exist, whose they
//! are and how their billers behave. Deterministic: the same code makes the same
//! country. It answers no request and keeps no state; the server does.

mod assemble;
mod behaviour;
mod cities;
mod country;
mod hash;
mod inputs;
mod labels;
mod line;
mod lines;
mod record;
mod regions;
mod service;
mod spread;
#[cfg(test)]
mod tests;
mod traits;

pub use country::{Country, country};
pub use inputs::{Form, Input};
pub use line::{Audience, BillerLine, Consent, Counties, Coverage, Dialects, Line, Spread, Timing};
pub use record::record;
pub use regions::{Level, Place, Regions};
pub use service::{Biller, Bills, Dialect, Flow, Kind, Names, Service};
pub use traits::{Amounts, Answering, Daily, Reversal, Season, Selection, StatusQuery, Traits};
