//! The bank over HTTP/1.1: connections, limits and shutdown. What is answered
//! stands in `core` (the protocol, under `/core/`) and `control` (paths that begin
//! with `/_`).

mod control;
mod core;
mod reply;
mod stream;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, watch};

use crate::bank::Bank;
use reply::Outgoing;
use stream::{Breakable, Breaker};

/// Connections at one time; further ones wait in the system's queue.
const CONNECTIONS_LIMIT: usize = 4_096;
/// A request's body.
const BODY_LIMIT_BYTES: usize = 16_384;
/// How long a client may take to send its request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);
/// How long open requests may take once the bank closes.
const DRAIN_LIMIT: Duration = Duration::from_secs(2);

/// A bank that listens. Dropping it leaves it running until the runtime ends.
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

    /// Where it listens: `http://127.0.0.1:PORT`. The protocol is under `/core`.
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
#[derive(Debug)]
struct Shared {
    bank: Arc<Bank>,
    asked_to_stop: Arc<Notify>,
}

/// Listens at the address and serves the bank.
///
/// # Errors
/// Where the address cannot be bound.
pub async fn serve(bank: Arc<Bank>, listen: SocketAddr) -> std::io::Result<Running> {
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    let asked = Arc::new(Notify::new());
    let shared = Arc::new(Shared {
        bank,
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

async fn accept(listener: TcpListener, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
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

async fn serve_connection(
    stream: TcpStream,
    shared: Arc<Shared>,
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

/// The connection is to be broken off instead of answered.
#[derive(Debug, thiserror::Error)]
#[error("broken off on purpose")]
struct BrokenOff;

async fn handle(
    request: Request<Incoming>,
    shared: Arc<Shared>,
    breaker: Breaker,
) -> Result<Response<Outgoing>, BrokenOff> {
    let (head, body) = request.into_parts();
    let Ok(collected) = Limited::new(body, BODY_LIMIT_BYTES).collect().await else {
        return Ok(reply::plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body too large",
        ));
    };
    let body = collected.to_bytes();
    if head.uri.path().starts_with("/core/") {
        return core::answer(&shared.bank, &head, &body, &breaker).await;
    }
    Ok(control::answer(&shared, &head, &body))
}
