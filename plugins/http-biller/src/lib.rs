//! The declarative plugin: turns a described HTTP interface into bills, payments
//! and documents without code. The description is the setting `mapping`; its
//! language is told in `docs/declarative.md`. It knows no biller, keeps no state
//! and decides nothing that the mapping does not say.

pub mod answer;
pub mod check;
pub mod error;
pub mod exchange;
pub mod filter;
pub mod form;
pub mod host;
pub mod json;
pub mod mapping;
pub mod node;
pub mod part;
pub mod path;
pub mod plugin;
pub mod request;
pub mod scope;
pub mod template;
pub mod tree;
pub mod verdict;
pub mod xml;

mod application;
mod bill;
mod document;
mod failure;
mod payment;
mod sdk_host;
mod shapes;
mod sign;
mod statement;
mod values;

use plugin::HttpBiller;

guichet_sdk::export!(HttpBiller with bill_payment, inquiry);
