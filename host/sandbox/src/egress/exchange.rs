//! One exchange on a connection. Tells exactly whether anything of the request
//! can have left the host: `handed_over` is set just before the request goes to
//! the connection's task, and taken back only if that gives it back untouched.

use std::sync::atomic::Ordering;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, HOST};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;

use super::connect::Connection;
use super::headers;
use super::{Egress, Outgoing};
use crate::contract::host::http::{Error, Response};

type HyperRequest = http::Request<Full<Bytes>>;

/// Sends the request and reads the answer to its end.
pub(crate) async fn exchange(egress: &Egress, outgoing: &Outgoing<'_>) -> Result<Response, Error> {
    let mut request = build(outgoing)?;
    let target = &outgoing.endpoint.target;
    // A kept connection may have been closed meanwhile. Only a request that comes
    // back untouched goes to another one.
    while let Some(connection) = egress.pool.take(target) {
        match on_connection(egress, outgoing, connection, request).await {
            Exchanged::Done(answer) => return answer,
            Exchanged::Untouched(untouched) => request = untouched,
        }
    }
    let connection = egress.connector.connect(outgoing).await?;
    match on_connection(egress, outgoing, connection, request).await {
        Exchanged::Done(answer) => answer,
        Exchanged::Untouched(_) => Err(Error::NotSent(
            "the connection was closed at once".to_owned(),
        )),
    }
}

enum Exchanged {
    Done(Result<Response, Error>),
    /// Not one byte was written.
    Untouched(HyperRequest),
}

async fn on_connection(
    egress: &Egress,
    outgoing: &Outgoing<'_>,
    mut connection: Connection,
    request: HyperRequest,
) -> Exchanged {
    outgoing.handed_over.store(true, Ordering::Release);
    let response = match connection.sender.try_send_request(request).await {
        Ok(response) => response,
        Err(mut error) => {
            return match error.take_message() {
                Some(untouched) => {
                    outgoing.handed_over.store(false, Ordering::Release);
                    Exchanged::Untouched(untouched)
                }
                None => Exchanged::Done(Err(interrupted(error.error()))),
            };
        }
    };
    let (head, body) = response.into_parts();
    let body = match read(body, outgoing.response_bytes).await {
        Ok(body) => body,
        Err(error) => return Exchanged::Done(Err(error)),
    };
    // A switch of protocols is never asked for; such a connection is not kept.
    if head.status != http::StatusCode::SWITCHING_PROTOCOLS {
        egress.pool.put(&outgoing.endpoint.target, connection);
    }
    let answer_headers = headers::shown(&head.headers);
    if answer_headers.len() > egress.settings.headers {
        return Exchanged::Done(Err(Error::Interrupted(
            "the answer has too many headers".to_owned(),
        )));
    }
    Exchanged::Done(Ok(Response {
        status: head.status.as_u16(),
        headers: answer_headers,
        body,
        details: Vec::new(),
    }))
}

fn build(outgoing: &Outgoing<'_>) -> Result<HyperRequest, Error> {
    let (endpoint, request) = (outgoing.endpoint, outgoing.request);
    let body = Bytes::from(request.body.clone());
    let mut fields = endpoint.headers(request).map_err(Error::Denied)?;
    fields.insert(HOST, endpoint.authority.clone());
    if !body.is_empty() || !matches!(request.method.as_str(), "GET" | "HEAD" | "DELETE") {
        fields.insert(CONTENT_LENGTH, body.len().into());
    }
    for (name, value) in &endpoint.injected {
        fields.insert(name.clone(), value.clone());
    }
    let mut built = http::Request::builder()
        .method(request.method.as_str())
        .uri(request.path.as_str())
        .body(Full::new(body))
        .map_err(|error| Error::Denied(error.to_string()))?;
    *built.headers_mut() = fields;
    Ok(built)
}

/// Reads the body to its end, or to the limit.
async fn read(mut body: Incoming, limit_bytes: u32) -> Result<Vec<u8>, Error> {
    let limit = limit_bytes as usize;
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| interrupted(&error))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > limit {
            return Err(Error::TooLarge(u64::from(limit_bytes)));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes.into())
}

fn interrupted(error: &hyper::Error) -> Error {
    Error::Interrupted(error.to_string())
}
