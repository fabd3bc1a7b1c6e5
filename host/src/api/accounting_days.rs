//! `/v1/accounting-days`: the steps of a day's end. Each may be asked for again
//! at any time, and goes on where it was cut off.

use std::future::Future;

use axum::extract::State;
use guichet_domain::AccountingDate;
use guichet_domain::id::BillerId;
use guichet_registry::register::Role;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::insider::Insider;
use super::page::Page;
use super::parameters::{Parameters, Segments};
use super::scope::DayEndOperate;
use super::shape::day_end::{
    AccountingDay, DayChecked, DayFees, DayFinding, DaySettled, FilesMade, SettlementBatch,
};
use crate::day_end::{DayEndError, Scope};
use crate::error::Problem;

/// One biller, or all.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Of {
    /// One biller; all of the day where nothing is said.
    #[param(value_type = Option<String>)]
    biller: Option<BillerId>,
}

/// Whose findings.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OfBiller {
    /// The biller.
    #[param(value_type = String)]
    biller: BillerId,
}

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(read))
        .routes(routes!(close))
        .routes(routes!(make))
        .routes(routes!(check))
        .routes(routes!(settle))
        .routes(routes!(findings))
        .routes(routes!(settlements))
        .routes(routes!(fees))
}

/// The operator's programs by their scope, its people by their role.
fn may_operate(insider: &Insider<DayEndOperate>) -> Result<String, Problem> {
    if insider.person.is_some() {
        insider.require(&[Role::PaymentOfficer])?;
    }
    Ok(insider.actor.to_string())
}

fn may_look(insider: &Insider<DayEndOperate>) -> Result<(), Problem> {
    match insider.person {
        Some(_) => insider.require(&[Role::PaymentOfficer, Role::Auditor]),
        None => Ok(()),
    }
}

/// Runs a step to its end, even where nobody waits for the answer any more: a
/// large day takes longer than a request may.
async fn to_its_end<T: Send + 'static>(
    step: impl Future<Output = Result<T, DayEndError>> + Send + 'static,
) -> Result<T, Problem> {
    let ended = tokio::spawn(step).await;
    Ok(ended.map_err(Problem::internal)??)
}

/// Read a closed day
#[utoipa::path(
    get,
    path = "/v1/accounting-days/{date}",
    tag = "day end",
    operation_id = "get_accounting_day",
    params(("date" = String, Path, description = "The accounting date")),
    responses((status = 200, description = "The day, closed", body = AccountingDay))
)]
async fn read(
    State(api): State<Api>,
    insider: Insider<DayEndOperate>,
    Segments(date): Segments<AccountingDate>,
) -> Result<axum::Json<AccountingDay>, Problem> {
    may_look(&insider)?;
    let day = api.rooms().day_end.closed(date).await?;
    Ok(axum::Json(day.ok_or_else(Problem::not_found)?.into()))
}

/// Close a day
///
/// Possible once its cut-off has passed. Closing it again counts anew. Payments
/// whose outcome is open are carried.
#[utoipa::path(
    post,
    path = "/v1/accounting-days/{date}/close",
    tag = "day end",
    operation_id = "close_accounting_day",
    params(("date" = String, Path, description = "The accounting date")),
    responses((status = 200, description = "The day, closed", body = AccountingDay))
)]
async fn close(
    State(api): State<Api>,
    insider: Insider<DayEndOperate>,
    Segments(date): Segments<AccountingDate>,
) -> Result<axum::Json<AccountingDay>, Problem> {
    let by = may_operate(&insider)?;
    Ok(axum::Json(
        api.rooms().day_end.close(date, &by).await?.into(),
    ))
}

/// Make the day's files
///
/// For every biller and client. What has not changed stays; what has is a new
/// number.
#[utoipa::path(
    post,
    path = "/v1/accounting-days/{date}/make",
    tag = "day end",
    operation_id = "make_day_files",
    params(("date" = String, Path, description = "The accounting date"), Of),
    responses((status = 200, description = "What was made", body = FilesMade))
)]
async fn make(
    State(api): State<Api>,
    insider: Insider<DayEndOperate>,
    Segments(date): Segments<AccountingDate>,
    Parameters(of): Parameters<Of>,
) -> Result<axum::Json<FilesMade>, Problem> {
    let by = may_operate(&insider)?;
    let (room, scope) = (api.rooms().day_end.clone(), scope(date, of));
    let made = to_its_end(async move { room.make(&scope, &by).await }).await?;
    Ok(axum::Json(made.into()))
}

