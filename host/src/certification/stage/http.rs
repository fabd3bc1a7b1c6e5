//! As much HTTP/1.1 as the stage needs for the one client that speaks to it,
//! the production egress: requests with a length, one to a connection. Written
//! by hand, because answers must be breakable at every byte.

use std::collections::BTreeMap;

use guichet_registry::scenario::{RecordedResponse, Values};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use super::Arrived;

const HEAD_LIMIT_BYTES: usize = 64 << 10;
const BODY_LIMIT_BYTES: usize = 8 << 20;
/// Fields that the connection decides.
const CONNECTION_FIELDS: [&str; 4] = [
    "connection",
    "content-length",
    "keep-alive",
    "transfer-encoding",
];

/// Reads a request; none where it breaks off or is no such request.
pub(super) async fn read(endpoint: &str, stream: &mut TcpStream) -> Option<Arrived> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = find(&bytes, b"\r\n\r\n") {
            break end;
        }
        if bytes.len() > HEAD_LIMIT_BYTES || stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = std::str::from_utf8(&bytes[..head_end]).ok()?;
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers
        .get("content-length")
        .map_or(Some(0), |text| text.parse().ok())?;
    let mut body = bytes.split_off(head_end + 4);
    while body.len() < length {
        if length > BODY_LIMIT_BYTES || stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Arrived {
        endpoint: endpoint.to_owned(),
        method,
        path,
        headers,
        body,
    })
}

/// An answer's head and body, ready to be written.
pub(super) struct Written {
    pub(super) head: Vec<u8>,
    pub(super) body: Vec<u8>,
}

/// Header fields of the recorded answer, without those of the connection.
pub(super) fn fields(response: &RecordedResponse, values: &Values) -> Vec<(String, String)> {
    response
        .headers
        .iter()
        .filter(|(name, _)| !CONNECTION_FIELDS.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.fill(values)))
        .collect()
}

/// The recorded answer.
pub(super) fn recorded(response: &RecordedResponse, values: &Values) -> Written {
    let fields = fields(response, values);
    // Its base64 was checked when the scenario was read.
    let body = response.body.bytes(values).unwrap_or_default();
    write(response.status, &fields, body)
}

/// An answer.
pub(super) fn write(status: u16, fields: &[(String, String)], body: Vec<u8>) -> Written {
    let mut head = format!("HTTP/1.1 {status} \r\n").into_bytes();
    for (name, value) in fields {
        head.extend_from_slice(name.as_bytes());
        head.extend_from_slice(b": ");
        // Header fields are Latin-1 on the wire.
        head.extend(
            value
                .chars()
                .map(|letter| u8::try_from(letter).unwrap_or(b'?')),
        );
        head.extend_from_slice(b"\r\n");
    }
    let length = body.len();
    head.extend_from_slice(
        format!("content-length: {length}\r\nconnection: close\r\n\r\n").as_bytes(),
    );
    Written { head, body }
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|window| window == mark)
}
