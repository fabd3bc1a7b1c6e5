//! Who asked about whom, for publishers; and transcripts, for two auditors.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use guichet_domain::Moment;
use guichet_domain::id::{PackageStem, PublisherName, RecordId};
use guichet_registry::PackageName;
use guichet_registry::register::{Role, Side};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::insider::Insider;
use super::page::{self, Page};
use super::parameters::{Parameters, Segments};
use super::scope::PackagesRead;
use crate::error::{Code, Problem, Text};
use crate::plugins::{self, ReadingError, TranscriptError};

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(transcript))
}

/// From when to when.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Span {
    from: Option<Moment>,
    until: Option<Moment>,
    cursor: Option<String>,
    limit: Option<u32>,
}

/// One call of a plugin.
#[derive(Debug, Serialize, ToSchema)]
struct Access {
    /// Id of the call, as the plugin was told it.
    #[schema(value_type = String)]
    call: RecordId,
    /// When.
    #[schema(value_type = String)]
    at: Moment,
    /// The service's code.
    service: String,
    /// Function of the contract: `query-bills`, `ask`, ….
    function: String,
    /// The bank app or channel.
    client: String,
    /// The publisher's own pseudonym of the subject.
    subject: String,
    /// The publisher's own pseudonym of the consent.
    consent: Option<String>,
    /// How much of the call is kept: `full`, `digest` or `none`.
    class: String,
}

impl From<plugins::Access> for Access {
    fn from(access: plugins::Access) -> Self {
        Self {
            call: access.call,
            at: access.at,
            service: access.service,
            function: access.function,
            client: access.client,
            subject: access.subject,
            consent: access.consent,
            class: access.class,
        }
    }
}

/// Export who asked about whom
///
/// For the package's publisher and the operator's auditors: every call of the
/// plugin, oldest first, under the pseudonyms that the publisher knows.
#[utoipa::path(
    get,
    path = "/v1/packages/{publisher}/{name}/accesses",
    tag = "packages",
    operation_id = "list_accesses",
    params(
        ("publisher" = String, Path, description = "Who owns it"),
        ("name" = String, Path, description = "Its name at the publisher's"),
        ("from" = Option<String>, Query, description = "From this time on"),
        ("until" = Option<String>, Query, description = "Before this time"),
        ("cursor" = Option<String>, Query, description = "From the page before"),
        ("limit" = Option<u32>, Query, description = "At most 200")
    ),
    responses((status = 200, description = "One page", body = Page<Access>))
)]
async fn list(
    State(api): State<Api>,
    insider: Insider<PackagesRead>,
    Segments((publisher, stem)): Segments<(PublisherName, PackageStem)>,
    Parameters(span): Parameters<Span>,
) -> Result<axum::Json<Page<Access>>, Problem> {
    let own = match insider.person.as_ref().map(|(_, person)| &person.side) {
        Some(Side::Publisher(own, _)) => *own == publisher,
        Some(Side::Operator(_)) | None => false,
    };
    if !own {
        insider.require(&[Role::Auditor])?;
    }
    let limit = page::limit(span.limit)?;
    let (since, last) = match &span.cursor {
        None => (span.from.unwrap_or(Moment::from_micros(0)), String::new()),
        Some(cursor) => {
            let key = page::decode_cursor("accesses", cursor)?;
            let (at, call) = key.split_once(' ').ok_or_else(Problem::not_found)?;
            let at = at.parse().map_err(|_| Problem::not_found())?;
            (Moment::from_micros(at), call.to_owned())
        }
    };
    let until = span.until.unwrap_or(Moment::from_micros(i64::MAX));
    let package = PackageName::new(publisher, stem);
    let found = api
        .rooms()
        .catalogue
        .accesses(&package, ((since, &last), until), limit)
        .await?;
    let more = found.len() == limit as usize;
    let next = found.last().filter(|_| more).map(|last| {
        let key = format!("{} {}", last.at.micros(), last.call);
        page::encode_cursor("accesses", &key)
    });
    let items = found.into_iter().map(Access::from);
    Ok(axum::Json(Page::from_items(items, next)))
}

/// Read a transcript
///
/// For the two auditors who agreed on it with the act `reading-allowed`, for a
/// day.
#[utoipa::path(
    get,
    path = "/v1/transcripts/{call}",
    tag = "registry",
    operation_id = "get_transcript",
    params(("call" = String, Path, description = "Id of the call")),
    responses((status = 200, description = "What is kept of the call", body = Object))
)]
async fn transcript(
    State(api): State<Api>,
    insider: Insider<PackagesRead>,
    Segments(call): Segments<RecordId>,
) -> Result<Response, Problem> {
    insider.require(&[Role::Auditor])?;
    let Some((person, _)) = &insider.person else {
        return Err(Problem::new(Code::Forbidden));
    };
    let kept = api.rooms().catalogue.read_transcript(person, &call).await;
    let kept = kept.map_err(|error| match error {
        ReadingError::NotAllowed => Problem::new(Code::Forbidden).with_detail(Text::new(
            "须先由两名审计员一致同意（动作 reading-allowed），且不超过一天。",
            "Two auditors must agree first (the act reading-allowed), at most a day before.",
        )),
        ReadingError::Unknown => Problem::not_found(),
        ReadingError::Transcript(TranscriptError::Store(error)) => error.into(),
        ReadingError::Transcript(error) => Problem::internal(error),
    })?;
    let body = serde_json::to_vec(&kept).map_err(Problem::internal)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}
