//! Connections: resolve the name once, check every address, connect to a checked
//! one, and speak TLS where the origin says so. HTTP/1.1 only.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::Outgoing;
use super::address;
use super::endpoint::{Host, Scheme, Target};
use crate::contract::host::http::Error;
use crate::settings::EgressSettings;

/// Addresses of one name that are tried.
const ADDRESSES_TRIED: usize = 4;
/// Addresses of one name that are looked at; more are a hostile answer.
const ADDRESSES: usize = 64;

/// A connection ready for one exchange after another.
pub(crate) struct Connection {
    pub(crate) sender: SendRequest<Full<Bytes>>,
    pub(crate) born: Instant,
}

/// Makes connections.
pub(crate) struct Connector {
    tls: TlsConnector,
    http: Builder,
    time_limit: Duration,
}

impl Connector {
    pub(crate) fn new(settings: &EgressSettings) -> Result<Self, String> {
        let mut roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        for root in &settings.extra_roots {
            roots
                .add(CertificateDer::from(root.clone()))
                .map_err(|error| error.to_string())?;
        }
        let mut config = ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let mut http = Builder::new();
        http.max_headers(settings.headers)
            .max_buf_size(settings.head_bytes.max(8_192));
        Ok(Self {
            tls: TlsConnector::from(Arc::new(config)),
            http,
            time_limit: Duration::from_millis(settings.connect_ms.into()),
        })
    }

    /// A new connection. Every failure here happens before a byte of the request
    /// has left the host.
    pub(crate) async fn connect(&self, outgoing: &Outgoing<'_>) -> Result<Connection, Error> {
        match tokio::time::timeout(self.time_limit, self.open(outgoing)).await {
            Ok(connection) => connection,
            Err(_) => Err(Error::NotSent(
                "no connection came about in time".to_owned(),
            )),
        }
    }

    async fn open(&self, outgoing: &Outgoing<'_>) -> Result<Connection, Error> {
        let target = &outgoing.endpoint.target;
        let addresses = checked_addresses(outgoing).await?;
        let stream = dial(&addresses, target.port).await?;
        match target.scheme {
            Scheme::Http => self.speak(stream).await,
            Scheme::Https => {
                let stream = self.tls.connect(server_name(target)?, stream).await;
                self.speak(stream.map_err(|error| not_sent(&error))?).await
            }
        }
    }

    async fn speak<S>(&self, stream: S) -> Result<Connection, Error>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let handshake = self.http.handshake(TokioIo::new(stream)).await;
        let (sender, connection) = handshake.map_err(|error| not_sent(&error))?;
        // Ends by itself when the sender is dropped or the other side closes.
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "an outgoing connection ended");
            }
        });
        Ok(Connection {
            sender,
            born: Instant::now(),
        })
    }
}

/// The target's addresses, all of them allowed: one forbidden address among them
/// is reason enough not to trust the answer.
async fn checked_addresses(outgoing: &Outgoing<'_>) -> Result<Vec<IpAddr>, Error> {
    let addresses = match &outgoing.endpoint.target.host {
        Host::Address(address) => vec![*address],
        Host::Name(name) => outgoing
            .resolver
            .resolve(name)
            .await
            .map_err(|error| not_sent(&error))?,
    };
    if addresses.is_empty() || addresses.len() > ADDRESSES {
        return Err(Error::NotSent(format!(
            "the name has {} addresses",
            addresses.len()
        )));
    }
    let network = &outgoing.endpoint.network;
    match addresses
        .iter()
        .find(|found| !address::is_allowed(**found, network))
    {
        Some(_) => Err(Error::Denied(
            "the name leads to an address that is not granted".to_owned(),
        )),
        None => Ok(addresses),
    }
}

async fn dial(addresses: &[IpAddr], port: u16) -> Result<TcpStream, Error> {
    let mut reason = "no address".to_owned();
    for address in addresses.iter().take(ADDRESSES_TRIED) {
        match TcpStream::connect(SocketAddr::new(*address, port)).await {
            Ok(stream) => {
                stream.set_nodelay(true).map_err(|error| not_sent(&error))?;
                return Ok(stream);
            }
            Err(error) => reason = error.to_string(),
        }
    }
    Err(Error::NotSent(reason))
}

fn server_name(target: &Target) -> Result<ServerName<'static>, Error> {
    match &target.host {
        Host::Address(address) => Ok(ServerName::IpAddress((*address).into())),
        Host::Name(name) => ServerName::try_from(name.clone()).map_err(|error| not_sent(&error)),
    }
}

fn not_sent(error: &impl std::fmt::Display) -> Error {
    Error::NotSent(error.to_string())
}
