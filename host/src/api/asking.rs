//! `/v1/inquiries` and `/v1/credentials`: documents and codes from agencies.
//! Both are asked for in the same shape.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use guichet_domain::id::{ClientId, RecordId, RegionCode, ServiceCode, SubjectId};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::body::Json;
use super::caller::Caller;
use super::parameters::Segments;
use super::scope::{CredentialsIssue, InquiriesAsk};
use super::shape::channel::Channel;
use super::shape::credential::Credential;
use super::shape::document::Inquiry;
use super::trace::RequestTrace;
use crate::error::Problem;
use crate::inquiries;
use crate::language::Language;

/// What is asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInquiry {
    /// The service's code.
    #[schema(value_type = String, example = "provident-fund-330100")]
    pub service: ServiceCode,
    /// What the citizen filled in, by the service's `inputs` schema.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub inputs: Map<String, Value>,
    /// On whose behalf.
    #[schema(value_type = String, example = "demo-citizen")]
    pub subject: SubjectId,
    /// The consent under which data may be used, where the service needs one.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "con_01k2m3n4p5q6r7s8t9v0w1x2y3")]
    pub consent: Option<RecordId>,
    /// The token of the `next_step` that this call continues; its answer stands
    /// among the inputs.
    #[serde(default)]
    pub token: Option<String>,
    /// The region the citizen chose, where the service serves several.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "330106")]
    pub region: Option<RegionCode>,
    /// Your channel. `api` where nothing is said.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "mobile")]
    pub channel: Channel,
}

impl NewInquiry {
    fn for_room(self, client: ClientId, language: Language) -> inquiries::NewInquiry {
        inquiries::NewInquiry {
            client,
            subject: self.subject,
            service: self.service,
            inputs: self.inputs,
            token: self.token,
            consent: self.consent,
            region: self.region,
            channel: self.channel.into(),
            language,
        }
    }
}

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(ask))
        .routes(routes!(read))
        .routes(routes!(issue))
}

/// Ask an agency for a document
///
/// Answers the document, or `pending` (read the inquiry again later, hours later
/// for slow agencies), or `ask_more`.
#[utoipa::path(
    post,
    path = "/v1/inquiries",
    tag = "inquiries",
    operation_id = "create_inquiry",
    request_body = NewInquiry,
    responses((status = 201, description = "The inquiry with its answer", body = Inquiry))
)]
async fn ask(
    State(api): State<Api>,
    caller: Caller<InquiriesAsk>,
    trace: RequestTrace,
    Json(new): Json<NewInquiry>,
) -> Result<impl IntoResponse, Problem> {
    let new = new.for_room(caller.client, trace.language);
    let inquiry = api.rooms().inquiries.create(new).await?;
    let location = format!("/v1/inquiries/{}", inquiry.id);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        axum::Json(Inquiry::from(inquiry)),
    ))
}

/// Read an inquiry
///
/// A pending one is asked again when it is time.
#[utoipa::path(
    get,
    path = "/v1/inquiries/{id}",
    tag = "inquiries",
    operation_id = "get_inquiry",
    params(("id" = String, Path, description = "The inquiry's id")),
    responses((status = 200, description = "The inquiry as it is now", body = Inquiry))
)]
async fn read(
    State(api): State<Api>,
    caller: Caller<InquiriesAsk>,
    Segments(id): Segments<RecordId>,
) -> Result<axum::Json<Inquiry>, Problem> {
    let inquiry = api.rooms().inquiries.get(&caller.client, &id).await?;
    Ok(axum::Json(inquiry.into()))
}

/// Have a code issued
///
/// Answers a code with a short life, the way to the issuer's own page, or
/// `ask_more`. Ask again for the next code; codes are never stored.
#[utoipa::path(
    post,
    path = "/v1/credentials",
    tag = "credentials",
    operation_id = "issue_credential",
    request_body = NewInquiry,
    responses((status = 200, description = "What was issued", body = Credential))
)]
async fn issue(
    State(api): State<Api>,
    caller: Caller<CredentialsIssue>,
    trace: RequestTrace,
    Json(new): Json<NewInquiry>,
) -> Result<axum::Json<Credential>, Problem> {
    let service = new.service.to_string();
    let new = new.for_room(caller.client, trace.language);
    let issued = api.rooms().credentials.issue(new).await?;
    Ok(axum::Json(Credential::new(service, issued)))
}
