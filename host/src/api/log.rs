//! `/v1/log`: the registry's transparency log, for those who check it.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use guichet_registry::register::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::insider::Insider;
use super::page::Page;
use super::parameters::Parameters;
use super::scope::PackagesRead;
use super::shape::proof::{Consistency, Inclusion, Sizes, Start};
use crate::error::Problem;

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(checkpoint))
        .routes(routes!(key))
        .routes(routes!(entries))
        .routes(routes!(inclusion))
        .routes(routes!(consistency))
}

/// Read the newest checkpoint
///
/// A C2SP signed note: origin, size and root, signed by the registry.
#[utoipa::path(
    get,
    path = "/v1/log/checkpoint",
    tag = "registry",
    operation_id = "get_checkpoint",
    responses((status = 200, description = "The checkpoint", body = String, content_type = "text/plain"))
)]
async fn checkpoint(State(api): State<Api>, _insider: Insider<PackagesRead>) -> impl IntoResponse {
    plain(api.rooms().governance.log().head().checkpoint)
}

/// Read the key of the newest checkpoint
///
/// A C2SP verifier key: origin, key id, type and key. Compare it once with what
/// the operator has told you another way; from then on checkpoints need no trust
/// in this node.
#[utoipa::path(
    get,
    path = "/v1/log/key",
    tag = "registry",
    operation_id = "get_log_key",
    responses((status = 200, description = "The key", body = String, content_type = "text/plain"))
)]
async fn key(
    State(api): State<Api>,
    _insider: Insider<PackagesRead>,
) -> Result<impl IntoResponse, Problem> {
    let key = api.rooms().governance.log().head().verifier_key;
    Ok(plain(key.ok_or_else(Problem::not_found)? + "\n"))
}

fn plain(text: String) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text)
}

/// An entry of the log.
#[derive(Debug, Serialize, ToSchema)]
struct LogEntry {
    /// Counts from 0.
    position: u64,
    /// The text that is hashed, itself JSON.
    entry: String,
    /// The tree head over the entries up to this one.
    checkpoint: String,
}

/// Read entries
///
/// For auditors and other staff. Each entry's leaf is the SHA-256 of a zero byte
/// and the text.
#[utoipa::path(
    get,
    path = "/v1/log/entries",
    tag = "registry",
    operation_id = "list_log_entries",
    params(("from" = Option<u64>, Query, description = "Position to begin with")),
    responses((status = 200, description = "Up to 2,000 entries", body = Page<LogEntry>))
)]
async fn entries(
    State(api): State<Api>,
    insider: Insider<PackagesRead>,
    Parameters(asked): Parameters<Start>,
) -> Result<axum::Json<Page<LogEntry>>, Problem> {
    insider.require(&Role::ALL)?;
    let rows = api.rooms().store.log_from(asked.from).await?;
    let items = rows.into_iter().map(|row| LogEntry {
        position: row.position,
        entry: row.entry,
        checkpoint: row.checkpoint,
    });
    Ok(axum::Json(Page::from_items(items, None)))
}

/// Which entry in which log.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Included {
    position: u64,
    size: u64,
}

/// Prove that an entry is in the log
#[utoipa::path(
    get,
    path = "/v1/log/inclusion",
    tag = "registry",
    operation_id = "get_inclusion_proof",
    params(
        ("position" = u64, Query, description = "Which entry"),
        ("size" = u64, Query, description = "Of the log of this size")
    ),
    responses((status = 200, description = "The proof", body = Inclusion))
)]
async fn inclusion(
    State(api): State<Api>,
    _insider: Insider<PackagesRead>,
    Parameters(asked): Parameters<Included>,
) -> Result<axum::Json<Inclusion>, Problem> {
    let log = api.rooms().governance.log();
    let proof = log.inclusion(asked.position, asked.size);
    Ok(axum::Json(proof.ok_or_else(Problem::not_found)?.into()))
}

/// Prove that an older log is the beginning of a newer one
#[utoipa::path(
    get,
    path = "/v1/log/consistency",
    tag = "registry",
    operation_id = "get_consistency_proof",
    params(
        ("older" = u64, Query, description = "Size of the older log, at least 1"),
        ("newer" = u64, Query, description = "Size of the newer log")
    ),
    responses((status = 200, description = "The proof", body = Consistency))
)]
async fn consistency(
    State(api): State<Api>,
    _insider: Insider<PackagesRead>,
    Parameters(asked): Parameters<Sizes>,
) -> Result<axum::Json<Consistency>, Problem> {
    let log = api.rooms().governance.log();
    let proof = log.consistency(asked.older, asked.newer);
    Ok(axum::Json(proof.ok_or_else(Problem::not_found)?.into()))
}
