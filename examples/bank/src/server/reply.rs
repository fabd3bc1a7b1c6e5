//! The bank's answers: JSON, with a signature or without.

use bytes::Bytes;
use guichet_stage::{Extent, Outgoing, answer};
use http::Response;
use http::header::HeaderValue;

use crate::signature::SignedAnswer;

/// An answer with its signature.
pub(super) fn signed(
    status: u16,
    body: &Bytes,
    signed: &SignedAnswer,
    extent: Extent,
) -> Response<Outgoing> {
    let mut response = json(status, body, extent);
    for (name, value) in [
        ("content-digest", &signed.content_digest),
        ("signature-input", &signed.input),
        ("signature", &signed.signature),
    ] {
        let value = HeaderValue::try_from(value).expect("signatures are visible ASCII");
        response.headers_mut().insert(name, value);
    }
    response
}

/// An answer that nobody has signed.
pub(super) fn json(status: u16, body: &Bytes, extent: Extent) -> Response<Outgoing> {
    answer(status, "application/json", body, extent)
}
