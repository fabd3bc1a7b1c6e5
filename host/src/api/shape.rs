//! The API's own shapes, so that the wire stays as it is when a room or the
//! contract changes. They only translate: nothing is decided here.

pub(super) mod account;
pub(super) mod account_statement;
pub(super) mod application;
pub(super) mod audit;
pub(super) mod bank_account;
pub(super) mod bill;
pub(super) mod channel;
pub(super) mod client;
pub(super) mod consent;
pub(super) mod coverage;
pub(super) mod credential;
pub(super) mod day_end;
pub(super) mod document;
pub(super) mod money;
pub(super) mod package;
pub(super) mod parts;
pub(super) mod payment;
pub(super) mod proof;
pub(super) mod receipt;
pub(super) mod registry;
pub(super) mod service;
pub(super) mod statement;
pub(super) mod terms;
pub(super) mod work_order;
