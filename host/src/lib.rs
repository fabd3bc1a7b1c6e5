//! The Guichet host. Three doors (`api`, `web`, `cli`) and a worker over one
//! set of use-case rooms; only `store` speaks SQL and only `plugins` knows both
//! the registry and the sandbox.

pub mod accounts;
pub mod api;
pub mod app;
pub mod audit;
pub mod backup;
pub mod bank;
pub mod bills;
pub mod canonical;
pub mod caretaker;
pub mod catalogue;
pub mod certification;
pub mod cli;
pub mod config;
pub mod consents;
pub mod credentials;
pub mod day_end;
pub mod dev;
mod durable;
pub mod error;
pub mod exchange;
pub mod governance;
pub mod inputs;
pub mod inquiries;
pub mod language;
pub mod log;
pub mod objects;
pub mod outward;
pub mod page;
pub mod payments;
pub mod plugins;
pub mod ports;
pub mod publishing;
pub mod receipts;
pub mod rooms;
pub mod seal;
pub mod shutdown;
pub mod signing;
pub mod store;
pub mod terms;
pub mod web;
pub mod work_orders;
pub mod worker;
pub mod workshop;
