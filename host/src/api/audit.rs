//! `/v1/audit`: the signed logs of everything that happened, for those who check
//! them. Proofs hold hashes only; the events themselves are for the operator's
//! own auditors.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use guichet_registry::register::Role;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::insider::Insider;
use super::page::Page;
use super::parameters::{Parameters, Segments};
use super::scope::{PackagesRead, PaymentsRead};
use super::shape::audit::{AuditKey, AuditLeaf, AuditLog};
use super::shape::proof::{Consistency, Inclusion, Sizes, Start};
use crate::error::Problem;

/// Events of one answer.
const ENTRIES: u32 = 1_000;

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(key))
        .routes(routes!(logs))
        .routes(routes!(checkpoint))
        .routes(routes!(inclusion))
        .routes(routes!(consistency))
        .routes(routes!(entries))
}

/// Read the installation's key
///
/// It checks every receipt and every tree head. Compare it once with what the
/// operator has told you another way; from then on neither needs trust in this
/// node.
#[utoipa::path(
    get,
    path = "/v1/audit/key",
    tag = "audit",
    operation_id = "get_audit_key",
    responses((status = 200, description = "Name and key", body = AuditKey))
)]
async fn key(State(api): State<Api>, _reader: Insider<PaymentsRead>) -> axum::Json<AuditKey> {
    let audit = &api.rooms().audit;
    axum::Json(AuditKey {
        installation: audit.installation().to_string(),
        key: audit.public_key().to_string(),
    })
}

/// List the logs
///
/// Each node of the installation writes one, in the order in which it commits.
#[utoipa::path(
    get,
    path = "/v1/audit/logs",
    tag = "audit",
    operation_id = "list_audit_logs",
    responses((status = 200, description = "All logs that are signed", body = Page<AuditLog>))
)]
async fn logs(
    State(api): State<Api>,
    _reader: Insider<PaymentsRead>,
) -> Result<axum::Json<Page<AuditLog>>, Problem> {
    let audit = &api.rooms().audit;
    let heads = audit.heads().await?;
    let logs = heads
        .iter()
        .map(|head| AuditLog::new(head, audit.verifier_key(head.log)));
    Ok(axum::Json(Page::from_items(logs, None)))
}

/// Read a log's newest checkpoint
///
/// A C2SP signed note: origin, size and root, signed by the installation. Keep it:
/// every later one must be proven to continue it.
#[utoipa::path(
    get,
    path = "/v1/audit/{log}/checkpoint",
    tag = "audit",
    operation_id = "get_audit_checkpoint",
    params(("log" = u8, Path, description = "Number of the log")),
    responses((status = 200, description = "The checkpoint", body = String, content_type = "text/plain"))
)]
async fn checkpoint(
    State(api): State<Api>,
    _reader: Insider<PaymentsRead>,
    Segments(log): Segments<u8>,
) -> Result<impl IntoResponse, Problem> {
    let head = api.rooms().audit.head(log).await?;
    let text = head.ok_or_else(Problem::not_found)?.checkpoint;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text))
}

/// Which event in which log.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Included {
    index: u64,
    size: u64,
}

/// Prove that an event is in a log
#[utoipa::path(
    get,
    path = "/v1/audit/{log}/inclusion",
    tag = "audit",
    operation_id = "get_audit_inclusion_proof",
    params(
        ("log" = u8, Path, description = "Number of the log"),
        ("index" = u64, Query, description = "Which leaf"),
        ("size" = u64, Query, description = "Of the log of this size")
    ),
    responses((status = 200, description = "The proof", body = Inclusion))
)]
async fn inclusion(
    State(api): State<Api>,
    _reader: Insider<PaymentsRead>,
    Segments(log): Segments<u8>,
    Parameters(asked): Parameters<Included>,
) -> Result<axum::Json<Inclusion>, Problem> {
    let audit = &api.rooms().audit;
    let proof = audit.inclusion(log, asked.index, asked.size).await?;
    Ok(axum::Json(proof.ok_or_else(Problem::not_found)?.into()))
}

/// Prove that an older log is the beginning of a newer one
#[utoipa::path(
    get,
    path = "/v1/audit/{log}/consistency",
    tag = "audit",
    operation_id = "get_audit_consistency_proof",
    params(
        ("log" = u8, Path, description = "Number of the log"),
        ("older" = u64, Query, description = "Size of the older log, at least 1"),
        ("newer" = u64, Query, description = "Size of the newer log")
    ),
    responses((status = 200, description = "The proof", body = Consistency))
)]
async fn consistency(
    State(api): State<Api>,
    _reader: Insider<PaymentsRead>,
    Segments(log): Segments<u8>,
    Parameters(asked): Parameters<Sizes>,
) -> Result<axum::Json<Consistency>, Problem> {
    let audit = &api.rooms().audit;
    let proof = audit.consistency(log, asked.older, asked.newer).await?;
    Ok(axum::Json(proof.ok_or_else(Problem::not_found)?.into()))
}

/// Read a log's events
///
/// For the operator's auditors: whoever reads all of them can make every root
/// himself.
#[utoipa::path(
    get,
    path = "/v1/audit/{log}/entries",
    tag = "audit",
    operation_id = "list_audit_entries",
    params(
        ("log" = u8, Path, description = "Number of the log"),
        ("from" = Option<u64>, Query, description = "Index to begin with")
    ),
    responses((status = 200, description = "Up to 1,000 events", body = Page<AuditLeaf>))
)]
async fn entries(
    State(api): State<Api>,
    insider: Insider<PackagesRead>,
    Segments(log): Segments<u8>,
    Parameters(asked): Parameters<Start>,
) -> Result<axum::Json<Page<AuditLeaf>>, Problem> {
    insider.require(&[Role::Auditor])?;
    let audit = &api.rooms().audit;
    let found = audit.entries(log, asked.from, ENTRIES).await?;
    let items = found.into_iter().map(AuditLeaf::from);
    Ok(axum::Json(Page::from_items(items, None)))
}
