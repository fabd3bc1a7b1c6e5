//! `/v1/packages`: what publishers have published here, and the door through
//! which releases come in.

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use guichet_domain::id::{PackageStem, PublisherName};
use guichet_registry::bundle::{Bundle, BundleLimits};
use guichet_registry::finding::Finding;
use guichet_registry::manifest::MANIFEST_FILE;
use guichet_registry::{Manifest, PackageName, Version};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::body;
use super::caller::Caller;
use super::page::Page;
use super::parameters::Segments;
use super::scope::{PackagesAdmit, PackagesRead};
use super::shape::package::Release;
use super::trace::RequestTrace;
use crate::error::{Code, Problem, Text};
use crate::plugins::PluginsError;

/// The largest bundle: the registry's own limit and a little for the envelope.
const BUNDLE_LIMIT_BYTES: usize = 64 * 1024 * 1024;
/// Media type of a bundle.
const BUNDLE: &str = "application/vnd.guichet.bundle";

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read_package))
        .routes(routes!(read, admit))
}

/// List installed releases
///
/// One page: packages are few.
#[utoipa::path(
    get,
    path = "/v1/packages",
    tag = "packages",
    operation_id = "list_packages",
    responses((status = 200, description = "All releases that serve", body = Page<Release>))
)]
async fn list(
    State(api): State<Api>,
    _caller: Caller<PackagesRead>,
    trace: RequestTrace,
) -> axum::Json<Page<Release>> {
    let releases = api.rooms().catalogue.releases();
    let items = releases
        .iter()
        .map(|admission| Release::new(admission, trace.language));
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
    responses((status = 200, description = "Its releases that serve", body = Page<Release>))
)]
async fn read_package(
    State(api): State<Api>,
    _caller: Caller<PackagesRead>,
    trace: RequestTrace,
    Segments((publisher, stem)): Segments<(PublisherName, PackageStem)>,
) -> Result<axum::Json<Page<Release>>, Problem> {
    let name = PackageName::new(publisher, stem);
    let releases = api.rooms().catalogue.releases();
    let own = releases
        .iter()
        .filter(|admission| *admission.package() == name);
    let items: Vec<Release> = own
        .map(|admission| Release::new(admission, trace.language))
        .collect();
    if items.is_empty() {
        return Err(Problem::not_found());
    }
    Ok(axum::Json(Page::from_items(items, None)))
}

/// Read a release
#[utoipa::path(
    get,
    path = "/v1/packages/{publisher}/{name}/releases/{version}",
    tag = "packages",
    operation_id = "get_release",
    params(
        ("publisher" = String, Path, description = "Who owns it"),
        ("name" = String, Path, description = "Its name at the publisher's"),
        ("version" = String, Path, description = "Semantic version")
    ),
    responses((status = 200, description = "The release", body = Release))
)]
async fn read(
    State(api): State<Api>,
    _caller: Caller<PackagesRead>,
    trace: RequestTrace,
    Segments((publisher, stem, version)): Segments<(PublisherName, PackageStem, Version)>,
) -> Result<axum::Json<Release>, Problem> {
    let name = PackageName::new(publisher, stem);
    let found = api
        .rooms()
        .catalogue
        .releases()
        .into_iter()
        .find(|admission| *admission.package() == name && *admission.version() == version)
        .ok_or_else(Problem::not_found)?;
    Ok(axum::Json(Release::new(&found, trace.language)))
}

/// Publish a release
///
/// The body is the signed bundle. It is checked whole; every finding comes back
/// as a field error with its file, line and mend. The same bundle twice changes
/// nothing; another one under the same version answers 409.
#[utoipa::path(
    put,
    path = "/v1/packages/{publisher}/{name}/releases/{version}",
    tag = "packages",
    operation_id = "put_release",
    params(
        ("publisher" = String, Path, description = "Who owns it"),
        ("name" = String, Path, description = "Its name at the publisher's"),
        ("version" = String, Path, description = "Semantic version")
    ),
    request_body(
        content = Vec<u8>,
        content_type = "application/vnd.guichet.bundle",
        description = "The bundle, at most 64 MiB"
    ),
    responses((status = 200, description = "The release, admitted", body = Release))
)]
async fn admit(
    State(api): State<Api>,
    _caller: Caller<PackagesAdmit>,
    trace: RequestTrace,
    Segments((publisher, stem, version)): Segments<(PublisherName, PackageStem, Version)>,
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
    require_name(&bytes, &PackageName::new(publisher, stem), &version)?;
    let admitted = api.rooms().catalogue.admit(bytes.to_vec()).await?;
    let shape = Release::new(&admitted, trace.language);
    Ok((StatusCode::OK, axum::Json(shape)).into_response())
}

/// Refuses a bundle that is put under another name than its own, before
/// anything of it is kept. What cannot be read is left to admission to explain.
fn require_name(bytes: &Bytes, package: &PackageName, version: &Version) -> Result<(), Problem> {
    let bundle = Bundle::read(bytes, BundleLimits::default()).ok();
    let manifest = bundle
        .as_ref()
        .and_then(|bundle| bundle.file(MANIFEST_FILE));
    let identity = manifest
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .and_then(|text| Manifest::read(text).ok());
    match identity {
        Some(found) if found.package != *package || found.version != *version => {
            let own = format!("{} {}", found.package, found.version);
            Err(Problem::new(Code::BundleRefused).with_field(
                "version",
                Text::new(
                    format!("包内写的是 {own}，请放到对应的路径。"),
                    format!("The bundle says it is {own}; put it under that path."),
                ),
            ))
        }
        Some(_) | None => Ok(()),
    }
}

impl From<PluginsError> for Problem {
    fn from(error: PluginsError) -> Self {
        match error {
            PluginsError::Refused(refused) => {
                refused
                    .findings
                    .iter()
                    .fold(Self::new(Code::BundleRefused), |problem, finding| {
                        problem.with_field(place(finding), Text::same(sentence(finding)))
                    })
            }
            PluginsError::Published(release) => {
                Self::new(Code::ReleaseExists).with_detail(Text::new(
                    format!("{release} 已经发布过，内容不同；请提高版本号。"),
                    format!("{release} is published with other content; raise the version."),
                ))
            }
            PluginsError::Store(error) => error.into(),
            PluginsError::Bundle(..) | PluginsError::Interrupted => Self::internal(error),
        }
    }
}

fn place(finding: &Finding) -> String {
    match finding.line {
        Some(line) => format!("{}:{line}", finding.file),
        None => finding.file.clone(),
    }
}

fn sentence(finding: &Finding) -> String {
    format!("{}: {}", finding.problem, finding.mend)
}
