//! `/v1/reconciliation-files`: day files of both directions, and the second person
//! who brings a biller's or a bank's into force.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use guichet_domain::AccountingDate;
use guichet_domain::id::RecordId;
use guichet_domain::reconciliation::PartyKind;
use guichet_registry::register::{Actor, Role};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::body::{self, Json, text_of_people};
use super::insider::Insider;
use super::page::{self, Page};
use super::parameters::{Parameters, Segments};
use super::scope::{ReconciliationRead, ReconciliationWrite};
use super::shape::day_end::{FileConfirmation, FileRejection, ReconciliationFile};
use crate::day_end::{Received, Sender};
use crate::error::Problem;
use crate::store::DayFileRow;

/// The largest file that is taken over this door.
const FILE_LIMIT_BYTES: usize = 64 * 1024 * 1024;
/// The most characters of a party's id.
const PARTY: usize = 64;

/// Which files.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// The day.
    #[param(value_type = String, example = "2026-11-21")]
    date: AccountingDate,
    /// Only files of this biller.
    biller: Option<String>,
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
        .routes(routes!(content))
        .routes(routes!(put))
        .routes(routes!(confirm))
        .routes(routes!(reject))
}

/// Whose files the caller may see: a client its own, officers and auditors all.
enum Sight {
    All,
    Client(String),
}

fn sight<N>(insider: &Insider<N>, roles: &[Role]) -> Result<Sight, Problem> {
    match &insider.actor {
        Actor::Client(client) => Ok(Sight::Client(client.to_string())),
        Actor::Person(_) | Actor::Node(_) | Actor::Installation => {
            insider.require(roles)?;
            Ok(Sight::All)
        }
    }
}

impl Sight {
    fn sees(&self, kind: PartyKind, party: &str) -> bool {
        match self {
            Self::All => true,
            Self::Client(client) => kind == PartyKind::Client && party == client,
        }
    }

    fn shows(&self, file: DayFileRow) -> ReconciliationFile {
        match self {
            Self::All => file.into(),
            Self::Client(_) => ReconciliationFile::from(file).without_people(),
        }
    }
}

/// List reconciliation files
///
/// A client sees its own files; the operator's people see all.
#[utoipa::path(
    get,
    path = "/v1/reconciliation-files",
    tag = "day end",
    operation_id = "list_reconciliation_files",
    params(Wanted),
    responses((status = 200, description = "A page of files", body = Page<ReconciliationFile>))
)]
async fn list(
    State(api): State<Api>,
    insider: Insider<ReconciliationRead>,
    Parameters(wanted): Parameters<Wanted>,
) -> Result<axum::Json<Page<ReconciliationFile>>, Problem> {
    let sight = sight(&insider, &[Role::PaymentOfficer, Role::Auditor])?;
    let limit = page::limit(wanted.limit)?;
    let after = wanted.cursor.as_deref();
    let after = after.map(|cursor| page::decode_cursor("reconciliation-files", cursor));
    let after = after.transpose()?.unwrap_or_default();
    let party = match &sight {
        Sight::All => wanted.biller.as_deref(),
        Sight::Client(client) => Some(client.as_str()),
    };
    let room = &api.rooms().day_end;
    let mut found = room.files(wanted.date, party, &after, limit + 1).await?;
    let full = found.len() > limit as usize;
    found.truncate(limit as usize);
    let last = found.last().filter(|_| full);
    let next = last.map(|last| page::encode_cursor("reconciliation-files", last.id.as_str()));
    found.retain(|file| sight.sees(file.party_kind, &file.party));
    let items = found.into_iter().map(|file| sight.shows(file));
    Ok(axum::Json(Page::from_items(items, next)))
}

/// Read what is known of a reconciliation file
///
/// Where it stands, who brought it, and who has confirmed or rejected it.
#[utoipa::path(
    get,
    path = "/v1/reconciliation-files/{id}",
    tag = "day end",
    operation_id = "get_reconciliation_file",
    params(("id" = String, Path, description = "The file's id")),
    responses((status = 200, description = "The file", body = ReconciliationFile))
)]
async fn read(
    State(api): State<Api>,
    insider: Insider<ReconciliationRead>,
    Segments(id): Segments<RecordId>,
) -> Result<axum::Json<ReconciliationFile>, Problem> {
    let sight = sight(&insider, &[Role::PaymentOfficer, Role::Auditor])?;
    let file = api.rooms().day_end.file(&id).await?;
    if !sight.sees(file.party_kind, &file.party) {
        return Err(Problem::not_found());
    }
    Ok(axum::Json(sight.shows(file)))
}

