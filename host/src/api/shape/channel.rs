//! The channel through which a client was reached.

use serde::{Deserialize, Deserializer};

/// A channel's name: `mobile`, `web`, `kiosk`, `teller`, ….
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel(String);

impl Default for Channel {
    fn default() -> Self {
        Self("api".to_owned())
    }
}

impl From<Channel> for String {
    fn from(channel: Channel) -> Self {
        channel.0
    }
}

impl<'de> Deserialize<'de> for Channel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let lawful = (1..=32).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if lawful {
            Ok(Self(text))
        } else {
            Err(serde::de::Error::custom(
                "a channel is 1 to 32 of a-z, 0-9 and -, such as mobile",
            ))
        }
    }
}
