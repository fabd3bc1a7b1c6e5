//! `/v1/regions` and `/v1/categories`: what services are sorted by.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use guichet_domain::id::RegionCode;
use guichet_registry::taxonomy::{Region as Row, RegionLevel, Taxonomy};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::caller::Caller;
use super::headers::holds_version;
use super::page::{self, Page};
use super::parameters::Parameters;
use super::scope::ServicesRead;
use super::shape::service::{TextsByLanguage, all_languages};
use super::trace::RequestTrace;
use crate::error::Problem;

/// The taxonomy changes with the program only.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A region of the country.
#[derive(Debug, Serialize, ToSchema)]
pub struct Region {
    /// GB/T 2260; `000000` is the whole country.
    #[schema(example = "330100")]
    pub code: String,
    /// Full name in Chinese.
    #[schema(example = "杭州市")]
    pub name: String,
    /// Name without its kind.
    #[schema(example = "杭州")]
    pub short_name: String,
    /// Name in English.
    #[schema(example = "Hangzhou")]
    pub english_name: String,
    /// `country`, `province`, `city` or `district`.
    pub level: String,
    /// The region it lies in.
    pub parent: Option<String>,
}

/// Categories that are shown together.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryGroup {
    /// Its code.
    pub code: String,
    /// Its name in the reader's language.
    pub name: String,
    /// Its name in every language.
    pub names: TextsByLanguage,
    /// The categories.
    pub categories: Vec<Category>,
}

/// A business type.
#[derive(Debug, Serialize, ToSchema)]
pub struct Category {
    /// Its code.
    #[schema(example = "water")]
    pub code: String,
    /// Its name in the reader's language.
    pub name: String,
    /// Its name in every language.
    pub names: TextsByLanguage,
    /// Name of its icon.
    pub icon: String,
}

/// Which regions to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RegionFilter {
    /// Only regions that lie directly in this one.
    #[param(value_type = Option<String>, example = "330000")]
    parent: Option<RegionCode>,
    /// 1 to 200; 50 where nothing is said.
    limit: Option<u32>,
    /// The last page's `next_cursor`.
    cursor: Option<String>,
}

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(regions))
        .routes(routes!(categories))
}

/// List regions
///
/// In the order of their codes. With `parent=000000` the provinces, with a
/// province's code its cities, with a city's code its districts.
#[utoipa::path(
    get,
    path = "/v1/regions",
    tag = "taxonomy",
    operation_id = "list_regions",
    params(RegionFilter),
    responses((status = 200, description = "A page of regions", body = Page<Region>))
)]
async fn regions(
    State(_api): State<Api>,
    _caller: Caller<ServicesRead>,
    Parameters(filter): Parameters<RegionFilter>,
) -> Result<axum::Json<Page<Region>>, Problem> {
    let limit = page::limit(filter.limit)? as usize;
    let after = match &filter.cursor {
        Some(cursor) => page::decode_cursor("regions", cursor)?,
        None => String::new(),
    };
    let wanted = |row: &&Row| {
        row.code.as_str() > after.as_str()
            && filter
                .parent
                .as_ref()
                .is_none_or(|parent| row.parent.as_ref() == Some(parent))
    };
    let mut rows: Vec<&Row> = Taxonomy::embedded()
        .regions()
        .iter()
        .filter(wanted)
        .take(limit + 1)
        .collect();
    let more = rows.len() > limit;
    rows.truncate(limit);
    let last = rows.last().filter(|_| more);
    let next_cursor = last.map(|row| page::encode_cursor("regions", row.code.as_str()));
    Ok(axum::Json(Page::from_items(
        rows.into_iter().map(Region::from),
        next_cursor,
    )))
}

/// List categories
///
/// All of them, in the groups and the order in which they are shown.
#[utoipa::path(
    get,
    path = "/v1/categories",
    tag = "taxonomy",
    operation_id = "list_categories",
    responses((status = 200, description = "All groups", body = Page<CategoryGroup>))
)]
async fn categories(
    State(_api): State<Api>,
    _caller: Caller<ServicesRead>,
    headers: HeaderMap,
    trace: RequestTrace,
) -> Response {
    let tag = format!("\"{VERSION}-{}\"", trace.language.tag());
    let cache = [
        (header::ETAG, tag.as_str()),
        (header::VARY, "accept-language, authorization"),
        (header::CACHE_CONTROL, "private, no-cache"),
    ];
    if holds_version(&headers, &tag) {
        return (StatusCode::NOT_MODIFIED, cache).into_response();
    }
    let locale = trace.language.tag();
    let category = |category: &guichet_registry::taxonomy::Category| Category {
        code: category.code.to_string(),
        name: category.names.in_locale(locale).to_owned(),
        names: all_languages(&category.names),
        icon: category.icon.clone(),
    };
    let groups = Taxonomy::embedded()
        .groups()
        .iter()
        .map(|group| CategoryGroup {
            code: group.code.to_string(),
            name: group.names.in_locale(locale).to_owned(),
            names: all_languages(&group.names),
            categories: group.categories.iter().map(category).collect(),
        });
    (cache, axum::Json(Page::from_items(groups, None))).into_response()
}

impl From<&Row> for Region {
    fn from(row: &Row) -> Self {
        Self {
            code: row.code.to_string(),
            name: row.name.to_string(),
            short_name: row.short_name.to_string(),
            english_name: row.english.to_string(),
            level: match row.level {
                RegionLevel::Country => "country",
                RegionLevel::Province => "province",
                RegionLevel::City => "city",
                RegionLevel::District => "district",
            }
            .to_owned(),
            parent: row.parent.as_ref().map(ToString::to_string),
        }
    }
}