/// Read a reconciliation file
///
/// Its bytes as they were made or came.
#[utoipa::path(
    get,
    path = "/v1/reconciliation-files/{id}/content",
    tag = "day end",
    operation_id = "get_reconciliation_file_content",
    params(("id" = String, Path, description = "The file's id")),
    responses((status = 200, description = "The file", content_type = "text/plain"))
)]
async fn content(
    State(api): State<Api>,
    insider: Insider<ReconciliationRead>,
    Segments(id): Segments<RecordId>,
) -> Result<Response, Problem> {
    let sight = sight(&insider, &[Role::PaymentOfficer, Role::Auditor])?;
    let (file, bytes) = api.rooms().day_end.content(&id).await?;
    if !sight.sees(file.party_kind, &file.party) {
        return Err(Problem::not_found());
    }
    let headers = [
        (header::CONTENT_TYPE, media_type(&file)),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", file.name),
        ),
    ];
    Ok((headers, bytes).into_response())
}

fn media_type(file: &DayFileRow) -> String {
    let charset = file.charset.as_str().to_ascii_lowercase();
    match file.form.as_str() {
        "camt053" => "application/xml".to_owned(),
        "pipe" => format!("text/plain; charset={charset}"),
        _ => format!("text/csv; charset={charset}"),
    }
}

/// Bring a reconciliation file
///
/// The other side's own file: a day file of a biller or client (CSV or between
/// `|`), or a bank's statement (camt.053). It is read whole before it is kept;
/// what is wrong is told with line, column and the mend. The same bytes again are
/// answered 200 and change nothing; a correction is a new file with the next
/// number. A biller's file and a bank's await confirmation then: they say nothing
/// until a second person has confirmed them. A client's own file counts at once.
#[utoipa::path(
    put,
    path = "/v1/reconciliation-files/{kind}/{party}/{date}",
    tag = "day end",
    operation_id = "put_reconciliation_file",
    params(
        ("kind" = String, Path, description = "`biller`, `client` or `bank`"),
        ("party" = String, Path, description = "Its id"),
        ("date" = String, Path, description = "The accounting date")
    ),
    request_body(content = String, content_type = "text/csv"),
    responses(
        (status = 201, description = "Taken", body = ReconciliationFile),
        (status = 200, description = "Known already", body = ReconciliationFile)
    )
)]
async fn put(
    State(api): State<Api>,
    insider: Insider<ReconciliationWrite>,
    Segments((kind, party, date)): Segments<(PartyKind, String, AccountingDate)>,
    request: Request,
) -> Result<Response, Problem> {
    let sight = sight(&insider, &[Role::PaymentOfficer])?;
    let named = (1..=PARTY).contains(&party.len())
        && party
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if !named || !sight.sees(kind, &party) {
        return Err(Problem::not_found());
    }
    let bytes = body::read(request.into_body(), FILE_LIMIT_BYTES).await?;
    let sender = Sender { kind, party, date };
    let by = insider.actor.to_string();
    let (status, file) = match api.rooms().day_end.receive(&sender, bytes, &by).await? {
        Received::New(file) => (StatusCode::CREATED, file),
        Received::Known(file) => (StatusCode::OK, file),
    };
    Ok((status, axum::Json(sight.shows(file))).into_response())
}

/// Confirm a reconciliation file
///
/// By another person than who brought it, who names the digest of what was read:
/// the file counts from now on. Refused (409) where the digest differs, or where
/// another file of the party's day with its number or a higher one counts by now.
#[utoipa::path(
    post,
    path = "/v1/reconciliation-files/{id}/confirm",
    tag = "day end",
    operation_id = "confirm_reconciliation_file",
    params(("id" = String, Path, description = "The file's id")),
    request_body = FileConfirmation,
    responses((status = 200, description = "The file, in force", body = ReconciliationFile))
)]
async fn confirm(
    State(api): State<Api>,
    insider: Insider<ReconciliationWrite>,
    Segments(id): Segments<RecordId>,
    Json(confirmation): Json<FileConfirmation>,
) -> Result<axum::Json<ReconciliationFile>, Problem> {
    insider.officer()?;
    let (room, by) = (&api.rooms().day_end, insider.actor.to_string());
    let file = room.confirm_file(&id, confirmation.digest, &by).await?;
    Ok(axum::Json(file.into()))
}

/// Reject a reconciliation file
///
/// One that awaits confirmation, by whom it may be: it never counts. The same bytes
/// may be brought again.
#[utoipa::path(
    post,
    path = "/v1/reconciliation-files/{id}/reject",
    tag = "day end",
    operation_id = "reject_reconciliation_file",
    params(("id" = String, Path, description = "The file's id")),
    request_body = FileRejection,
    responses((status = 200, description = "The file, rejected", body = ReconciliationFile))
)]
async fn reject(
    State(api): State<Api>,
    insider: Insider<ReconciliationWrite>,
    Segments(id): Segments<RecordId>,
    Json(rejection): Json<FileRejection>,
) -> Result<axum::Json<ReconciliationFile>, Problem> {
    insider.officer()?;
    let reason = text_of_people("reason", &rejection.reason)?;
    let (room, by) = (&api.rooms().day_end, insider.actor.to_string());
    let file = room.reject_file(&id, &reason, &by).await?;
    Ok(axum::Json(file.into()))
}
