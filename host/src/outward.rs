//! Requests to servers that the operator names: object stores and foreign
//! registries. One request and its whole answer, bounded in time and size;
//! redirects are handed to the caller, never followed. Traffic to billers goes
//! through the sandbox's egress and not through here.

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{Request, Response, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// The longest a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where requests may go without TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlainHttp {
    /// To this machine only.
    Loopback,
    /// Everywhere: the operator said so.
    Everywhere,
}

/// Bounds of one request.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// From the first byte sent to the last one received.
    pub timeout: Duration,
    /// The largest body of an answer.
    pub answer_bytes: usize,
}

/// Why a request has no answer. What the server answered is no error here.
#[derive(Debug, thiserror::Error)]
pub enum OutwardError {
    /// Without TLS over a network.
    #[error(
        "{0} would be reached by plain http: use https, or allow plain http where the network is trusted"
    )]
    Plain(String),
    /// Neither http nor https.
    #[error("{0} is no address of a server")]
    Address(String),
    /// No connection, or it broke.
    #[error("{0} cannot be reached: {1}")]
    Unreachable(String, String),
    /// Too slow.
    #[error("{0} did not answer within {1:?}")]
    TimedOut(String, Duration),
    /// Too long.
    #[error("{0} answered more than {1} bytes")]
    TooLong(String, usize),
}

/// Sends requests. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Outward {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    plain: PlainHttp,
}

impl Outward {
    /// A client with the public certification authorities.
    #[must_use]
    pub fn new(plain: PlainHttp) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            plain,
        }
    }

    /// Sends a request and reads its answer whole.
    pub async fn send(
        &self,
        request: Request<Bytes>,
        bounds: Bounds,
    ) -> Result<Response<Bytes>, OutwardError> {
        let host = self.check(request.uri())?;
        let answered = tokio::time::timeout(bounds.timeout, self.answer(request, &host, bounds));
        answered
            .await
            .map_err(|_| OutwardError::TimedOut(host.clone(), bounds.timeout))?
    }

    /// The server's name, where it may be asked at all.
    fn check(&self, uri: &Uri) -> Result<String, OutwardError> {
        let authority = uri.authority().map(ToString::to_string);
        let authority = authority.ok_or_else(|| OutwardError::Address(uri.path().to_owned()))?;
        match uri.scheme_str() {
            Some("https") => Ok(authority),
            Some("http") if self.plain == PlainHttp::Everywhere || is_loopback(uri) => {
                Ok(authority)
            }
            Some("http") => Err(OutwardError::Plain(authority)),
            _ => Err(OutwardError::Address(authority)),
        }
    }

    async fn answer(
        &self,
        request: Request<Bytes>,
        host: &str,
        bounds: Bounds,
    ) -> Result<Response<Bytes>, OutwardError> {
        let unreachable = |why: String| OutwardError::Unreachable(host.to_owned(), why);
        let answer = self.client.request(request.map(Full::new)).await;
        let answer = answer.map_err(|error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            unreachable(cause.unwrap_or_else(|| error.to_string()))
        })?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, bounds.answer_bytes).collect().await;
        let body = body.map_err(|error| {
            if error.is::<LengthLimitError>() {
                OutwardError::TooLong(host.to_owned(), bounds.answer_bytes)
            } else {
                unreachable(error.to_string())
            }
        })?;
        Ok(Response::from_parts(head, body.to_bytes()))
    }
}

/// Whether an address names this machine.
#[must_use]
pub fn is_loopback(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_leaves_this_machine_only_where_it_is_allowed() {
        let check = |plain, uri: &'static str| Outward::new(plain).check(&Uri::from_static(uri));
        for near in [
            "http://127.0.0.1:5000/v2/",
            "http://localhost/v2/",
            "http://[::1]:80/",
            "https://registry.example.com/v2/",
        ] {
            assert!(check(PlainHttp::Loopback, near).is_ok(), "{near}");
        }
        for far in [
            "http://registry.example.com/v2/",
            "http://10.0.0.1/",
            "http://127.0.0.1.example.com/",
        ] {
            let refused = check(PlainHttp::Loopback, far);
            assert!(matches!(refused, Err(OutwardError::Plain(_))), "{far}");
            assert!(check(PlainHttp::Everywhere, far).is_ok());
        }
        let strange = check(PlainHttp::Everywhere, "ftp://example.com/");
        assert!(matches!(strange, Err(OutwardError::Address(_))));
    }
}
