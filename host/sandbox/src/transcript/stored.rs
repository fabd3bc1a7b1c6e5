//! How a transcript is stored: as bytes, and by the class that the data
//! dictionary gives to the service's answers.

use guichet_domain::Digest;
use serde::{Deserialize, Serialize};

use super::{Exchange, Transcript};
use crate::sandbox::digest_of;

/// Names the encoding; another one gets another first byte.
const ENCODING: u8 = 1;

/// How much of a call may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TranscriptClass {
    /// Everything; it can be replayed.
    Full,
    /// Digests: they prove what is shown later, and tell nothing.
    Digest,
    /// That there was a call, and how it ended.
    None,
}

/// A transcript ready to be sealed and stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoredTranscript {
    /// Everything.
    Full(Box<Transcript>),
    /// Digests of everything.
    Digest {
        /// What may be known of every call.
        headline: Headline,
        /// Of the call's arguments.
        call: Digest,
        /// Name and digest of each exchange.
        exchanges: Vec<(String, Digest)>,
        /// Of the result.
        result: Digest,
    },
    /// What may be known of every call.
    None(Headline),
}

/// What may be known of every call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headline {
    /// Id of the call.
    pub call: String,
    /// Service code.
    pub service: String,
    /// The exported function.
    pub function: String,
    /// The component that ran.
    pub component: Digest,
    /// Whether it answered.
    pub answered: Answered,
    /// Fuel used.
    pub fuel_used: u64,
}

/// Whether a call was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answered {
    /// With an answer, a failure included.
    Yes,
    /// It ended without one.
    No,
}

/// Bytes that are no transcript.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are no transcript of a known encoding")]
pub struct DecodeError;

impl Transcript {
    /// A compact encoding, read by `decode`.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads what `encode` wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        decode(bytes)
    }

    /// What may be kept of the call.
    #[must_use]
    pub fn prepare(self, class: TranscriptClass) -> StoredTranscript {
        match class {
            TranscriptClass::Full => StoredTranscript::Full(Box::new(self)),
            TranscriptClass::None => StoredTranscript::None(self.headline()),
            TranscriptClass::Digest => StoredTranscript::Digest {
                headline: self.headline(),
                call: digest_of(&encode(&self.call)),
                exchanges: self.exchanges.iter().map(summary).collect(),
                result: digest_of(&encode(&self.result)),
            },
        }
    }

    /// What may be known of every call.
    #[must_use]
    pub fn headline(&self) -> Headline {
        Headline {
            call: self.call.context.call.clone(),
            service: self.call.context.service.clone(),
            function: self.call.question.function().to_owned(),
            component: self.component,
            answered: if self.result.is_ok() {
                Answered::Yes
            } else {
                Answered::No
            },
            fuel_used: self.fuel_used,
        }
    }
}

impl StoredTranscript {
    /// A compact encoding, read by `decode`.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads what `encode` wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        decode(bytes)
    }
}

fn summary(exchange: &Exchange) -> (String, Digest) {
    (exchange.name().to_owned(), digest_of(&encode(exchange)))
}

fn encode(value: &impl Serialize) -> Vec<u8> {
    let bytes = vec![ENCODING];
    postcard::to_extend(value, bytes).expect("these shapes have no maps of unknown length")
}

fn decode<T: for<'a> Deserialize<'a>>(bytes: &[u8]) -> Result<T, DecodeError> {
    match bytes.split_first() {
        Some((&ENCODING, rest)) => postcard::from_bytes(rest).map_err(|_| DecodeError),
        _ => Err(DecodeError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_bytes_are_refused() {
        for bytes in [
            &b""[..],
            b"\x01",
            b"\x02abc",
            b"\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        ] {
            assert_eq!(Transcript::decode(bytes), Err(DecodeError));
        }
    }
}
