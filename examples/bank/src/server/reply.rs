//! Answers on their way out: whole ones, and such as stop in the middle.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use crate::signature::SignedAnswer;

/// How long the first half may take to leave before the connection breaks.
const HALF_PAUSE: Duration = Duration::from_millis(50);

/// A body on its way out.
#[derive(Debug)]
pub(super) struct Outgoing {
    part: Option<Bytes>,
    promised_bytes: u64,
    /// Where the body stops before its promised length.
    pause: Option<Pin<Box<Sleep>>>,
}

/// The body ended before its promised length.
#[derive(Debug, thiserror::Error)]
#[error("stopped in the middle on purpose")]
pub(super) struct Stopped;

impl Outgoing {
    fn whole(bytes: Bytes) -> Self {
        Self {
            promised_bytes: bytes.len() as u64,
            part: Some(bytes),
            pause: None,
        }
    }

    fn half(bytes: &Bytes) -> Self {
        Self {
            promised_bytes: bytes.len() as u64,
            part: Some(bytes.slice(..bytes.len() / 2)),
            pause: Some(Box::pin(tokio::time::sleep(HALF_PAUSE))),
        }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Stopped;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Stopped>>> {
        if let Some(part) = self.part.take() {
            return Poll::Ready(Some(Ok(Frame::data(part))));
        }
        match &mut self.pause {
            Some(pause) => pause.as_mut().poll(context).map(|()| Some(Err(Stopped))),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.part.is_none() && self.pause.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.promised_bytes)
    }
}

/// Whether all of an answer leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    Half,
}

/// An answer with its signature.
pub(super) fn signed(
    status: u16,
    body: &Bytes,
    signed: Option<&SignedAnswer>,
    extent: Extent,
) -> Response<Outgoing> {
    let mut response = json(status, body, extent);
    if let Some(signed) = signed {
        for (name, value) in [
            ("content-digest", &signed.content_digest),
            ("signature-input", &signed.input),
            ("signature", &signed.signature),
        ] {
            let value = HeaderValue::try_from(value).expect("signatures are visible ASCII");
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// An answer in JSON.
pub(super) fn json(status: u16, body: &Bytes, extent: Extent) -> Response<Outgoing> {
    let mut response = Response::new(match extent {
        Extent::Whole => Outgoing::whole(body.clone()),
        Extent::Half => Outgoing::half(body),
    });
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

/// A short answer in plain text.
pub(super) fn plain(status: StatusCode, text: &'static str) -> Response<Outgoing> {
    let mut response = Response::new(Outgoing::whole(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response
}
