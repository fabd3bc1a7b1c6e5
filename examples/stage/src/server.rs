//! A party over HTTP/1.1: connections, limits and shutdown. What is answered is the
//! party's, but for `POST /_stop`, which ends every one of them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, watch};

use crate::body::{Extent, Outgoing, answer, plain};
use crate::stream::{Breakable, Breaker};

/// Connections at one time; further ones wait in the system's queue.
const CONNECTIONS_LIMIT: usize = 16_384;
/// A request's body.
const BODY_LIMIT_BYTES: usize = 65_536;
/// How long a client may take to send its request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);
/// How long open requests may take once the party closes.
const DRAIN_LIMIT: Duration = Duration::from_secs(2);

/// Somebody who is played.
pub trait Party: Send + Sync + 'static {
    /// Answers a request, or breaks off.
    fn answer(
        &self,
        call: Call,
    ) -> impl Future<Output = Result<Response<Outgoing>, BrokenOff>> + Send;
}

/// A request as it came, whole.
#[derive(Debug)]
pub struct Call {
    /// Everything but the body.
    pub head: Parts,
    /// The body.
    pub body: Bytes,
    /// Ends the connection with a reset.
    pub breaker: Breaker,
    /// Where the party listens: `http://127.0.0.1:PORT`.
    pub origin: Arc<str>,
}

/// The connection is to be broken off instead of answered.
#[derive(Debug, thiserror::Error)]
#[error("broken off on purpose")]
pub struct BrokenOff;

/// A party that listens. Dropping it leaves it running until the runtime ends.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    asked: Arc<Notify>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Running {
    /// The address it listens at.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until somebody asks for the end by `POST /_stop`.
    pub async fn asked_to_stop(&self) {
        self.asked.notified().await;
    }

    /// Stops listening, and waits a moment for open requests.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        // The task ends by itself; that it panicked is no reason to stay open.
        drop(self.accepting.await);
    }
}

/// What every connection shares.
struct Shared<P> {
    party: P,
    origin: Arc<str>,
    asked_to_stop: Arc<Notify>,
}

/// Listens at the address and lets the party answer.
///
/// # Errors
/// Where the address cannot be bound.
pub async fn serve(party: impl Party, listen: SocketAddr) -> std::io::Result<Running> {
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    let asked = Arc::new(Notify::new());
    let shared = Arc::new(Shared {
        party,
        origin: format!("http://{address}").into(),
        asked_to_stop: asked.clone(),
    });
    let (stop, stopped) = watch::channel(false);
    let accepting = tokio::spawn(accept(listener, shared, stopped));
    Ok(Running {
        address,
        stop,
        asked,
        accepting,
    })
}

async fn accept<P: Party>(
    listener: TcpListener,
    shared: Arc<Shared<P>>,
    mut stopped: watch::Receiver<bool>,
) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_LIMIT));
    loop {
        let permit = room
            .clone()
            .acquire_owned()
            .await
            .expect("the semaphore is never closed");
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                // Out of file descriptors, mostly: others must end first.
                Err(_) => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    continue;
                }
            },
            _ = stopped.changed() => break,
        };
        let (shared, stopped) = (shared.clone(), stopped.clone());
        tokio::spawn(async move {
            serve_connection(stream, shared, stopped).await;
            drop(permit);
        });
    }
    drop(listener);
    let all = u32::try_from(CONNECTIONS_LIMIT).unwrap_or(u32::MAX);
    drop(tokio::time::timeout(DRAIN_LIMIT, room.acquire_many(all)).await);
}

async fn serve_connection<P: Party>(
    stream: TcpStream,
    shared: Arc<Shared<P>>,
    mut stopped: watch::Receiver<bool>,
) {
    // Without it small answers wait for the client's acknowledgement.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let breaker = Breaker::default();
    let stream = Breakable::new(stream, breaker.clone());
    let service = service_fn(move |request| handle(request, shared.clone(), breaker.clone()));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    // How a connection ends is the client's affair.
    tokio::select! {
        ended = connection.as_mut() => drop(ended),
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            drop(connection.await);
        }
    }
}

async fn handle<P: Party>(
    request: Request<Incoming>,
    shared: Arc<Shared<P>>,
    breaker: Breaker,
) -> Result<Response<Outgoing>, BrokenOff> {
    let (head, body) = request.into_parts();
    let Ok(collected) = Limited::new(body, BODY_LIMIT_BYTES).collect().await else {
        return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE, "body too large"));
    };
    if (&head.method, head.uri.path()) == (&Method::POST, "/_stop") {
        shared.asked_to_stop.notify_one();
        let stopping = Bytes::from_static(br#"{"stopping":true}"#);
        return Ok(answer(200, "application/json", &stopping, Extent::Whole));
    }
    let call = Call {
        head,
        body: collected.to_bytes(),
        breaker,
        origin: shared.origin.clone(),
    };
    shared.party.answer(call).await
}
