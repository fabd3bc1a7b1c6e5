//! The city over HTTP/1.1: connections, limits and shutdown. What is answered
//! stands in `biller` (paths under `/b/`), `control` (paths under `/_`) and
//! `waterworks` (the paths of `examples/openapi`).

mod biller;
mod body;
mod control;
mod day_file;
mod stream;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore, watch};

use crate::city::City;
use crate::waterworks::Waterworks;
use body::Outgoing;
use stream::{Breakable, Breaker};

/// Connections at one time; further ones wait in the system's queue.
const CONNECTIONS_LIMIT: usize = 16_384;

/// A request's body.
const BODY_LIMIT_BYTES: usize = 65_536;

/// How long a client may take to send its request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);

/// How long open requests may take once the city closes.
const DRAIN_LIMIT: Duration = Duration::from_secs(2);

/// A city that listens. Dropping it leaves it running until the runtime ends.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    asked: Arc<Notify>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Running {
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
#[derive(Debug)]
struct Shared {
    city: Arc<City>,
    waterworks: Waterworks,
    origin: String,
    asked_to_stop: Arc<Notify>,
}

/// Listens at the address and serves the city.
///
/// # Errors
/// Where the address cannot be bound.
pub async fn serve(city: Arc<City>, listen: SocketAddr) -> std::io::Result<Running> {
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    let asked = Arc::new(Notify::new());
    let shared = Arc::new(Shared {
        city,
        waterworks: Waterworks::default(),
        origin: format!("http://{address}"),
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

impl From<Infallible> for BrokenOff {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

async fn handle(
    request: Request<Incoming>,
    shared: Arc<Shared>,
    breaker: Breaker,
) -> Result<Response<Outgoing>, BrokenOff> {
    let (head, body) = request.into_parts();
    let Ok(collected) = Limited::new(body, BODY_LIMIT_BYTES).collect().await else {
        return Ok(body::plain(StatusCode::PAYLOAD_TOO_LARGE, "body too large"));
    };
    let body: Bytes = collected.to_bytes();
    let path = head.uri.path();
    if let Some(rest) = path.strip_prefix("/b/") {
        if head.method != Method::POST {
            return Ok(body::plain(StatusCode::METHOD_NOT_ALLOWED, "POST only"));
        }
        return biller::answer(&shared.city, &head, rest, &body, &breaker).await;
    }
    let now = shared.city.clock.now();
    if let Some(reply) = shared.waterworks.answer(&head, &body, now) {
        return Ok(body::whole(reply));
    }
    Ok(control::answer(&shared, &head, &body))
}
