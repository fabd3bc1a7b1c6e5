//! `/v1/clients`: the operator's side of clients' accounts: paying in, credit
//! limits, prices. Only persons with the role may; each act is noted.

use axum::extract::State;
use guichet_domain::Currency;
use guichet_domain::id::ClientId;
use guichet_registry::register::Role;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::body::Json;
use super::insider::Insider;
use super::parameters::{Parameters, Segments};
use super::scope::ClientsOperate;
use super::shape::client::{ClientAccount, NewCreditLimit, NewTopUp, PriceList};
use super::shape::money::Money;
use crate::accounts::ByOperator;
use crate::error::{Code, Problem, Text};

/// Which of a client's accounts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// ISO 4217; CNY where nothing is said.
    #[param(value_type = Option<String>)]
    currency: Option<Currency>,
}

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(read))
        .routes(routes!(top_up))
        .routes(routes!(set_limit))
        .routes(routes!(set_prices))
}

fn by(insider: &Insider<ClientsOperate>, client: ClientId) -> Result<ByOperator, Problem> {
    let person = insider.officer()?;
    Ok(ByOperator { person, client })
}

fn money(money: &Money, field: &'static str) -> Result<guichet_domain::Money, Problem> {
    money.to_domain().map_err(|error| {
        let field = format!("{field}.currency");
        Problem::new(Code::InvalidField).with_field(field, Text::same(error.to_string()))
    })
}

/// Read a client's account and prices
#[utoipa::path(
    get,
    path = "/v1/clients/{client}/account",
    tag = "clients",
    operation_id = "get_client_account",
    params(("client" = String, Path, description = "The client"), Wanted),
    responses((status = 200, description = "The account", body = ClientAccount))
)]
async fn read(
    State(api): State<Api>,
    insider: Insider<ClientsOperate>,
    Segments(client): Segments<ClientId>,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<axum::Json<ClientAccount>, Problem> {
    insider.require(&[Role::PaymentOfficer, Role::Auditor])?;
    let currency = wanted.currency.unwrap_or(Currency::CNY);
    let room = &api.rooms().accounts;
    let account = room.client_account(&client, currency).await?;
    Ok(axum::Json(account.into()))
}

/// Pay money into a client's account
///
/// Opens the account where there is none. The same reference pays in once; with
/// another amount it is refused.
#[utoipa::path(
    post,
    path = "/v1/clients/{client}/top-ups",
    tag = "clients",
    operation_id = "top_up_client",
    params(("client" = String, Path, description = "The client")),
    request_body = NewTopUp,
    responses((status = 200, description = "The account as it is now", body = ClientAccount))
)]
async fn top_up(
    State(api): State<Api>,
    insider: Insider<ClientsOperate>,
    Segments(client): Segments<ClientId>,
    Json(new): Json<NewTopUp>,
) -> Result<axum::Json<ClientAccount>, Problem> {
    let (by, amount) = (by(&insider, client)?, money(&new.amount, "amount")?);
    let room = &api.rooms().accounts;
    let account = room.top_up(&by, amount, &new.reference).await?;
    Ok(axum::Json(account.into()))
}

/// Set a client's credit limit
///
/// Not below what the client has used already.
#[utoipa::path(
    put,
    path = "/v1/clients/{client}/credit-limit",
    tag = "clients",
    operation_id = "set_credit_limit",
    params(("client" = String, Path, description = "The client")),
    request_body = NewCreditLimit,
    responses((status = 200, description = "The account as it is now", body = ClientAccount))
)]
async fn set_limit(
    State(api): State<Api>,
    insider: Insider<ClientsOperate>,
    Segments(client): Segments<ClientId>,
    Json(new): Json<NewCreditLimit>,
) -> Result<axum::Json<ClientAccount>, Problem> {
    let (by, limit) = (by(&insider, client)?, money(&new.limit, "limit")?);
    let room = &api.rooms().accounts;
    let account = room.set_credit_limit(&by, limit).await?;
    Ok(axum::Json(account.into()))
}

/// Set a client's prices
///
/// For payments that begin from now on.
#[utoipa::path(
    put,
    path = "/v1/clients/{client}/prices",
    tag = "clients",
    operation_id = "set_client_prices",
    params(("client" = String, Path, description = "The client")),
    request_body = PriceList,
    responses((status = 200, description = "The prices that count now", body = PriceList))
)]
async fn set_prices(
    State(api): State<Api>,
    insider: Insider<ClientsOperate>,
    Segments(client): Segments<ClientId>,
    Json(new): Json<PriceList>,
) -> Result<axum::Json<PriceList>, Problem> {
    let by = by(&insider, client)?;
    let list = new.into();
    api.rooms().accounts.set_prices(&by, &list).await?;
    Ok(axum::Json(list.into()))
}
