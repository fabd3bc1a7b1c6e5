//! Bodies as a scenario writes them: text in a charset, or bytes in base64.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};

use super::pattern::{Pattern, Values, parts_match};

/// A request's or an answer's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    untagged,
    expecting = "a body is {\"text\": …, \"charset\": …} or {\"base64\": …}"
)]
pub enum Body {
    /// Text, with placeholders.
    Text(TextBody),
    /// Bytes, exactly these.
    Base64(Base64Body),
}

/// Text in a charset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextBody {
    /// The text.
    pub text: Pattern,
    /// How it becomes bytes.
    #[serde(default, skip_serializing_if = "Charset::is_usual")]
    pub charset: Charset,
}

/// Bytes in base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Base64Body {
    /// The standard alphabet, with padding.
    pub base64: String,
}

/// A charset of bodies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Charset {
    /// UTF-8.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// GB 18030.
    #[serde(rename = "gb18030")]
    Gb18030,
}

impl Charset {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Gb18030 => encoding_rs::GB18030.encode(text).0.into_owned(),
        }
    }

    /// The text of bytes where they are whole in this charset.
    #[must_use]
    pub fn decode(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(str::to_owned),
            Self::Gb18030 => encoding_rs::GB18030
                .decode_without_bom_handling_and_without_replacement(bytes)
                .map(std::borrow::Cow::into_owned),
        }
    }
}

/// A body that cannot become bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no base64 of the standard alphabet with padding")]
pub struct BodyError;

impl Body {
    /// Nothing.
    #[must_use]
    pub fn empty() -> Self {
        Self::of(Pattern::from_literal(""), Charset::Utf8)
    }

    /// Text in a charset.
    #[must_use]
    pub const fn of(text: Pattern, charset: Charset) -> Self {
        Self::Text(TextBody { text, charset })
    }

    /// Bytes as they were recorded: as text where they come back the same from
    /// one of the charsets, the one preferred first.
    #[must_use]
    pub fn recorded(bytes: &[u8], preferred: Charset) -> Self {
        for charset in [preferred, Charset::Utf8, Charset::Gb18030] {
            let text = charset
                .decode(bytes)
                .filter(|text| charset.encode(text) == bytes);
            let pattern = text.and_then(|text| text.parse::<Pattern>().ok());
            if let Some(pattern) = pattern.filter(Pattern::is_literal) {
                return Self::of(pattern, charset);
            }
        }
        let base64 = BASE64_STANDARD.encode(bytes);
        Self::Base64(Base64Body { base64 })
    }

    /// The bytes that are sent.
    pub fn bytes(&self, values: &Values) -> Result<Vec<u8>, BodyError> {
        match self {
            Self::Text(body) => Ok(body.charset.encode(&body.text.fill(values))),
            Self::Base64(body) => from_base64(&body.base64).ok_or(BodyError),
        }
    }

    /// Whether these bytes are what is described.
    #[must_use]
    pub fn matches(&self, bytes: &[u8], values: &Values) -> bool {
        match self {
            Self::Text(body) => {
                let parts: Vec<Vec<u8>> = body
                    .text
                    .parts(values)
                    .iter()
                    .map(|part| body.charset.encode(part))
                    .collect();
                let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
                parts_match(&parts, bytes)
            }
            Self::Base64(body) => from_base64(&body.base64).is_some_and(|own| own == bytes),
        }
    }

    /// Whether a part of it may be anything.
    #[must_use]
    pub fn has_any(&self) -> bool {
        match self {
            Self::Text(body) => body.text.has_any(),
            Self::Base64(_) => false,
        }
    }

    /// How these bytes would be shown beside it.
    #[must_use]
    pub fn show(&self, bytes: &[u8]) -> String {
        let charset = match self {
            Self::Text(body) => body.charset,
            Self::Base64(_) => Charset::Utf8,
        };
        charset
            .decode(bytes)
            .unwrap_or_else(|| BASE64_STANDARD.encode(bytes))
    }
}

pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(text).ok()
}
