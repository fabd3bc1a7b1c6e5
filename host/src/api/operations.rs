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
use super::metrics::{labelled, single};

/// How a node is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`, `draining`, `no_database`, `storage_full`, `storage_failing` or
    /// `audit_altered`.
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
/// 503 while the node drains, or cannot read its database or write to it, and
/// once it has found its audit log altered.
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
    } else if let Some(trouble) = api.rooms().store.trouble() {
        trouble.as_str()
    } else if api.rooms().audit.altered().is_some() {
        "audit_altered"
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
    text.push_str(&single(
        "guichet_transcripts_lost_total",
        "counter",
        "Transcripts given up because too many waited.",
        api.rooms().catalogue.lost_transcripts(),
    ));
    text.push_str(&storage(&api));
    text.push_str(&plugin_calls(&api));
    text.push_str(&open_payments(&api).await);
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        text,
    )
}

/// Whether the books can be written, and how often they could not.
fn storage(api: &Api) -> String {
    let store = &api.rooms().store;
    let writable = single(
        "guichet_storage_writable",
        "gauge",
        "1 while the books can be written, 0 while the disk is full or fails.",
        u64::from(store.trouble().is_none()),
    );
    let failures = single(
        "guichet_storage_failures_total",
        "counter",
        "Transactions that a full or failing disk was in the way of.",
        store.storage_failures(),
    );
    writable + &failures
}

fn plugin_calls(api: &Api) -> String {
    let samples = api
        .rooms()
        .catalogue
        .calls()
        .into_iter()
        .flat_map(|(package, calls)| {
            let outcomes = [
                ("answered", calls.answered),
                ("refused", calls.refused),
                ("interrupted", calls.interrupted),
                ("faulty", calls.faulty),
                ("against-trial", calls.against_trial),
            ];
            outcomes.map(|(outcome, count)| {
                (
                    format!("package=\"{package}\",outcome=\"{outcome}\""),
                    count,
                )
            })
        });
    labelled(
        "guichet_plugin_calls_total",
        "counter",
        "Plugin calls of this node by how they ended.",
        samples,
    )
}

/// A database that does not answer is told by `/readyz`; here the figure is left
/// out, because a zero would look like good news.
async fn open_payments(api: &Api) -> String {
    let Ok(counts) = api.rooms().store.open_payments().await else {
        return String::new();
    };
    let samples = counts
        .into_iter()
        .map(|(state, count)| (format!("state=\"{}\"", state.as_str()), count));
    labelled(
        "guichet_payments_open",
        "gauge",
        "Payments that have not ended, by state.",
        samples,
    )
}
