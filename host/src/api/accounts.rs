//! `/v1/accounts`: the accounts that payments are made from.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use guichet_domain::id::{AccountId, ClientId, SubjectId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::body::JsonWithOriginal;
use super::caller::Caller;
use super::headers::IdempotencyKey;
use super::page::{self, Page};
use super::parameters::{Parameters, Segments};
use super::scope::{AccountsRead, AccountsWrite};
use super::shape::account::{Account, Entry};
use super::shape::account_statement::Statement;
use super::shape::bank_account::NewAccount;
use crate::accounts::NewBankAccount;
use crate::accounts::statement::Period;
use crate::canonical::canonical_digest;
use crate::error::{Code, Problem, Text};

/// Whose accounts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Owner {
    /// The subject.
    #[param(value_type = String, example = "demo-citizen")]
    subject: SubjectId,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Paging {
    /// 1 to 200; 50 where nothing is said.
    limit: Option<u32>,
    /// The last page's `next_cursor`.
    cursor: Option<String>,
}

/// Over which time, and in which form.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// A month in Asia/Shanghai: `2026-11`. Name either this or a day.
    #[param(value_type = Option<String>, example = "2026-11")]
    month: Option<String>,
    /// A day: `2026-11-22`.
    #[param(value_type = Option<String>)]
    day: Option<String>,
    /// `json` or `csv`; JSON where nothing is said.
    #[param(value_type = Option<String>)]
    format: Option<Form>,
}

/// The form of a statement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    #[default]
    Json,
    Csv,
}

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, link))
        .routes(routes!(read, withdraw))
        .routes(routes!(entries))
        .routes(routes!(statement))
}

/// List a subject's accounts
///
/// Those that the subject may pay from through this client; there are few, so
/// this is always one page.
#[utoipa::path(
    get,
    path = "/v1/accounts",
    tag = "accounts",
    operation_id = "list_accounts",
    params(Owner),
    responses((status = 200, description = "The accounts", body = Page<Account>))
)]
async fn list(
    State(api): State<Api>,
    caller: Caller<AccountsRead>,
    Parameters(owner): Parameters<Owner>,
) -> Result<axum::Json<Page<Account>>, Problem> {
    let room = &api.rooms().accounts;
    let mut accounts = Vec::new();
    for id in room
        .list(&caller.client, &owner.subject)
        .await?
        .into_iter()
        .take(200)
    {
        accounts.push(Account::from(room.get(&caller.client, &id).await?));
    }
    Ok(axum::Json(Page::from_items(accounts, None)))
}

/// Link a payer's account at a bank
///
/// Under the payer's mandate, which the client keeps and can show. Payments name
/// the account like any other; its money is held and taken at the bank. The
/// number is kept sealed and shown with its last four characters only. The same
/// key with the same body answers the same account again.
#[utoipa::path(
    post,
    path = "/v1/accounts",
    tag = "accounts",
    operation_id = "link_account",
    params(("Idempotency-Key" = String, Header, description = "Your name for this request: 1 to 255 letters, digits or `-_.:`, the same over all repetitions")),
    request_body = NewAccount,
    responses((status = 201, description = "The linked account", body = Account))
)]
async fn link(
    State(api): State<Api>,
    caller: Caller<AccountsWrite>,
    key: IdempotencyKey,
    JsonWithOriginal(new, original): JsonWithOriginal<NewAccount>,
) -> Result<impl IntoResponse, Problem> {
    let new = into_request(new, caller.client)?;
    let digest = canonical_digest(&original);
    let room = &api.rooms().accounts;
    let linked = room.link(new, key.as_str(), digest.as_bytes()).await?;
    let location = format!("/v1/accounts/{}", linked.id);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        axum::Json(Account::from(linked)),
    ))
}

fn into_request(new: NewAccount, client: ClientId) -> Result<NewBankAccount, Problem> {
    Ok(NewBankAccount {
        client,
        subject: new.subject,
        bank: new.bank,
        currency: new.currency,
        number: new.number,
        mandate: new.mandate.into_domain()?,
    })
}

