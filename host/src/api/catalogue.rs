//! `/v1/services`, `/v1/billers` and `/v1/coverage`: the catalogue.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use guichet_domain::id::{BillerId, CategoryCode, RegionCode, ServiceCode};
use guichet_registry::catalogue::{Filter, Item, ZoneCode};
use guichet_registry::permission;
use guichet_registry::service::{Audience, ServiceKind};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::caller::Caller;
use super::headers::holds_version;
use super::page::{self, Page};
use super::parameters::{Parameters, Segments};
use super::scope::ServicesRead;
use super::shape::coverage::{Biller, Coverage};
use super::shape::service::{ServiceDetail, ServiceRelease, ServiceSummary};
use super::trace::RequestTrace;
use crate::error::{Code, Problem, Text};
use crate::plugins::ServiceFailure;

/// Which services to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Search {
    /// Words in Chinese, pinyin or English; every word must be met.
    #[param(example = "杭州 水费")]
    q: Option<String>,
    /// Services that can be used in this region: its own, those of what lies in
    /// it, and wider ones.
    #[param(value_type = Option<String>, example = "330100")]
    region: Option<RegionCode>,
    /// A category, or a group of them.
    #[param(value_type = Option<String>, example = "water")]
    category: Option<CategoryCode>,
    /// `bill-payment`, `inquiry` or `credential`.
    #[param(value_type = Option<String>, example = "bill-payment")]
    kind: Option<ServiceKind>,
    /// `person` or `firm`.
    #[param(value_type = Option<String>, example = "person")]
    audience: Option<Audience>,
    /// A branch's or city's zone.
    #[param(value_type = Option<String>)]
    zone: Option<ZoneCode>,
    /// Only what changed later than this (RFC 3339); services that are gone are
    /// listed too, with the phase `withdrawn`.
    #[param(value_type = Option<String>, example = "2026-11-21T00:00:00Z")]
    updated_since: Option<guichet_domain::Moment>,
    /// 1 to 200; 50 where nothing is said.
    limit: Option<u32>,
    /// The last page's `next_cursor`.
    cursor: Option<String>,
}

/// Where something is offered.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CoverageFilter {
    /// Only this service.
    #[param(value_type = Option<String>, example = "medical-insurance-code")]
    service: Option<ServiceCode>,
    /// Only services of this category.
    #[param(value_type = Option<String>)]
    category: Option<CategoryCode>,
    /// 1 to 200; 50 where nothing is said.
    limit: Option<u32>,
    /// The last page's `next_cursor`.
    cursor: Option<String>,
}

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(search))
        .routes(routes!(read))
        .routes(routes!(biller))
        .routes(routes!(coverage))
}

/// Find services
///
/// Best first. The answer's `ETag` names the whole catalogue: send it as
/// `If-None-Match` to learn cheaply that nothing has changed.
#[utoipa::path(
    get,
    path = "/v1/services",
    tag = "services",
    operation_id = "list_services",
    params(Search),
    responses(
        (status = 200, description = "A page of services", body = Page<ServiceSummary>),
        (status = 304, description = "Nothing has changed")
    )
)]
async fn search(
    State(api): State<Api>,
    _caller: Caller<ServicesRead>,
    trace: RequestTrace,
    headers: HeaderMap,
    Parameters(asked): Parameters<Search>,
) -> Result<Response, Problem> {
    let limit = page::limit(asked.limit)?;
    let cursor = asked
        .cursor
        .map(|cursor| page::decode_cursor("services", &cursor))
        .transpose()?;
    if asked
        .q
        .as_ref()
        .is_some_and(|words| words.chars().count() > 200)
    {
        return Err(Problem::new(Code::InvalidParameter).with_field(
            "q",
            Text::new("最多 200 个字符。", "At most 200 characters."),
        ));
    }
    let shelf = api.rooms().catalogue.shelf();
    let index = shelf.catalogue();
    let tag = format!("\"{}-{}\"", index.version(), trace.language.tag());
    // Clients may keep the answer and ask whether it still holds.
    let cache = [
        (header::ETAG, tag.clone()),
        (header::VARY, "accept-language, authorization".to_owned()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    if holds_version(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, cache).into_response());
    }
    let filter = Filter {
        words: asked.q.unwrap_or_default(),
        region: asked.region,
        category: asked.category,
        kind: asked.kind,
        audience: asked.audience,
        zone: asked.zone,
        updated_since_us: asked.updated_since.map(guichet_domain::Moment::micros),
        cursor,
        limit: limit as usize,
    };
    let found = index.search(&filter).map_err(|_| page::wrong_cursor())?;
    let next = found
        .next_cursor
        .map(|key| page::encode_cursor("services", &key));
    let items = found.items.into_iter().map(|item| match item {
        Item::Service(entry) => {
            ServiceSummary::new(&entry.service, entry.updated_us, trace.language)
        }
        Item::Gone(tombstone) => ServiceSummary::gone(&tombstone.code, tombstone.removed_us),
    });
    Ok((cache, axum::Json(Page::from_items(items, next))).into_response())
}

