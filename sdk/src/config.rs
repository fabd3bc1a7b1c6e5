//! The service's configuration: from the manifest and the operator's binding.

use crate::json::Value;
use crate::{Error, host, json};

/// The value of a setting as text; a structured one as JSON.
#[must_use]
pub fn get(name: &str) -> Option<String> {
    host::config::get(name)
}

/// The value of a setting that must be there.
pub fn require(name: &str) -> Result<String, Error> {
    get(name).ok_or_else(|| Error::Setting(name.to_owned()))
}

/// A structured setting that must be there.
pub fn require_json(name: &str) -> Result<Value, Error> {
    json::parse(require(name)?.as_bytes()).map_err(|_| Error::Setting(name.to_owned()))
}

/// A setting that is a whole number, or a standard value where it is not there.
pub fn whole_or(name: &str, standard: i64) -> Result<i64, Error> {
    let Some(text) = get(name) else {
        return Ok(standard);
    };
    text.trim()
        .parse()
        .map_err(|_| Error::Setting(name.to_owned()))
}
