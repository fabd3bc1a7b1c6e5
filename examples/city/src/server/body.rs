//! Answers' bodies: whole ones, and such as stop in the middle.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode, header};
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use crate::wire::Reply;

/// How long the first half may take to leave before the connection breaks.
const HALF_PAUSE: Duration = Duration::from_millis(50);

/// A body on its way out.
#[derive(Debug)]
pub(super) enum Outgoing {
    /// All of it, in one piece.
    Whole(Option<Bytes>),
    /// A part, then a pause, then the connection breaks.
    Half {
        /// What is sent.
        part: Option<Bytes>,
        /// What was promised.
        promised_bytes: u64,
        /// The pause.
        pause: Option<Pin<Box<Sleep>>>,
    },
}

/// The body ended before its promised length.
#[derive(Debug, thiserror::Error)]
#[error("stopped in the middle on purpose")]
pub(super) struct Stopped;

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Stopped;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Stopped>>> {
        match &mut *self {
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Half { part, pause, .. } => {
                if let Some(part) = part.take() {
                    return Poll::Ready(Some(Ok(Frame::data(part))));
                }
                let pause = pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(HALF_PAUSE)));
                pause.as_mut().poll(context).map(|()| Some(Err(Stopped)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Self::Half { promised_bytes, .. } => SizeHint::with_exact(*promised_bytes),
        }
    }
}

/// A short answer in plain text.
pub(super) fn plain(status: StatusCode, text: &'static str) -> Response<Outgoing> {
    let mut response = Response::new(Outgoing::Whole(Some(Bytes::from_static(text.as_bytes()))));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        http::HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}

/// A biller's answer, whole.
pub(super) fn whole(reply: Reply) -> Response<Outgoing> {
    let mut response = Response::new(Outgoing::Whole(None));
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        http::HeaderValue::from_static(reply.content_type),
    );
    for (name, value) in reply.headers {
        let value = value
            .parse()
            .expect("signatures and times are visible ASCII");
        headers.insert(name, value);
    }
    *response.body_mut() = Outgoing::Whole(Some(reply.body));
    response
}

/// A biller's answer that stops in the middle.
pub(super) fn half(reply: Reply) -> Response<Outgoing> {
    let body = reply.body.clone();
    let mut response = whole(reply);
    *response.body_mut() = Outgoing::Half {
        part: Some(body.slice(..body.len() / 2)),
        promised_bytes: body.len() as u64,
        pause: None,
    };
    response
}