/// Read a service
///
/// Everything needed to draw its form, ask for consent, and pay.
#[utoipa::path(
    get,
    path = "/v1/services/{code}",
    tag = "services",
    operation_id = "get_service",
    params(("code" = String, Path, description = "The service's code", example = "water-330100-1")),
    responses((status = 200, description = "The service", body = ServiceDetail))
)]
async fn read(
    State(api): State<Api>,
    _caller: Caller<ServicesRead>,
    trace: RequestTrace,
    Segments(code): Segments<ServiceCode>,
) -> Result<axum::Json<ServiceDetail>, Problem> {
    let shelf = api.rooms().catalogue.shelf();
    let entry = shelf.entry(&code).ok_or(ServiceFailure::UnknownService)?;
    let updated_us = shelf
        .catalogue()
        .get(code.as_str())
        .map_or(0, |found| found.updated_us);
    let admission = entry.admission();
    let release = ServiceRelease {
        package: admission.package().to_string(),
        version: admission.version().to_string(),
        digest: admission.release.to_string(),
    };
    let locale = trace.language.tag();
    let permissions = permission::describe(&admission.manifest)
        .iter()
        .map(|one| {
            let (meaning, reason) = (one.meaning.in_locale(locale), one.reason.in_locale(locale));
            match trace.language {
                crate::language::Language::Chinese => format!("{meaning}（{reason}）"),
                crate::language::Language::English => format!("{meaning} ({reason})"),
            }
        })
        .collect();
    let summary = ServiceSummary::new(entry.service(), updated_us, trace.language);
    let now = api.rooms().ports.now();
    let detail = ServiceDetail::new(
        entry.service(),
        summary,
        release,
        permissions,
        now,
        trace.language,
    );
    Ok(axum::Json(detail))
}

/// Read a biller or agency
///
/// With the services it offers.
#[utoipa::path(
    get,
    path = "/v1/billers/{id}",
    tag = "taxonomy",
    operation_id = "get_biller",
    params(("id" = String, Path, description = "The biller's id")),
    responses((status = 200, description = "The biller", body = Biller))
)]
async fn biller(
    State(api): State<Api>,
    _caller: Caller<ServicesRead>,
    trace: RequestTrace,
    Segments(id): Segments<BillerId>,
) -> Result<axum::Json<Biller>, Problem> {
    let shelf = api.rooms().catalogue.shelf();
    let entries = shelf.catalogue().entries().iter();
    let own: Vec<_> = entries
        .filter(|entry| entry.service.biller.id == id)
        .take(200)
        .collect();
    let first = own.first().ok_or_else(Problem::not_found)?;
    let mut biller = Biller::new(&first.service.biller, trace.language);
    for entry in &own {
        biller.add(ServiceSummary::new(
            &entry.service,
            entry.updated_us,
            trace.language,
        ));
    }
    Ok(axum::Json(biller))
}

/// Read where services are offered
///
/// For each service the regions it is for, and, of a service of wide regions,
/// those with real data behind it.
#[utoipa::path(
    get,
    path = "/v1/coverage",
    tag = "taxonomy",
    operation_id = "list_coverage",
    params(CoverageFilter),
    responses((status = 200, description = "A page of services with their regions", body = Page<Coverage>))
)]
async fn coverage(
    State(api): State<Api>,
    _caller: Caller<ServicesRead>,
    Parameters(asked): Parameters<CoverageFilter>,
) -> Result<axum::Json<Page<Coverage>>, Problem> {
    let limit = page::limit(asked.limit)? as usize;
    let after = asked
        .cursor
        .map(|cursor| page::decode_cursor("coverage", &cursor))
        .transpose()?;
    let after = after.unwrap_or_default();
    let shelf = api.rooms().catalogue.shelf();
    let wanted = shelf.catalogue().entries().iter().filter(|entry| {
        entry.service.code.as_str() > after.as_str()
            && asked
                .service
                .as_ref()
                .is_none_or(|code| entry.service.code == *code)
            && asked
                .category
                .as_ref()
                .is_none_or(|code| entry.service.category == *code)
    });
    let mut rows: Vec<Coverage> = wanted
        .take(limit + 1)
        .map(|entry| Coverage::new(&entry.service))
        .collect();
    let more = rows.len() > limit;
    rows.truncate(limit);
    let last = rows.last().filter(|_| more);
    let next = last.map(|row| page::encode_cursor("coverage", &row.service));
    Ok(axum::Json(Page::from_items(rows, next)))
}
