//! Names of headers that a plugin may set. Those by which a request is framed,
//! routed or authenticated belong to the host.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// Name of a header field in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct HeaderName(String);

impl HeaderName {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What every plugin may set.
pub(super) fn usual() -> BTreeSet<HeaderName> {
    ["accept", "content-type"]
        .map(|name| HeaderName(name.to_owned()))
        .into()
}

/// A text that is no header name a plugin may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderNameError {
    /// Not a name.
    #[error("a header name is 1 to 64 of a-z, 0-9 and -, in lower case")]
    Form,
    /// A name that only the host sets.
    #[error("only the host sets this header: leave it out (credentials are bound by the operator)")]
    Reserved,
}

/// Headers by which a request is framed, routed or authenticated.
const RESERVED_HEADERS: [&str; 17] = [
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-forwarded-for",
];

impl FromStr for HeaderName {
    type Err = HeaderNameError;

    fn from_str(text: &str) -> Result<Self, HeaderNameError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !(1..=64).contains(&text.len()) || !text.bytes().all(allowed) {
            return Err(HeaderNameError::Form);
        }
        if RESERVED_HEADERS.contains(&text) {
            return Err(HeaderNameError::Reserved);
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for HeaderName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_the_host_are_not_the_plugins() {
        assert!("x-signature".parse::<HeaderName>().is_ok());
        assert_eq!("Host".parse::<HeaderName>(), Err(HeaderNameError::Form));
        assert_eq!("host".parse::<HeaderName>(), Err(HeaderNameError::Reserved));
        assert_eq!(
            "authorization".parse::<HeaderName>(),
            Err(HeaderNameError::Reserved)
        );
    }
}
