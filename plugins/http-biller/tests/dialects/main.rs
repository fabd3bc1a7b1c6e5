//! The plugin as the host calls it, on the fake host, with the mappings of the
//! simulated country's dialects.

mod common;
mod form;
mod json_hmac;
mod json_hmac_payments;
mod mappings;
mod others;
mod robust;
mod small;
mod xml;
