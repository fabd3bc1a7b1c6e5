//! Answers on their way out: whole ones, and such as stop in the middle.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

/// How long the first half may take to leave before the connection breaks.
const HALF_PAUSE: Duration = Duration::from_millis(50);

/// Whether all of an answer leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// The first half; then the connection breaks.
    Half,
}

/// A body on its way out.
#[derive(Debug)]
pub struct Outgoing {
    part: Option<Bytes>,
    promised_bytes: u64,
    /// Where the body stops before its promised length.
    pause: Option<Pin<Box<Sleep>>>,
}

/// The body ended before its promised length.
#[derive(Debug, thiserror::Error)]
#[error("stopped in the middle on purpose")]
pub struct Stopped;

impl Outgoing {
    fn new(bytes: &Bytes, extent: Extent) -> Self {
        let (part, pause) = match extent {
            Extent::Whole => (bytes.clone(), None),
            Extent::Half => {
                let pause = Box::pin(tokio::time::sleep(HALF_PAUSE));
                (bytes.slice(..bytes.len() / 2), Some(pause))
            }
        };
        Self {
            part: Some(part),
            promised_bytes: bytes.len() as u64,
            pause,
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

/// An answer of this type; 500 for a status that HTTP does not have.
#[must_use]
pub fn answer(
    status: u16,
    content_type: &'static str,
    body: &Bytes,
    extent: Extent,
) -> Response<Outgoing> {
    let mut response = Response::new(Outgoing::new(body, extent));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// A short answer in plain text.
#[must_use]
pub fn plain(status: StatusCode, text: &'static str) -> Response<Outgoing> {
    let text = Bytes::from_static(text.as_bytes());
    answer(
        status.as_u16(),
        "text/plain; charset=utf-8",
        &text,
        Extent::Whole,
    )
}
