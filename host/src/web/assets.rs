//! Styles, script and mark, carried inside the program.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Changes with every build, so that browsers ask again after an upgrade.
const TAG: &str = concat!("\"", env!("CARGO_PKG_VERSION"), "\"");

/// Serves one asset.
pub(super) async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let (media_type, text) = match name.as_str() {
        "style.css" => (
            "text/css; charset=utf-8",
            include_str!("../../assets/style.css"),
        ),
        "progress.js" => (
            "text/javascript; charset=utf-8",
            include_str!("../../assets/progress.js"),
        ),
        "mark.svg" => ("image/svg+xml", include_str!("../../assets/mark.svg")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let cache = [
        (header::ETAG, TAG),
        (header::CACHE_CONTROL, "public, no-cache"),
    ];
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|tag| tag == TAG)
    {
        return (StatusCode::NOT_MODIFIED, cache).into_response();
    }
    ([(header::CONTENT_TYPE, media_type)], cache, text).into_response()
}
