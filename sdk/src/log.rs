//! Messages for the publisher. The host limits and masks them; personal data
//! does not belong here all the same.

use crate::bindings::shared::guichet::host::log::Level;
use crate::host;

/// Something worth knowing.
pub fn info(message: &str, fields: &[(&str, &str)]) {
    write(Level::Info, message, fields);
}

/// Something odd that the plugin could live with.
pub fn warn(message: &str, fields: &[(&str, &str)]) {
    write(Level::Warn, message, fields);
}

/// Something that the publisher should look at.
pub fn error(message: &str, fields: &[(&str, &str)]) {
    write(Level::Error, message, fields);
}

fn write(level: Level, message: &str, fields: &[(&str, &str)]) {
    let pairs = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let fields: Vec<(String, String)> = pairs.collect();
    host::log::write(level, message, &fields);
}
