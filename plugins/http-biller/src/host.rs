//! What the core asks of the outside, so that it is tested natively: the
//! contract's imports in the shapes that a mapping needs. `sdk_host` is the
//! real one.

use crate::request::Draft;

/// A complete answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Incoming {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
}

/// Why there is no complete answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendError {
    /// Nothing left the host.
    NotSent(String),
    /// Something may have left: after an effect the outcome is unknown.
    Unanswered(String),
}

/// Why an attribute of the subject is not to be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectError {
    /// Consent to the scope is missing.
    NoConsent,
    /// Anything else.
    Other(String),
}

/// The host's functions.
pub trait Host {
    /// Sends one request, once.
    fn send(&self, draft: &Draft<'_>) -> Result<Incoming, SendError>;
    /// Signs with a private key.
    fn sign(&self, key: &str, data: &[u8]) -> Result<Vec<u8>, String>;
    /// Checks the other side's signature; an error where it is wrong.
    fn verify(&self, key: &str, data: &[u8], signature: &[u8]) -> Result<(), String>;
    /// Message authentication.
    fn mac(&self, key: &str, data: &[u8]) -> Result<Vec<u8>, String>;
    /// Checks the other side's; an error where it is wrong.
    fn verify_mac(&self, key: &str, data: &[u8], mac: &[u8]) -> Result<(), String>;
    /// A plain digest by the contract's names.
    fn digest(&self, algorithm: &str, data: &[u8]) -> Result<Vec<u8>, String>;
    /// A setting of the service.
    fn config(&self, name: &str) -> Option<String>;
    /// An attribute of the subject.
    fn subject(&self, scope: &str) -> Result<Option<String>, SubjectError>;
    /// Milliseconds since 1970.
    fn now(&self) -> u64;
    /// Thirty-two hexadecimal digits, fresh.
    fn nonce(&self) -> String;
    /// Text into a character set.
    fn encode(&self, charset: &str, text: &str) -> Result<Vec<u8>, String>;
    /// Text out of a character set.
    fn decode(&self, charset: &str, bytes: &[u8]) -> Result<String, String>;
    /// Tells the publisher what went wrong; never a person's data.
    fn warn(&self, message: &str);
}
