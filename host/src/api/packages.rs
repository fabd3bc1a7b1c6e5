//! `/v1/packages`: releases from the day they are published, the door through
//! which bundles come in, and the decisions about them.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use guichet_domain::Digest;
use guichet_domain::id::{PackageStem, PublisherName};
use guichet_registry::register::{Act, GrantTerms, Reason, ReviewAct, RolloutAct, Stage};
use guichet_registry::{PackageName, Version};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::body::{self, Json};
use super::insider::Insider;
use super::page::Page;
use super::parameters::Segments;
use super::registry;
use super::scope::{PackagesAdmit, PackagesRead};
use super::shape::package::{Published, Release, ReleaseItem};
use super::shape::registry::Entered;
use super::trace::RequestTrace;
use crate::error::{Code, Problem, Text};

/// The largest bundle: the registry's own limit and a little for the envelope.
const BUNDLE_LIMIT_BYTES: usize = 64 * 1024 * 1024;
/// Media type of a bundle.
const BUNDLE: &str = "application/vnd.guichet.bundle";

/// Publisher, name and version of a path, as the description tells them.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only described here; `Name` reads them")]
struct ReleasePath {
    /// Who owns it
    publisher: String,
    /// Its name at the publisher's
    name: String,
    /// Semantic version
    version: String,
}

/// The same as they are read.
type Name = Segments<(PublisherName, PackageStem, Version)>;

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read_package))
        .routes(routes!(read, publish))
        .routes(routes!(approve))
        .routes(routes!(reject))
        .routes(routes!(roll_out))
        .routes(routes!(yank))
}

/// List releases
///
/// All packages' releases with how far each has come.
#[utoipa::path(
    get,
    path = "/v1/packages",
    tag = "packages",
    operation_id = "list_packages",
    responses((status = 200, description = "All releases", body = Page<ReleaseItem>))
)]
async fn list(
    State(api): State<Api>,
    insider: Insider<PackagesRead>,
) -> axum::Json<Page<ReleaseItem>> {
    let items = items(&api, |package| insider.may_see(package.publisher()));
    axum::Json(Page::from_items(items, None))
}

/// Read a package's releases
#[utoipa::path(
    get,
    path = "/v1/packages/{publisher}/{name}",
    tag = "packages",
    operation_id = "get_package",
    params(
        ("publisher" = String, Path, description = "Who owns it"),
        ("name" = String, Path, description = "Its name at the publisher's")
    ),
    responses((status = 200, description = "Its releases", body = Page<ReleaseItem>))
)]
async fn read_package(
    State(api): State<Api>,
    insider: Insider<PackagesRead>,
    Segments((publisher, stem)): Segments<(PublisherName, PackageStem)>,
) -> Result<axum::Json<Page<ReleaseItem>>, Problem> {
    let name = PackageName::new(publisher, stem);
    let items = items(&api, |package| {
        *package == name && insider.may_see(package.publisher())
    });
    if items.is_empty() {
        return Err(Problem::not_found());
    }
    Ok(axum::Json(Page::from_items(items, None)))
}

/// Read a release
///
/// With its permissions in plain words, and how it differs from the release that
/// serves.
#[utoipa::path(
    get,
    path = "/v1/packages/{publisher}/{name}/releases/{version}",
    tag = "packages",
    operation_id = "get_release",
    params(ReleasePath),
    responses((status = 200, description = "The release", body = Release))
)]
async fn read(
    State(api): State<Api>,
    insider: Insider<PackagesRead>,
    trace: RequestTrace,
    name: Name,
) -> Result<axum::Json<Release>, Problem> {
    if !insider.may_see(&name.0.0) {
        return Err(Problem::not_found());
    }
    let digest = find(&api, name)?;
    let reviewed = api.rooms().governance.review(digest).await?;
    let item = api
        .rooms()
        .governance
        .read(|register| ReleaseItem::new(register, digest));
    let item = item.ok_or_else(Problem::not_found)?;
    Ok(axum::Json(Release::new(item, &reviewed, trace.language)))
}

/// Publish a release
///
/// The body is the signed bundle. It is checked and certified whole; every
/// finding comes back as a field error with its file, line and mend. The same
/// bundle twice changes nothing; another one under the same version answers 409.
/// A release serves nobody before it was reviewed and rolled out.
#[utoipa::path(
    put,
    path = "/v1/packages/{publisher}/{name}/releases/{version}",
    tag = "packages",
    operation_id = "put_release",
    params(ReleasePath),
    request_body(
        content = Vec<u8>,
        content_type = "application/vnd.guichet.bundle",
        description = "The bundle, at most 64 MiB"
    ),
    responses((status = 200, description = "The release, waiting for review", body = Published))
)]
async fn publish(
    State(api): State<Api>,
    insider: Insider<PackagesAdmit>,
    Segments((publisher, stem, version)): Name,
    request: Request,
) -> Result<Response, Problem> {
    let media_type = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok());
    if !matches!(media_type, Some(BUNDLE | "application/octet-stream")) {
        return Err(
            Problem::new(Code::UnsupportedMediaType).with_detail(Text::new(
                format!("请以 Content-Type: {BUNDLE} 发送插件包。"),
                format!("Send the bundle with Content-Type: {BUNDLE}."),
            )),
        );
    }
    let bytes = body::read(request.into_body(), BUNDLE_LIMIT_BYTES).await?;
    let package = PackageName::new(publisher, stem);
    let name = (&package, &version);
    let publication = api
        .rooms()
        .publishing
        .publish(&insider.actor, name, bytes)
        .await?;
    let item = api
        .rooms()
        .governance
        .read(|register| ReleaseItem::new(register, publication.digest));
    let item = item.ok_or_else(Problem::not_found)?;
    Ok((
        StatusCode::OK,
        axum::Json(Published::new(item, &publication)),
    )
        .into_response())
}