/// Withdraw a payer's mandate
///
/// Nothing more is taken from the account at the bank; payments that have begun go
/// on. Withdrawing twice changes nothing.
#[utoipa::path(
    delete,
    path = "/v1/accounts/{id}",
    tag = "accounts",
    operation_id = "withdraw_mandate",
    params(("id" = String, Path, description = "The account's id")),
    responses((status = 200, description = "The account as it is now", body = Account))
)]
async fn withdraw(
    State(api): State<Api>,
    caller: Caller<AccountsWrite>,
    Segments(id): Segments<AccountId>,
) -> Result<axum::Json<Account>, Problem> {
    let account = api.rooms().accounts.withdraw(&caller.client, &id).await?;
    Ok(axum::Json(account.into()))
}

/// Read an account
#[utoipa::path(
    get,
    path = "/v1/accounts/{id}",
    tag = "accounts",
    operation_id = "get_account",
    params(("id" = String, Path, description = "The account's id")),
    responses((status = 200, description = "The account as it is now", body = Account))
)]
async fn read(
    State(api): State<Api>,
    caller: Caller<AccountsRead>,
    Segments(id): Segments<AccountId>,
) -> Result<axum::Json<Account>, Problem> {
    let account = api.rooms().accounts.get(&caller.client, &id).await?;
    Ok(axum::Json(account.into()))
}

/// Read an account's statement
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/v1/accounts/{id}/entries",
    tag = "accounts",
    operation_id = "list_entries",
    params(("id" = String, Path, description = "The account's id"), Paging),
    responses((status = 200, description = "A page of entries", body = Page<Entry>))
)]
async fn entries(
    State(api): State<Api>,
    caller: Caller<AccountsRead>,
    Segments(id): Segments<AccountId>,
    Parameters(paging): Parameters<Paging>,
) -> Result<axum::Json<Page<Entry>>, Problem> {
    let limit = page::limit(paging.limit)?;
    let after = paging
        .cursor
        .map(|cursor| page::decode_cursor("entries", &cursor))
        .transpose()?;
    let found = api
        .rooms()
        .accounts
        .entries(&caller.client, &id, after.as_deref(), limit)
        .await?;
    let next = found
        .next_cursor
        .map(|key| page::encode_cursor("entries", &key));
    Ok(axum::Json(Page::from_items(
        found.items.into_iter().map(Entry::from),
        next,
    )))
}

/// Read an account's statement of a month
///
/// Opening and closing balance, totals, and every movement with the balance after
/// it, oldest first; reservations are no movements. At most 20,000 entries: a
/// busy account is asked for by days. `format=csv` answers a file.
#[utoipa::path(
    get,
    path = "/v1/accounts/{id}/statement",
    tag = "accounts",
    operation_id = "get_statement",
    params(("id" = String, Path, description = "The account's id"), Wanted),
    responses((status = 200, description = "The statement", body = Statement))
)]
async fn statement(
    State(api): State<Api>,
    caller: Caller<AccountsRead>,
    Segments(id): Segments<AccountId>,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<Response, Problem> {
    let period = match (&wanted.month, &wanted.day) {
        (Some(text), None) | (None, Some(text)) => text.parse::<Period>().ok(),
        _ => None,
    };
    let period = period.ok_or_else(no_period)?;
    let room = &api.rooms().accounts;
    let statement = room.statement(&caller.client, &id, period).await?;
    Ok(match wanted.format.unwrap_or_default() {
        Form::Json => axum::Json(Statement::from(statement)).into_response(),
        Form::Csv => {
            let kind = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
            (kind, statement.to_csv()).into_response()
        }
    })
}

fn no_period() -> Problem {
    Problem::new(Code::InvalidParameter).with_field(
        "month",
        Text::new(
            "请给出 month=2026-11 或 day=2026-11-22，二者取一。",
            "Name either month=2026-11 or day=2026-11-22.",
        ),
    )
}
