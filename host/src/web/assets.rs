//! Styles, script and mark, carried inside the program.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::canonical::sha256;

/// Serves one asset.
pub(super) async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let (media_type, text) = match name.as_str() {
        "style.css" => (
            "text/css; charset=utf-8",
            include_str!("../../assets/style.css"),
        ),
        "page.js" => (
            "text/javascript; charset=utf-8",
            include_str!("../../assets/page.js"),
        ),
        "icons.svg" => ("image/svg+xml", include_str!("../../assets/icons.svg")),
        "mark.svg" => ("image/svg+xml", include_str!("../../assets/mark.svg")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    // The tag follows from the bytes, so that browsers see every change at once.
    let digest = sha256(&[text.as_bytes()]).hex();
    let tag = format!("\"{digest}\"");
    let known = headers.get(header::IF_NONE_MATCH);
    let is_known = known.is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let cache = [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, "public, no-cache".to_owned()),
    ];
    if is_known {
        return (StatusCode::NOT_MODIFIED, cache).into_response();
    }
    ([(header::CONTENT_TYPE, media_type)], cache, text).into_response()
}

#[cfg(test)]
mod tests {
    use guichet_registry::taxonomy::Taxonomy;

    #[test]
    fn every_category_has_its_icon() {
        let icons = include_str!("../../assets/icons.svg");
        for category in Taxonomy::embedded()
            .groups()
            .iter()
            .flat_map(|group| &group.categories)
        {
            let symbol = format!("id=\"{}\"", category.icon);
            assert!(icons.contains(&symbol), "{}", category.icon);
        }
    }

    #[test]
    fn the_script_stays_small() {
        assert!(include_str!("../../assets/page.js").len() < 30 * 1024);
    }
}
