//! `/docs`: the OpenAPI document as one readable page, drawn on the server,
//! without scripts and without anything from elsewhere.

use std::fmt::Write as _;

use aws_lc_rs::digest;
use axum::body::Bytes;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

const STYLE: &str = include_str!("../../assets/docs.css");
const METHODS: [&str; 4] = ["get", "post", "put", "delete"];

/// The page, drawn once at start.
#[derive(Debug, Clone)]
pub(super) struct Page {
    html: Bytes,
    policy: HeaderValue,
}

impl Page {
    /// Draws the page of a document.
    pub(super) fn of_document(document: &Value) -> Self {
        let hash = STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes()));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'"
        );
        Self {
            html: draw(document).into(),
            policy: HeaderValue::from_str(&policy).expect("base64 is visible ASCII"),
        }
    }

    /// Serves it.
    pub(super) fn serve(&self) -> Response {
        let headers = [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/html; charset=utf-8"),
            ),
            (header::CONTENT_SECURITY_POLICY, self.policy.clone()),
            (
                header::CACHE_CONTROL,
                HeaderValue::from_static("public, max-age=300"),
            ),
        ];
        (headers, self.html.clone()).into_response()
    }
}

fn draw(document: &Value) -> String {
    let title = text(&document["info"]["title"]);
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style></head><body><header><h1>{title}</h1>\
         <p>{}</p><p>Machine-readable: <a href=\"/openapi.json\">/openapi.json</a></p></header>",
        inline(&document["info"]["description"])
    );
    let tags = document["tags"].as_array().map_or(&[][..], Vec::as_slice);
    page.push_str("<nav aria-label=\"Contents\"><ul>");
    for tag in tags {
        let name = text(&tag["name"]);
        let _infallible = write!(page, "<li><a href=\"#{}\">{name}</a></li>", anchor(&name));
    }
    page.push_str("<li><a href=\"#schemas\">schemas</a></li></ul></nav><main>");
    for tag in tags {
        draw_tag(&mut page, document, tag);
    }
    page.push_str("<section id=\"schemas\"><h2>Schemas</h2>");
    for (name, schema) in members(&document["components"]["schemas"]) {
        draw_schema(&mut page, name, schema);
    }
    page.push_str("</section></main></body></html>");
    page
}

fn draw_tag(page: &mut String, document: &Value, tag: &Value) {
    let name = text(&tag["name"]);
    let _infallible = write!(
        page,
        "<section id=\"{}\"><h2>{name}</h2><p>{}</p>",
        anchor(&name),
        inline(&tag["description"])
    );
    for (path, item) in members(&document["paths"]) {
        for method in METHODS {
            let operation = &item[method];
            if operation["tags"][0] == tag["name"] {
                draw_operation(page, method, path, operation);
            }
        }
    }
    page.push_str("</section>");
}

fn draw_operation(page: &mut String, method: &str, path: &str, operation: &Value) {
    let _infallible = write!(
        page,
        "<article><h3><span class=\"{method}\">{}</span> <code>{}</code></h3><p>{}</p><p>{}</p>",
        method.to_uppercase(),
        escape(path),
        inline(&operation["summary"]),
        inline(&operation["description"])
    );
    let parameters = operation["parameters"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    if !parameters.is_empty() {
        page.push_str("<table><caption>Parameters</caption>");
        for parameter in parameters {
            let required = if parameter["required"] == true {
                ", required"
            } else {
                ""
            };
            let _infallible = write!(
                page,
                "<tr><th scope=\"row\"><code>{}</code></th><td>{}{required}</td><td>{}</td></tr>",
                text(&parameter["name"]),
                text(&parameter["in"]),
                inline(&parameter["description"])
            );
        }
        page.push_str("</table>");
    }
    page.push_str("<table><caption>Bodies</caption>");
    if !operation["requestBody"].is_null() {
        draw_body(page, "request", &operation["requestBody"]);
    }
    for (status, response) in members(&operation["responses"]) {
        draw_body(page, status, response);
    }
    page.push_str("</table></article>");
}

fn draw_body(page: &mut String, name: &str, body: &Value) {
    let content = members(&body["content"])
        .map(|(media_type, content)| {
            format!(
                "{} <code>{}</code>",
                kind(&content["schema"]),
                escape(media_type)
            )
        })
        .collect::<Vec<_>>()
        .join(", ");
    let description = inline(&body["description"]);
    let _infallible = write!(
        page,
        "<tr><th scope=\"row\">{}</th><td>{content}</td><td>{description}</td></tr>",
        escape(name)
    );
}

fn draw_schema(page: &mut String, name: &str, schema: &Value) {
    let _infallible = write!(
        page,
        "<article id=\"schema-{0}\"><h3>{0}</h3><p>{1}</p>",
        escape(name),
        inline(&schema["description"])
    );
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values
            .iter()
            .map(|value| format!("<code>{}</code>", text(value)))
            .collect();
        let _infallible = write!(page, "<p>One of {}.</p>", values.join(", "));
    }
    let parts = ["allOf", "oneOf"]
        .iter()
        .filter_map(|key| schema[*key].as_array())
        .flatten();
    for part in parts {
        let _infallible = write!(page, "<p>{}</p>", kind(part));
        draw_properties(page, part);
    }
    draw_properties(page, schema);
    page.push_str("</article>");
}

fn draw_properties(page: &mut String, schema: &Value) {
    if members(&schema["properties"]).next().is_none() {
        return;
    }
    page.push_str("<table>");
    for (name, property) in members(&schema["properties"]) {
        let _infallible = write!(
            page,
            "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td>{}</td></tr>",
            escape(name),
            kind(property),
            inline(&property["description"])
        );
    }
    page.push_str("</table>");
}

/// What a schema is, in a word or a link.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|path| path.rsplit('/').next())
    {
        let name = escape(name);
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    if !schema["items"].is_null() {
        return format!("list of {}", kind(&schema["items"]));
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        return choices.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    match &schema["type"] {
        Value::Array(types) => types.iter().map(text).collect::<Vec<_>>().join(" or "),
        other => text(other),
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn anchor(name: &str) -> String {
    name.replace(' ', "-")
}

fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

/// Text with its `code` drawn as such.
fn inline(value: &Value) -> String {
    let escaped = text(value);
    let parts = escaped.split('`').enumerate();
    parts.fold(
        String::with_capacity(escaped.len()),
        |mut drawn, (position, part)| {
            if position % 2 == 1 {
                let _infallible = write!(drawn, "<code>{part}</code>");
            } else {
                drawn.push_str(part);
            }
            drawn
        },
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn foreign_text_is_escaped_and_nothing_is_fetched_from_elsewhere() {
        let document = json!({
            "info": {"title": "<script>", "description": "see `a<b`"},
            "tags": [{"name": "bill queries", "description": ""}],
            "paths": {"/x/{id}": {"get": {"tags": ["bill queries"], "summary": "Reads"}}},
            "components": {"schemas": {"Money": {"properties": {"amount": {"type": "integer"}}}}}
        });
        let page = draw(&document);
        assert!(page.contains("<title>&lt;script&gt;</title>"));
        assert!(page.contains("see <code>a&lt;b</code>"));
        assert!(page.contains("id=\"bill-queries\""));
        assert!(page.contains("<code>/x/{id}</code>"));
        assert!(page.contains("id=\"schema-Money\""));
        assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("http"));
    }
}
