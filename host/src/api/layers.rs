//! The layers around every route, from the outside in: id, counting and one
//! form of errors; panics; how many requests at once; how long; how large.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{Response, StatusCode};
use axum::middleware::{self, Next};
use axum::response::IntoResponse;
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use super::body::LIMIT_BYTES;
use super::metrics::Metrics;
use super::trace;
use crate::error::{Code, Problem};

/// Requests that a node works on at the same time; beyond it, 503 at once
/// instead of a queue that only grows.
const REQUESTS: usize = 4_096;
/// The longest a request may take: a waiting payment, and then some.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Puts the layers around the routes.
pub(super) fn apply(routes: Router, metrics: Metrics) -> Router {
    let room = Arc::new(Semaphore::new(REQUESTS));
    routes
        .layer(DefaultBodyLimit::max(LIMIT_BYTES))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::GATEWAY_TIMEOUT,
            TIMEOUT,
        ))
        .layer(middleware::from_fn_with_state(room, bounded))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(metrics, trace::layer))
}

async fn bounded(
    State(room): State<Arc<Semaphore>>,
    request: Request,
    next: Next,
) -> Response<Body> {
    match room.try_acquire() {
        Ok(_place) => next.run(request).await,
        Err(_) => Problem::new(Code::Overloaded)
            .with_retry_after(1)
            .into_response(),
    }
}

/// A panic is a fault of ours: the log has it, the client gets an id.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer hands the panic over"
)]
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Problem::internal(format_args!("panic: {}", text.unwrap_or("of unknown kind"))).into_response()
}