/// What a reviewer gives a release.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Approval {
    /// In place of what the serving release has, or what the first reviewer has
    /// proposed.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    grants: Option<Vec<GrantTerms>>,
}

/// Approve a release
///
/// Takes effect at once, or, where permissions grow or money is moved, when a
/// second reviewer approves with the same grants.
#[utoipa::path(
    post,
    path = "/v1/packages/{publisher}/{name}/releases/{version}/approve",
    tag = "packages",
    operation_id = "approve_release",
    params(ReleasePath),
    request_body = Approval,
    responses((status = 200, description = "Approved, or waiting for a second person", body = Entered))
)]
async fn approve(
    State(api): State<Api>,
    insider: Insider<PackagesAdmit>,
    name: Name,
    Json(approval): Json<Approval>,
) -> Result<axum::Json<Entered>, Problem> {
    let digest = find(&api, name)?;
    let governance = &api.rooms().governance;
    let entered = governance
        .approve(&insider.actor, digest, approval.grants)
        .await?;
    Ok(registry::settled(&api, entered).await)
}

/// Why a release is refused.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Rejection {
    /// Each with what to do.
    #[schema(value_type = Vec<String>)]
    reasons: Vec<Reason>,
}

/// Reject a release
#[utoipa::path(
    post,
    path = "/v1/packages/{publisher}/{name}/releases/{version}/reject",
    tag = "packages",
    operation_id = "reject_release",
    params(ReleasePath),
    request_body = Rejection,
    responses((status = 200, description = "Rejected", body = Entered))
)]
async fn reject(
    State(api): State<Api>,
    insider: Insider<PackagesAdmit>,
    name: Name,
    Json(rejection): Json<Rejection>,
) -> Result<axum::Json<Entered>, Problem> {
    let release = find(&api, name)?;
    let reasons = rejection.reasons;
    enter(&api, &insider, ReviewAct::Rejected { release, reasons }).await
}

/// For whom a release serves.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Rollout {
    /// `"general"`, or `{"pilot": {"share_permille": 50, "regions": []}}`.
    #[schema(value_type = Object)]
    stage: Stage,
}

/// Roll a release out
///
/// To a share of subjects or some regions first, then to everybody.
#[utoipa::path(
    post,
    path = "/v1/packages/{publisher}/{name}/releases/{version}/rollout",
    tag = "packages",
    operation_id = "roll_out_release",
    params(ReleasePath),
    request_body = Rollout,
    responses((status = 200, description = "It serves within a second", body = Entered))
)]
async fn roll_out(
    State(api): State<Api>,
    insider: Insider<PackagesAdmit>,
    name: Name,
    Json(rollout): Json<Rollout>,
) -> Result<axum::Json<Entered>, Problem> {
    let release = find(&api, name)?;
    let stage = rollout.stage;
    enter(&api, &insider, RolloutAct::RolledOut { release, stage }).await
}

/// Why a release must not be used any more.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Yanking {
    /// For its users to read.
    #[schema(value_type = String)]
    reason: Reason,
}

/// Yank a release
///
/// It serves nobody any more, and never again; the release before it goes on.
#[utoipa::path(
    post,
    path = "/v1/packages/{publisher}/{name}/releases/{version}/yank",
    tag = "packages",
    operation_id = "yank_release",
    params(ReleasePath),
    request_body = Yanking,
    responses((status = 200, description = "Yanked", body = Entered))
)]
async fn yank(
    State(api): State<Api>,
    insider: Insider<PackagesAdmit>,
    name: Name,
    Json(yanking): Json<Yanking>,
) -> Result<axum::Json<Entered>, Problem> {
    let release = find(&api, name)?;
    let reason = yanking.reason;
    enter(&api, &insider, RolloutAct::Yanked { release, reason }).await
}

async fn enter(
    api: &Api,
    insider: &Insider<PackagesAdmit>,
    act: impl Into<Act>,
) -> Result<axum::Json<Entered>, Problem> {
    let entered = api.rooms().governance.enter(&insider.actor, act).await?;
    Ok(registry::settled(api, entered).await)
}

/// The releases of some packages.
fn items(api: &Api, wanted: impl Fn(&PackageName) -> bool) -> Vec<ReleaseItem> {
    api.rooms().governance.read(|register| {
        let packages = register.packages().filter(|(name, _)| wanted(name));
        let releases = packages.flat_map(|(_, package)| &package.releases);
        releases
            .filter_map(|digest| ReleaseItem::new(register, *digest))
            .collect()
    })
}

fn find(api: &Api, Segments((publisher, stem, version)): Name) -> Result<Digest, Problem> {
    let name = PackageName::new(publisher, stem);
    let found = api
        .rooms()
        .governance
        .read(|register| register.find(&name, &version).map(|(digest, _)| digest));
    found.ok_or_else(Problem::not_found)
}
