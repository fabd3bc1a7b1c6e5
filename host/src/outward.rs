//! Requests to servers that the operator names: object stores, foreign
//! registries and banks. One request and its whole answer, bounded in time and size;
//! redirects are handed to the caller, never followed. Traffic to billers goes
//! through the sandbox's egress and not through here.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use guichet_domain::grant::Network;
use guichet_sandbox::is_allowed_address;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::{Request, Response, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use hyper_util::rt::TokioExecutor;
use tower::Service;

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
    /// An address that was not set up for this server.
    #[error("{0} has an address that may not be reached: name it in the settings if it is right")]
    Forbidden(String),
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
    client: Client<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>,
    plain: PlainHttp,
    network: Option<Network>,
}

/// Resolves names, and leaves out addresses that are not allowed.
#[derive(Debug, Clone)]
struct Resolver {
    system: GaiResolver,
    network: Option<Network>,
}

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = std::io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        self.system.poll_ready(context)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let resolving = self.system.call(name);
        let network = self.network.clone();
        Box::pin(async move {
            let mut addresses: Vec<SocketAddr> = resolving.await?.collect();
            if let Some(network) = &network {
                addresses.retain(|address| is_allowed_address(address.ip(), network));
                if addresses.is_empty() {
                    return Err(std::io::Error::other(
                        "it has no address that may be reached: name its address in the settings \
                         if it is right",
                    ));
                }
            }
            Ok(addresses.into_iter())
        })
    }
}

impl Outward {
    /// A client with the public certification authorities.
    #[must_use]
    pub fn new(plain: PlainHttp) -> Self {
        Self::made(plain, None)
    }

    /// The same, but reaching only addresses of this network; plain http to this
    /// machine only.
    #[must_use]
    pub fn within(network: Network) -> Self {
        Self::made(PlainHttp::Loopback, Some(network))
    }

    fn made(plain: PlainHttp, network: Option<Network>) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(Resolver {
            system: GaiResolver::new(),
            network: network.clone(),
        });
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
            network,
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
        // Addresses written out never come before the resolver.
        if let (Some(network), Some(address)) = (&self.network, written_address(uri))
            && !is_allowed_address(address, network)
        {
            return Err(OutwardError::Forbidden(authority));
        }
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
    uri.host() == Some("localhost") || written_address(uri).is_some_and(|ip| ip.is_loopback())
}

fn written_address(uri: &Uri) -> Option<IpAddr> {
    let host = uri.host()?;
    let address = host.trim_start_matches('[').trim_end_matches(']');
    address.parse().ok()
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
        let private = Network::Private(["127.0.0.1".parse().unwrap()].into());
        for (network, uri, good) in [
            (Network::Public, "http://127.0.0.1:5000/", false),
            (Network::Public, "https://10.0.0.1/", false),
            (Network::Public, "https://8.8.8.8/", true),
            (private.clone(), "http://127.0.0.1:5000/", true),
            (private, "https://8.8.8.8/", false),
        ] {
            let checked = Outward::within(network).check(&Uri::from_static(uri));
            assert_eq!(checked.is_ok(), good, "{uri}");
        }
        let strange = check(PlainHttp::Everywhere, "ftp://example.com/");
        assert!(matches!(strange, Err(OutwardError::Address(_))));
    }
}
