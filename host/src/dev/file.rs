//! What `guichet dev` leaves behind for the other commands, and prints.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Where a development marketplace answers, and as whom to speak to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DevFile {
    /// Where the node answers.
    pub url: String,
    /// Where the simulated city answers.
    pub city_url: String,
    /// Where the simulated bank answers.
    #[serde(default)]
    pub bank_url: String,
    /// A client's token.
    pub token: String,
    /// The demo citizen.
    pub subject: String,
    /// The demo citizen's account.
    pub payer_account: String,
    /// The demo citizen's account at the simulated bank.
    #[serde(default)]
    pub bank_account: String,
    /// Tokens of the people who act in the registry, by their names.
    #[serde(default)]
    pub people: BTreeMap<String, String>,
}

impl DevFile {
    /// Its name in the data folder.
    pub const NAME: &'static str = "dev.json";
}
