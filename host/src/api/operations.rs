//! What operators and their machines ask of a node: is it alive, is it ready,
//! and its figures. Open to whoever reaches the port; nothing personal in it.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::metrics::single;

/// How a node is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`, `draining` or `no_database`.
    #[schema(example = "ok")]
    pub status: String,
}

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(healthz))
        .routes(routes!(readyz))
        .routes(routes!(metrics))
}

/// Is the process alive
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "operations",
    responses((status = 200, description = "It is", body = Health))
)]
async fn healthz() -> impl IntoResponse {
    health("ok")
}

/// May requests be sent here
///
/// 503 while the node drains or cannot read its database.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operations",
    responses(
        (status = 200, description = "They may", body = Health),
        (status = 503, description = "They may not", body = Health)
    )
)]
async fn readyz(State(api): State<Api>) -> axum::response::Response {
    let status = if api.is_draining() {
        "draining"
    } else if api.rooms().store.ping().await.is_err() {
        "no_database"
    } else {
        return health("ok").into_response();
    };
    // An ordinary answer, not a problem document: machines read the status.
    let body = serde_json::to_string(&Health {
        status: status.to_owned(),
    })
    .unwrap_or_default();
    let mut response = ([(header::CONTENT_TYPE, "application/json")], body).into_response();
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response.extensions_mut().insert(super::trace::AsItIs);
    response
}

fn health(status: &str) -> axum::Json<Health> {
    axum::Json(Health {
        status: status.to_owned(),
    })
}

/// The node's figures for Prometheus
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operations",
    responses((status = 200, description = "Text exposition format 0.0.4", body = String, content_type = "text/plain"))
)]
async fn metrics(State(api): State<Api>) -> impl IntoResponse {
    let mut text = api.metrics().render();
    let streams = super::STREAMS - api.streams().available_permits();
    let gauges = [
        (
            "guichet_services",
            "Services in the catalogue.",
            api.rooms().catalogue.len(),
        ),
        (
            "guichet_event_streams",
            "Open streams of payment events.",
            streams,
        ),
    ];
    for (name, help, value) in gauges {
        text.push_str(&single(
            name,
            "gauge",
            help,
            u64::try_from(value).unwrap_or(u64::MAX),
        ));
    }
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        text,
    )
}
