//! `/v1/bill-queries`: what is owed. Every payment begins here.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use guichet_domain::id::{RecordId, RegionCode, ServiceCode, SubjectId};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::body::Json;
use super::caller::Caller;
use super::parameters::Segments;
use super::scope::BillsQuery;
use super::shape::channel::Channel;
use super::shape::statement::BillQuery;
use super::trace::RequestTrace;
use crate::bills;
use crate::error::Problem;

/// What is asked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBillQuery {
    /// The service's code.
    #[schema(value_type = String, example = "water-330100-1")]
    pub service: ServiceCode,
    /// What the citizen filled in, by the service's `inputs` schema.
    #[schema(value_type = Object, example = json!({"account": "1002003004"}))]
    pub inputs: Map<String, Value>,
    /// On whose behalf.
    #[schema(value_type = String, example = "demo-citizen")]
    pub subject: SubjectId,
    /// The token of the `next_step` that this query continues; its answer stands
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

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(read))
}

/// Ask what is owed
///
/// Answers the bills, or `pending` (read the query again later), or `ask_more`
/// (send the same query again with the citizen's answer and the token). Nothing
/// owed is an empty list.
#[utoipa::path(
    post,
    path = "/v1/bill-queries",
    tag = "bill queries",
    operation_id = "create_bill_query",
    request_body = NewBillQuery,
    responses((status = 201, description = "The query with its answer", body = BillQuery))
)]
async fn create(
    State(api): State<Api>,
    caller: Caller<BillsQuery>,
    trace: RequestTrace,
    Json(new): Json<NewBillQuery>,
) -> Result<impl IntoResponse, Problem> {
    let query = api
        .rooms()
        .bills
        .create(bills::NewBillQuery {
            client: caller.client,
            subject: new.subject,
            service: new.service,
            inputs: new.inputs,
            token: new.token,
            region: new.region,
            channel: new.channel.into(),
            language: trace.language,
        })
        .await?;
    let location = format!("/v1/bill-queries/{}", query.id);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        axum::Json(BillQuery::from(query)),
    ))
}

/// Read a bill query
///
/// A pending one is asked again when it is time.
#[utoipa::path(
    get,
    path = "/v1/bill-queries/{id}",
    tag = "bill queries",
    operation_id = "get_bill_query",
    params(("id" = String, Path, description = "The query's id")),
    responses((status = 200, description = "The query as it is now", body = BillQuery))
)]
async fn read(
    State(api): State<Api>,
    caller: Caller<BillsQuery>,
    Segments(id): Segments<RecordId>,
) -> Result<axum::Json<BillQuery>, Problem> {
    let query = api.rooms().bills.get(&caller.client, &id).await?;
    Ok(axum::Json(query.into()))
}
