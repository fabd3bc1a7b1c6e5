//! The connector to banks' cores: orders and questions as signed messages over HTTP
//! (`docs/bank.md`), and the settings that name them. What an answer means for a
//! payment is not decided here.

mod connected;
mod http;
mod keys;
mod message;
mod settings;
mod signature;

pub use connected::ConnectedBanks;
pub use http::HttpBank;
pub use keys::{Algorithm, KeyError};
pub use settings::{BankSettings, SettingsError, SettingsFault};

#[cfg(test)]
mod tests;
