//! What a request to a biller is before, and an answer is after, any dialect:
//! parts of HTTP without a server, and fields of JSON with their amounts.

mod fields;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderMap;

use crate::city::City;
use crate::clock::Moment;
use crate::code::Code;
use crate::place::Place;

pub(crate) use fields::{Fields, fen, yuan};

/// A request to one service.
#[derive(Debug)]
pub(crate) struct Letter<'a> {
    pub(crate) city: &'a City,
    pub(crate) place: &'a Place,
    /// Path and query as they came.
    pub(crate) path: &'a str,
    /// What follows `/b/CODE/`.
    pub(crate) operation: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
    pub(crate) now: Moment,
}

impl Letter<'_> {
    /// A header's value; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
    }

    /// A header's value as base64; a wrong one counts as a wrong signature.
    pub(crate) fn base64_header(&self, name: &str) -> Result<Vec<u8>, Code> {
        STANDARD
            .decode(self.header(name))
            .map_err(|_| Code::BadSignature)
    }
}

/// An answer as it goes out.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Reply {
    /// JSON with this status.
    pub(crate) fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            content_type: "application/json",
            headers: Vec::new(),
            body: body.into(),
        }
    }
}
