//! `/v1/bound-accounts`: service accounts that a subject has saved.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use guichet_domain::id::{RecordId, SubjectId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::body::Json;
use super::caller::Caller;
use super::page::{self, Page};
use super::parameters::{Parameters, Segments};
use super::scope;
use super::shape::account::{BoundAccount, NewBoundAccount};
use crate::accounts::bound;
use crate::error::{Code, Problem, Text};

/// Whose saved accounts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// The subject.
    #[param(value_type = String, example = "demo-citizen")]
    subject: SubjectId,
    /// 1 to 200; 50 where nothing is said.
    limit: Option<u32>,
    /// The last page's `next_cursor`.
    cursor: Option<String>,
}

/// Whose saved account.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Owner {
    /// The subject.
    #[param(value_type = String, example = "demo-citizen")]
    subject: SubjectId,
}

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(save, list))
        .routes(routes!(remove))
}

/// Save a service account
#[utoipa::path(
    post,
    path = "/v1/bound-accounts",
    tag = "accounts",
    operation_id = "create_bound_account",
    request_body = NewBoundAccount,
    responses((status = 201, description = "The saved account", body = BoundAccount))
)]
async fn save(
    State(api): State<Api>,
    caller: Caller<scope::BoundAccounts>,
    Json(new): Json<NewBoundAccount>,
) -> Result<impl IntoResponse, Problem> {
    if api.rooms().catalogue.service(&new.service).is_none() {
        return Err(crate::plugins::ServiceFailure::UnknownService.into());
    }
    let new = bound::NewBoundAccount {
        client: caller.client,
        subject: new.subject,
        service: new.service,
        name: new.name,
        inputs: new.inputs.into_iter().collect(),
    };
    let saved = api.rooms().bound_accounts.save(new).await?;
    let location = format!("/v1/bound-accounts/{}", saved.id);
    let body = axum::Json(BoundAccount::from(saved));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], body))
}

/// List a subject's saved accounts
///
/// Oldest first.
#[utoipa::path(
    get,
    path = "/v1/bound-accounts",
    tag = "accounts",
    operation_id = "list_bound_accounts",
    params(Filter),
    responses((status = 200, description = "A page of saved accounts", body = Page<BoundAccount>))
)]
async fn list(
    State(api): State<Api>,
    caller: Caller<scope::BoundAccounts>,
    Parameters(filter): Parameters<Filter>,
) -> Result<axum::Json<Page<BoundAccount>>, Problem> {
    let limit = page::limit(filter.limit)?;
    let list = "bound-accounts";
    let after = filter
        .cursor
        .map(|cursor| page::decode_cursor(list, &cursor))
        .transpose()?;
    let room = &api.rooms().bound_accounts;
    let found = room
        .list(&caller.client, &filter.subject, after.as_deref(), limit)
        .await?;
    let next = found.next_cursor.map(|key| page::encode_cursor(list, &key));
    Ok(axum::Json(Page::from_items(
        found.items.into_iter().map(BoundAccount::from),
        next,
    )))
}

/// Forget a saved account
#[utoipa::path(
    delete,
    path = "/v1/bound-accounts/{id}",
    tag = "accounts",
    operation_id = "delete_bound_account",
    params(("id" = String, Path, description = "The saved account's id"), Owner),
    responses((status = 204, description = "It is forgotten"))
)]
async fn remove(
    State(api): State<Api>,
    caller: Caller<scope::BoundAccounts>,
    Segments(id): Segments<RecordId>,
    Parameters(owner): Parameters<Owner>,
) -> Result<StatusCode, Problem> {
    api.rooms()
        .bound_accounts
        .remove(&caller.client, &owner.subject, &id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<bound::BoundAccountError> for Problem {
    fn from(error: bound::BoundAccountError) -> Self {
        use bound::BoundAccountError as Error;
        let english = error.to_string();
        let field = |name: &str, chinese: &str| {
            Self::new(Code::InvalidField).with_field(name, Text::new(chinese, english.clone()))
        };
        match error {
            Error::Name => field("name", "名称应为 1 到 64 个字符。"),
            Error::Inputs => field("inputs", "应有 1 到 32 项，每项不超过 256 个字符。"),
            Error::TooMany => Self::new(Code::LimitExceeded)
                .with_detail(Text::new("最多保存 100 个户号，请先删除不用的。", english)),
            Error::NotFound => Self::not_found(),
            Error::Store(error) => error.into(),
        }
    }
}
