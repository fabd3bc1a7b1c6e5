//! Outgoing HTTP: one request to a granted endpoint, sent at most once, never
//! redirected. What the grant allows is checked before anything else; addresses
//! are checked after the name was resolved, and the checked address is the one
//! that is connected to.

mod address;
mod connect;
mod endpoint;
mod exchange;
mod headers;
mod path;
mod pool;
mod scrub;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

pub use address::is_allowed as is_allowed_address;
pub use endpoint::EndpointError;
pub(crate) use endpoint::{Allowed, Endpoint};

use crate::contract::host::http::{Error, Request, Response};
use crate::ports::Resolver;
use crate::settings::EgressSettings;
use connect::Connector;
use pool::Pool;

/// Sends requests for all bindings of a node.
pub(crate) struct Egress {
    settings: EgressSettings,
    connector: Connector,
    pool: Pool,
}

/// One request that the grant allows.
pub(crate) struct Outgoing<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) request: &'a Request,
    pub(crate) resolver: &'a dyn Resolver,
    pub(crate) deadline: Instant,
    pub(crate) response_bytes: u32,
    /// Set before the first byte may leave the host.
    pub(crate) handed_over: Arc<AtomicBool>,
}

impl Egress {
    pub(crate) fn new(settings: EgressSettings) -> Result<Self, String> {
        Ok(Self {
            connector: Connector::new(&settings)?,
            pool: Pool::new(&settings),
            settings,
        })
    }

    /// Sends the request and reads the whole answer, until the deadline.
    pub(crate) async fn send(&self, outgoing: &Outgoing<'_>) -> Result<Response, Error> {
        let exchanged = exchange::exchange(self, outgoing);
        let answer = match tokio::time::timeout_at(outgoing.deadline.into(), exchanged).await {
            Ok(answer) => answer,
            Err(_)
                if outgoing
                    .handed_over
                    .load(std::sync::atomic::Ordering::Acquire) =>
            {
                Err(Error::Interrupted(
                    "no complete answer came in time".to_owned(),
                ))
            }
            Err(_) => Err(Error::NotSent(
                "no connection came about in time".to_owned(),
            )),
        };
        answer.map(|response| scrub::scrub(response, outgoing.endpoint))
    }
}
