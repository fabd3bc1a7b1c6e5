//! Origins: scheme, host and port, nothing else. Where they resolve to is
//! checked when a request is sent.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// Scheme, host and port: `https://api.example.test:8443`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Origin(String);

impl Origin {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is spoken to without encryption.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.0.starts_with("http:")
    }
}

/// A text that is no origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an origin is scheme, host in lower case and perhaps a port, such as https://api.example.test:8443, without a path or user"
)]
pub struct OriginError;

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let authority = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))
            .ok_or(OriginError)?;
        let (host, port) = match authority.strip_prefix('[') {
            Some(rest) => {
                let (address, port) = rest.split_once(']').ok_or(OriginError)?;
                address
                    .parse::<std::net::Ipv6Addr>()
                    .map_err(|_| OriginError)?;
                ("bracketed", port)
            }
            None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
        };
        let lawful_port = port.is_empty()
            || port.strip_prefix(':').is_some_and(|digits| {
                !digits.starts_with(['0', '+']) && digits.parse::<u16>().is_ok()
            });
        if lawful_port && is_host(host) {
            Ok(Self(text.to_owned()))
        } else {
            Err(OriginError)
        }
    }
}

fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    host.len() <= 253 && host.split('.').all(label)
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_have_no_path_user_or_odd_host() {
        let lawful = [
            "https://api.example.test",
            "https://api.example.test:8443",
            "http://127.0.0.1:80",
            "https://[::1]:9",
        ];
        for origin in lawful {
            assert!(origin.parse::<Origin>().is_ok(), "{origin}");
        }
        let unlawful = [
            "api.example.test",
            "ftp://a",
            "https://",
            "https://a/",
            "https://a/b",
            "https://u@a",
            "https://A",
            "https://a:",
            "https://a:0",
            "https://a:70000",
            "https://a:+1",
            "https://-a",
            "https://a..b",
            "https://[::g]",
            "https://[::1]x",
            "https://a?b",
        ];
        for origin in unlawful {
            assert_eq!(origin.parse::<Origin>(), Err(OriginError), "{origin}");
        }
    }
}
