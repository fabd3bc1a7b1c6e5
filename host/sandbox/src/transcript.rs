//! What a call did, so that it can be run again: its input, every exchange with
//! the host, its result and fuel. Made without the credentials that the host
//! put in; sealing and storing it is the caller's work.

mod script;
mod stored;

use std::collections::BTreeSet;

use guichet_domain::Digest;
use serde::{Deserialize, Serialize};

use crate::call::{Answer, Call, CallError};
use crate::contract::host::{http, keys, kv, subject_data};
use crate::limits::Limits;

pub use stored::{Answered, DecodeError, Headline, StoredTranscript, TranscriptClass};

pub(crate) use script::{Departure, Script};

/// The transcript of one call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transcript {
    /// Version of the contract.
    pub contract: String,
    /// The component that ran.
    pub component: Digest,
    /// Limits it ran under.
    pub limits: Limits,
    /// What was asked.
    pub call: Call,
    /// Origins that a credential was allowed to point to; empty for other kinds.
    pub handoff_origins: BTreeSet<String>,
    /// Every exchange with the host, in order. `text` is pure and not recorded.
    pub exchanges: Vec<Exchange>,
    /// A request that was on its way when the host stopped the call.
    pub in_flight: Option<http::Request>,
    /// How it ended.
    pub result: Result<Answer, CallError>,
    /// Fuel used.
    pub fuel_used: u64,
}

/// One exchange of a guest with the host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Exchange {
    /// `http.send`.
    Http {
        /// As the guest made it, without injected headers.
        request: http::Request,
        /// As the guest got it, injected values masked.
        answer: Result<http::Response, http::Error>,
    },
    /// A function of `keys` that answers bytes.
    KeyBytes {
        /// What was asked.
        question: KeyQuestion,
        /// What was answered.
        answer: Result<Vec<u8>, keys::Error>,
    },
    /// A function of `keys` that answers yes or no.
    KeyCheck {
        /// What was asked.
        question: KeyQuestion,
        /// What was answered.
        answer: Result<bool, keys::Error>,
    },
    /// `config.get`.
    Config {
        /// Name of the value.
        name: String,
        /// The value.
        answer: Option<String>,
    },
    /// `clock.now`.
    Clock {
        /// Milliseconds since 1970.
        answer: u64,
    },
    /// `random.bytes`.
    Random {
        /// How many were asked for.
        length: u32,
        /// The bytes.
        answer: Vec<u8>,
    },
    /// `log.write`.
    Log {
        /// Severity.
        level: String,
        /// As the guest wrote it.
        message: String,
        /// As the guest wrote them.
        fields: Vec<(String, String)>,
    },
    /// A function of `kv`.
    Kv {
        /// What was asked.
        question: KvQuestion,
        /// What was answered.
        answer: Result<KvAnswer, kv::Error>,
    },
    /// `subject-data.get`.
    SubjectData {
        /// The scope.
        scope: String,
        /// The attribute.
        answer: Result<Option<String>, subject_data::Error>,
    },
}

/// A question to `keys`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyQuestion {
    /// The function's name.
    pub function: String,
    /// Name of the key, or of the digest's algorithm.
    pub key: String,
    /// Data, plaintext or ciphertext.
    pub data: Vec<u8>,
    /// Signature, authentication code or associated data.
    pub extra: Vec<u8>,
}

/// A question to `kv`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum KvQuestion {
    /// `get`.
    Get(kv::Scope, String),
    /// `put`.
    Put(kv::Scope, String, Vec<u8>),
    /// `compare-and-swap`.
    CompareAndSwap(kv::Scope, String, Option<u64>, Vec<u8>),
    /// `delete`.
    Delete(kv::Scope, String),
}

/// An answer of `kv`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum KvAnswer {
    /// To `get`.
    Entry(Option<kv::Entry>),
    /// To `put`.
    Version(u64),
    /// To `compare-and-swap`.
    Swapped(Option<u64>),
    /// To `delete`.
    Deleted(bool),
}
