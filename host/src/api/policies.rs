//! `/v1/payer-policies`: what payers have to agree to and how much they may pay,
//! by client and by account. Only the operator's officers set it.

use axum::extract::State;
use axum::http::StatusCode;
use guichet_domain::id::{AccountId, ClientId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::body::Json;
use super::insider::Insider;
use super::parameters::Segments;
use super::scope::PoliciesWrite;
use crate::accounts::ByOperator;
use crate::error::{Code, Problem, Text};
use crate::terms::{AuthorisationRule, SecondPersonRule};

/// What holds for all payments of a client.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientPolicy {
    /// The payer authorises each payment above so many minor units by itself; 0 is
    /// every payment; left out, the client's sign-in is enough.
    #[serde(default)]
    #[schema(example = 100_000, minimum = 0)]
    pub authorise_above: Option<i64>,
    /// The most that one payer may pay a day, fees included, in minor units.
    #[serde(default)]
    #[schema(example = 5_000_000, minimum = 1)]
    pub payer_per_day: Option<i64>,
}

/// What holds for all payments from an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountPolicy {
    /// `needed` for a firm's account: maker and checker; else `not_needed`.
    #[schema(value_type = String, example = "needed")]
    pub second_person: SecondPersonRule,
}

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(set_for_client))
        .routes(routes!(set_for_account))
}

/// Set what a client's payers agree to
///
/// Counts on every node within a second, for payments that are made then.
#[utoipa::path(
    put,
    path = "/v1/payer-policies/clients/{client}",
    tag = "operations",
    operation_id = "set_client_policy",
    params(("client" = String, Path, description = "The client's id")),
    request_body = ClientPolicy,
    responses((status = 204, description = "It is set"))
)]
async fn set_for_client(
    State(api): State<Api>,
    insider: Insider<PoliciesWrite>,
    Segments(client): Segments<ClientId>,
    Json(new): Json<ClientPolicy>,
) -> Result<StatusCode, Problem> {
    let person = insider.officer()?;
    let authorisation = match new.authorise_above {
        None => AuthorisationRule::Never,
        Some(0) => AuthorisationRule::Always,
        Some(above) if above > 0 => AuthorisationRule::Above(above),
        Some(_) => return Err(not_negative("authorise_above")),
    };
    if new.payer_per_day.is_some_and(|limit| limit <= 0) {
        return Err(not_negative("payer_per_day"));
    }
    let by = ByOperator { person, client };
    let room = &api.rooms().accounts;
    room.set_client_policy(&by, authorisation, new.payer_per_day)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Set whether an account's payments need a second person
///
/// Counts on every node within a second, for payments that are made then.
#[utoipa::path(
    put,
    path = "/v1/payer-policies/accounts/{account}",
    tag = "operations",
    operation_id = "set_account_policy",
    params(("account" = String, Path, description = "The account's id")),
    request_body = AccountPolicy,
    responses((status = 204, description = "It is set"))
)]
async fn set_for_account(
    State(api): State<Api>,
    insider: Insider<PoliciesWrite>,
    Segments(account): Segments<AccountId>,
    Json(new): Json<AccountPolicy>,
) -> Result<StatusCode, Problem> {
    let person = insider.officer()?;
    let room = &api.rooms().accounts;
    room.set_account_policy(&person, &account, new.second_person)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn not_negative(field: &'static str) -> Problem {
    Problem::new(Code::InvalidField).with_field(
        field,
        Text::new(
            "应为正的最小货币单位数。",
            "Must be a positive number of minor units.",
        ),
    )
}
