//! The REST door: `/v1`, its description, and what operators ask of a node. It
//! authenticates, reads strictly, calls one use-case room, and words the answer.
//! No rule about money or data is decided here.

#![expect(
    unused_qualifications,
    reason = "the macros that describe calls name parameter types by their path"
)]

mod accesses;
mod accounting_days;
mod accounts;
mod asking;
mod audit;
mod bill_queries;
mod body;
mod bound_accounts;
mod callbacks;
mod caller;
mod catalogue;
mod clients;
mod consents;
mod docs;
mod headers;
mod insider;
mod inventory;
mod layers;
mod limiter;
mod log;
mod metrics;
mod openapi;
mod operations;
mod packages;
mod page;
mod parameters;
mod payments;
mod policies;
mod receipts;
mod reconciliation;
mod refunds;
mod registry;
mod scope;
mod shape;
mod stream;
mod taxonomy;
#[cfg(test)]
mod tests;
mod trace;
mod wording;
mod wording_of_status;
mod work_orders;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::routing::get;
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;

pub use caller::{Client, Clients, hash};
pub use limiter::Rate;
pub use scope::Scope;
pub use trace::RequestTrace;

use crate::rooms::Rooms;
use caller::SeenTokens;
use limiter::Limiter;
use metrics::Metrics;

/// Streams of events that one node serves at a time.
const STREAMS: usize = 256;

/// What the handlers share.
#[derive(Clone)]
pub struct Api(Arc<Inner>);

struct Inner {
    rooms: Rooms,
    clients: Arc<dyn Clients>,
    seen_tokens: SeenTokens,
    limiter: Limiter,
    metrics: Metrics,
    streams: Arc<Semaphore>,
    draining: AtomicBool,
}

impl Api {
    /// The door over these rooms.
    #[must_use]
    pub fn new(rooms: Rooms, clients: Arc<dyn Clients>, rate: Rate) -> Self {
        Self(Arc::new(Inner {
            rooms,
            clients,
            seen_tokens: SeenTokens::default(),
            limiter: Limiter::new(rate),
            metrics: Metrics::default(),
            streams: Arc::new(Semaphore::new(STREAMS)),
            draining: AtomicBool::new(false),
        }))
    }

    /// From now on `/readyz` says no, so that nothing new is sent here, and open
    /// streams end.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::Relaxed);
    }

    /// The door's routes without its layers, for `in_layers`.
    pub fn routes(&self) -> Router {
        let (router, document) = documented().split_for_parts();
        let document = openapi::complete(&document);
        let page = docs::Page::of_document(&document);
        let bytes = Bytes::from(document.to_string());
        router
            .route(
                "/openapi.json",
                get(move || std::future::ready(openapi::serve(bytes.clone()))),
            )
            .route("/docs", get(move || std::future::ready(page.serve())))
            .with_state(self.clone())
    }

    /// Puts routes, the pages' included, into the layers that every answer
    /// passes: ids, one form of errors, bounds on size, time and number.
    pub fn in_layers(&self, routes: Router) -> Router {
        layers::apply(routes, self.0.metrics.clone())
    }

    fn rooms(&self) -> &Rooms {
        &self.0.rooms
    }

    fn clients(&self) -> &dyn Clients {
        &*self.0.clients
    }

    fn seen_tokens(&self) -> &SeenTokens {
        &self.0.seen_tokens
    }

    fn limiter(&self) -> &Limiter {
        &self.0.limiter
    }

    fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    fn streams(&self) -> &Arc<Semaphore> {
        &self.0.streams
    }

    fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::Relaxed)
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Api")
    }
}

/// All documented calls.
fn documented() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(openapi::Document::base())
        .merge(catalogue::routes())
        .merge(taxonomy::routes())
        .merge(bill_queries::routes())
        .merge(payments::routes())
        .merge(receipts::routes())
        .merge(refunds::routes())
        .merge(callbacks::routes())
        .merge(policies::routes())
        .merge(asking::routes())
        .merge(consents::routes())
        .merge(accounts::routes())
        .merge(bound_accounts::routes())
        .merge(clients::routes())
        .merge(packages::routes())
        .merge(registry::routes())
        .merge(log::routes())
        .merge(inventory::routes())
        .merge(accesses::routes())
        .merge(accounting_days::routes())
        .merge(reconciliation::routes())
        .merge(work_orders::routes())
        .merge(audit::routes())
        .merge(stream::routes())
        .merge(operations::routes())
}