/// Check the day
///
/// Compares bank, ledger, client and biller. Open outcomes that a biller's file
/// settles are settled; differences become work orders.
#[utoipa::path(
    post,
    path = "/v1/accounting-days/{date}/check",
    tag = "day end",
    operation_id = "check_accounting_day",
    params(("date" = String, Path, description = "The accounting date"), Of),
    responses((status = 200, description = "What was found", body = DayChecked))
)]
async fn check(
    State(api): State<Api>,
    insider: Insider<DayEndOperate>,
    Segments(date): Segments<AccountingDate>,
    Parameters(of): Parameters<Of>,
) -> Result<axum::Json<DayChecked>, Problem> {
    may_operate(&insider)?;
    let (room, scope) = (api.rooms().day_end.clone(), scope(date, of));
    let checked = to_its_end(async move { room.check(&scope).await }).await?;
    Ok(axum::Json(checked.into()))
}

/// Settle the day
///
/// Makes the batches of billers whose day was checked, and a payment file for
/// the bank with everything that was not sent yet.
#[utoipa::path(
    post,
    path = "/v1/accounting-days/{date}/settle",
    tag = "day end",
    operation_id = "settle_accounting_day",
    params(("date" = String, Path, description = "The accounting date"), Of),
    responses((status = 200, description = "The day's batches", body = DaySettled))
)]
async fn settle(
    State(api): State<Api>,
    insider: Insider<DayEndOperate>,
    Segments(date): Segments<AccountingDate>,
    Parameters(of): Parameters<Of>,
) -> Result<axum::Json<DaySettled>, Problem> {
    let by = may_operate(&insider)?;
    let (room, scope) = (api.rooms().day_end.clone(), scope(date, of));
    let settled = to_its_end(async move { room.settle(&scope, &by).await }).await?;
    Ok(axum::Json(settled.into()))
}

/// List a biller's findings
///
/// Of the latest check; what simply matched is only counted.
#[utoipa::path(
    get,
    path = "/v1/accounting-days/{date}/findings",
    tag = "day end",
    operation_id = "list_day_findings",
    params(("date" = String, Path, description = "The accounting date"), OfBiller),
    responses((status = 200, description = "The findings", body = Page<DayFinding>))
)]
async fn findings(
    State(api): State<Api>,
    insider: Insider<DayEndOperate>,
    Segments(date): Segments<AccountingDate>,
    Parameters(of): Parameters<OfBiller>,
) -> Result<axum::Json<Page<DayFinding>>, Problem> {
    may_look(&insider)?;
    let found = api.rooms().day_end.findings(date, &of.biller).await?;
    let items = found.into_iter().map(DayFinding::from);
    Ok(axum::Json(Page::from_items(items, None)))
}

/// List the day's settlement batches
#[utoipa::path(
    get,
    path = "/v1/accounting-days/{date}/settlements",
    tag = "day end",
    operation_id = "list_settlements",
    params(("date" = String, Path, description = "The accounting date"), Of),
    responses((status = 200, description = "The batches", body = Page<SettlementBatch>))
)]
async fn settlements(
    State(api): State<Api>,
    insider: Insider<DayEndOperate>,
    Segments(date): Segments<AccountingDate>,
    Parameters(of): Parameters<Of>,
) -> Result<axum::Json<Page<SettlementBatch>>, Problem> {
    may_look(&insider)?;
    let batches = api.rooms().day_end.all_batches(&scope(date, of)).await?;
    let items = batches.into_iter().map(SettlementBatch::from);
    Ok(axum::Json(Page::from_items(items, None)))
}

/// List the day's fees
///
/// By client and by who bears them.
#[utoipa::path(
    get,
    path = "/v1/accounting-days/{date}/fees",
    tag = "day end",
    operation_id = "list_day_fees",
    params(("date" = String, Path, description = "The accounting date")),
    responses((status = 200, description = "The fees", body = Page<DayFees>))
)]
async fn fees(
    State(api): State<Api>,
    insider: Insider<DayEndOperate>,
    Segments(date): Segments<AccountingDate>,
) -> Result<axum::Json<Page<DayFees>>, Problem> {
    may_look(&insider)?;
    let fees = api.rooms().day_end.fees(date).await?;
    let items = fees.into_iter().map(|(key, fees)| DayFees::new(key, fees));
    Ok(axum::Json(Page::from_items(items, None)))
}

fn scope(date: AccountingDate, of: Of) -> Scope {
    Scope {
        date,
        biller: of.biller,
    }
}
