//! The host of a real call: the contract's imports by way of the SDK.

use guichet_sdk::{Error, clock, config, http, keys, log, random, subject_data, text};

use crate::host::{Host, Incoming, SendError, SubjectError};
use crate::request::{Draft, Intent};

/// The SDK's imports.
pub(crate) struct SdkHost;

impl Host for SdkHost {
    fn send(&self, draft: &Draft<'_>) -> Result<Incoming, SendError> {
        let mut request = http::Request::new(draft.method, draft.endpoint, &draft.target());
        for (name, value) in draft
            .headers
            .iter()
            .filter(|(name, _)| name != "content-type")
        {
            request = request.header(name, value);
        }
        if let Some((_, media_type)) = draft
            .headers
            .iter()
            .find(|(name, _)| name == "content-type")
        {
            request = request.body(media_type, draft.body_bytes().to_vec());
        }
        if draft.intent == Intent::Effect {
            request = request.effect();
        }
        if let Some(timeout_ms) = draft.timeout_ms {
            request = request.timeout_ms(timeout_ms);
        }
        match request.send() {
            Ok(response) => Ok(Incoming {
                status: response.status(),
                headers: response.headers().to_vec(),
                body: response.into_body(),
            }),
            Err(Error::Http(
                http::HostError::Denied(problem) | http::HostError::NotSent(problem),
            )) => Err(SendError::NotSent(problem)),
            Err(error) => Err(SendError::Unanswered(error.to_string())),
        }
    }

    fn sign(&self, key: &str, data: &[u8]) -> Result<Vec<u8>, String> {
        keys::sign(key, data).map_err(|error| error.to_string())
    }

    fn verify(&self, key: &str, data: &[u8], signature: &[u8]) -> Result<(), String> {
        keys::verify(key, data, signature).map_err(|error| error.to_string())
    }

    fn mac(&self, key: &str, data: &[u8]) -> Result<Vec<u8>, String> {
        keys::mac(key, data).map_err(|error| error.to_string())
    }

    fn verify_mac(&self, key: &str, data: &[u8], mac: &[u8]) -> Result<(), String> {
        keys::verify_mac(key, data, mac).map_err(|error| error.to_string())
    }

    fn digest(&self, algorithm: &str, data: &[u8]) -> Result<Vec<u8>, String> {
        keys::digest(algorithm, data).map_err(|error| error.to_string())
    }

    fn config(&self, name: &str) -> Option<String> {
        config::get(name)
    }

    fn subject(&self, scope: &str) -> Result<Option<String>, SubjectError> {
        subject_data::get(scope).map_err(|error| match error {
            Error::SubjectData(_, subject_data::Error::NoConsent(_)) => SubjectError::NoConsent,
            other => SubjectError::Other(other.to_string()),
        })
    }

    fn now(&self) -> u64 {
        u64::try_from(clock::now().unix_ms()).unwrap_or_default()
    }

    fn nonce(&self) -> String {
        random::nonce()
    }

    fn encode(&self, charset: &str, plain: &str) -> Result<Vec<u8>, String> {
        text::encode(charset, plain).map_err(|error| error.to_string())
    }

    fn decode(&self, charset: &str, bytes: &[u8]) -> Result<String, String> {
        text::decode(charset, bytes).map_err(|error| error.to_string())
    }

    fn warn(&self, message: &str) {
        log::warn(message, &[]);
    }
}
