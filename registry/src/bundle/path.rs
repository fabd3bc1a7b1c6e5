//! Paths inside a bundle: plain relative names without any way out of a folder.

use std::fmt;
use std::str::FromStr;

/// A path such as `plugin.toml` or `tests/query.json`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BundlePath(Box<str>);

/// A text that is no path inside a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a path in a bundle has 1 to 100 of a-z, A-Z, 0-9, ., _, - and /, and no part that is empty or begins with a dot"
)]
pub struct BundlePathError;

impl BundlePath {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BundlePath {
    type Err = BundlePathError;

    fn from_str(text: &str) -> Result<Self, BundlePathError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let part =
            |part: &str| !part.is_empty() && !part.starts_with('.') && part.bytes().all(allowed);
        if text.len() <= 100 && text.split('/').all(part) {
            Ok(Self(text.into()))
        } else {
            Err(BundlePathError)
        }
    }
}

impl fmt::Display for BundlePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for BundlePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
