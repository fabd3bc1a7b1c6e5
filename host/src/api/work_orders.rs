//! `/v1/work-orders`: what people have to decide, and deciding it by two.

use axum::extract::State;
use guichet_domain::id::RecordId;
use guichet_domain::work_order;
use guichet_registry::register::Role;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::body::{Json, text_of_people};
use super::insider::Insider;
use super::page::{self, Page};
use super::parameters::{Parameters, Segments};
use super::scope::{WorkOrdersRead, WorkOrdersWrite};
use super::shape::work_order::{Agreement, Declined, NewProposal, WorkOrder, WorkOrderWithHistory};
use crate::error::Problem;
use crate::store::{WorkOrderFilter, WorkOrderRow};

/// Which orders.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// `open`, `proposed`, `decided` or `closed`; all where nothing is said.
    #[param(value_type = Option<String>)]
    state: Option<work_order::State>,
    /// `operator`, or a person.
    owner: Option<String>,
    /// 1 to 200; 50 where nothing is said.
    limit: Option<u32>,
    /// The last page's `next_cursor`.
    cursor: Option<String>,
}

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read))
        .routes(routes!(propose))
        .routes(routes!(agree))
        .routes(routes!(decline))
        .routes(routes!(take))
}

/// Work orders are for the operator's people, and for its own programs to read.
fn may_read<N>(insider: &Insider<N>) -> Result<(), Problem> {
    match insider.person {
        Some(_) => insider.require(&[Role::PaymentOfficer, Role::Auditor]),
        None => Ok(()),
    }
}

fn shown(api: &Api, row: WorkOrderRow) -> axum::Json<WorkOrder> {
    axum::Json(WorkOrder::new(row, api.rooms().ports.now()))
}

/// List work orders
///
/// In the order of ids.
#[utoipa::path(
    get,
    path = "/v1/work-orders",
    tag = "day end",
    operation_id = "list_work_orders",
    params(Wanted),
    responses((status = 200, description = "A page of work orders", body = Page<WorkOrder>))
)]
async fn list(
    State(api): State<Api>,
    insider: Insider<WorkOrdersRead>,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<axum::Json<Page<WorkOrder>>, Problem> {
    may_read(&insider)?;
    let limit = page::limit(wanted.limit)?;
    let after = wanted.cursor.as_deref();
    let after = after.map(|cursor| page::decode_cursor("work-orders", cursor));
    let after = after.transpose()?.unwrap_or_default();
    let filter = WorkOrderFilter {
        state: wanted.state,
        owner: wanted.owner.as_deref(),
    };
    let room = &api.rooms().work_orders;
    let mut found = room.list(filter, &after, limit + 1).await?;
    let full = found.len() > limit as usize;
    found.truncate(limit as usize);
    let last = found.last().filter(|_| full);
    let next = last.map(|last| page::encode_cursor("work-orders", last.id.as_str()));
    let now = api.rooms().ports.now();
    let items = found.into_iter().map(|row| WorkOrder::new(row, now));
    Ok(axum::Json(Page::from_items(items, next)))
}

/// Read a work order
///
/// With its whole history.
#[utoipa::path(
    get,
    path = "/v1/work-orders/{id}",
    tag = "day end",
    operation_id = "get_work_order",
    params(("id" = String, Path, description = "The work order's id")),
    responses((status = 200, description = "The work order", body = WorkOrderWithHistory))
)]
async fn read(
    State(api): State<Api>,
    insider: Insider<WorkOrdersRead>,
    Segments(id): Segments<RecordId>,
) -> Result<axum::Json<WorkOrderWithHistory>, Problem> {
    may_read(&insider)?;
    let room = &api.rooms().work_orders;
    let order = room.get(&id).await?;
    let history = room.history(&id).await?;
    Ok(axum::Json(WorkOrderWithHistory {
        order: WorkOrder::new(order, api.rooms().ports.now()),
        history: history.into_iter().map(Into::into).collect(),
    }))
}

/// Propose a decision
///
/// In place of an earlier proposal. Another person has to agree.
#[utoipa::path(
    post,
    path = "/v1/work-orders/{id}/proposals",
    tag = "day end",
    operation_id = "propose_decision",
    params(("id" = String, Path, description = "The work order's id")),
    request_body = NewProposal,
    responses((status = 200, description = "The work order, proposed", body = WorkOrder))
)]
async fn propose(
    State(api): State<Api>,
    insider: Insider<WorkOrdersWrite>,
    Segments(id): Segments<RecordId>,
    Json(new): Json<NewProposal>,
) -> Result<axum::Json<WorkOrder>, Problem> {
    let by = insider.officer()?;
    let proposal = work_order::Proposal {
        by,
        decision: new.decision,
        evidence: text_of_people("evidence", &new.evidence)?,
        serial: new
            .serial
            .map(|serial| text_of_people("serial", &serial))
            .transpose()?,
        seen: None,
    };
    let order = api.rooms().work_orders.propose(&id, proposal).await?;
    Ok(shown(&api, order))
}

/// Agree to a decision
///
/// By another person than the one who proposed it, and to the proposal that was
/// read: an order that has changed since is answered with 409. It is carried out
/// at once; where that does not succeed now it is tried again by itself.
#[utoipa::path(
    post,
    path = "/v1/work-orders/{id}/agree",
    tag = "day end",
    operation_id = "agree_to_decision",
    params(("id" = String, Path, description = "The work order's id")),
    request_body = Agreement,
    responses((status = 200, description = "The work order, decided", body = WorkOrder))
)]
async fn agree(
    State(api): State<Api>,
    insider: Insider<WorkOrdersWrite>,
    Segments(id): Segments<RecordId>,
    Json(agreement): Json<Agreement>,
) -> Result<axum::Json<WorkOrder>, Problem> {
    let by = insider.officer()?;
    let room = &api.rooms().work_orders;
    let order = room.agree(&id, agreement.version, &by).await?;
    Ok(shown(&api, order))
}

/// Decline a proposal
#[utoipa::path(
    post,
    path = "/v1/work-orders/{id}/decline",
    tag = "day end",
    operation_id = "decline_decision",
    params(("id" = String, Path, description = "The work order's id")),
    request_body = Declined,
    responses((status = 200, description = "The work order, open again", body = WorkOrder))
)]
async fn decline(
    State(api): State<Api>,
    insider: Insider<WorkOrdersWrite>,
    Segments(id): Segments<RecordId>,
    Json(declined): Json<Declined>,
) -> Result<axum::Json<WorkOrder>, Problem> {
    let by = insider.officer()?;
    let reason = text_of_people("reason", &declined.reason)?;
    let order = api.rooms().work_orders.decline(&id, &by, &reason).await?;
    Ok(shown(&api, order))
}

/// Take a work order
///
/// The caller becomes its owner.
#[utoipa::path(
    post,
    path = "/v1/work-orders/{id}/take",
    tag = "day end",
    operation_id = "take_work_order",
    params(("id" = String, Path, description = "The work order's id")),
    responses((status = 200, description = "The work order, the caller's", body = WorkOrder))
)]
async fn take(
    State(api): State<Api>,
    insider: Insider<WorkOrdersWrite>,
    Segments(id): Segments<RecordId>,
) -> Result<axum::Json<WorkOrder>, Problem> {
    let by = insider.officer()?;
    let order = api.rooms().work_orders.take(&id, &by).await?;
    Ok(shown(&api, order))
}
