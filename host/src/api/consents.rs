//! `/v1/consents`: a subject's recorded permission to use named data scopes.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use guichet_domain::id::RecordId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::body::Json;
use super::caller::Caller;
use super::parameters::Segments;
use super::scope::{ConsentsRead, ConsentsWrite};
use super::shape::consent::{Consent, NewConsent};
use super::trace::RequestTrace;
use crate::consents;
use crate::error::Problem;

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(grant))
        .routes(routes!(read, withdraw))
}

/// Record a consent
///
/// Show the citizen the service's purpose and scopes first (`consent` of
/// `GET /v1/services/{code}`); the recorded purpose is the service's own.
#[utoipa::path(
    post,
    path = "/v1/consents",
    tag = "consents",
    operation_id = "create_consent",
    request_body = NewConsent,
    responses((status = 201, description = "The recorded consent", body = Consent))
)]
async fn grant(
    State(api): State<Api>,
    caller: Caller<ConsentsWrite>,
    trace: RequestTrace,
    Json(new): Json<NewConsent>,
) -> Result<impl IntoResponse, Problem> {
    let new = consents::NewConsent {
        client: caller.client,
        subject: new.subject,
        service: new.service,
        scopes: new.scopes,
        lifetime_seconds: new.lifetime_seconds,
    };
    let consent = api.rooms().consents.grant(new, trace.language).await?;
    let location = format!("/v1/consents/{}", consent.id);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        axum::Json(Consent::from(consent)),
    ))
}

/// Read a consent
#[utoipa::path(
    get,
    path = "/v1/consents/{id}",
    tag = "consents",
    operation_id = "get_consent",
    params(("id" = String, Path, description = "The consent's id")),
    responses((status = 200, description = "The consent", body = Consent))
)]
async fn read(
    State(api): State<Api>,
    caller: Caller<ConsentsRead>,
    Segments(id): Segments<RecordId>,
) -> Result<axum::Json<Consent>, Problem> {
    let consent = api.rooms().consents.get(&caller.client, &id).await?;
    Ok(axum::Json(consent.into()))
}

/// Withdraw a consent
///
/// From this moment on nothing more is read under it. Withdrawing twice changes
/// nothing.
#[utoipa::path(
    delete,
    path = "/v1/consents/{id}",
    tag = "consents",
    operation_id = "withdraw_consent",
    params(("id" = String, Path, description = "The consent's id")),
    responses((status = 200, description = "The consent as it is now", body = Consent))
)]
async fn withdraw(
    State(api): State<Api>,
    caller: Caller<ConsentsWrite>,
    Segments(id): Segments<RecordId>,
) -> Result<axum::Json<Consent>, Problem> {
    let consent = api.rooms().consents.withdraw(&caller.client, &id).await?;
    Ok(axum::Json(consent.into()))
}
