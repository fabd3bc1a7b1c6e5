//! The OpenAPI 3.1 document: made by the handlers' own annotations, completed
//! here with what holds for all of them (errors, authentication, versions).

use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use utoipa::OpenApi as _;

use crate::error::{Code, FieldError, ProblemBody, Retry};

/// What cannot be said at a handler.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Guichet access standard",
        version = "1.0.0",
        description = "One API for every bill and city service in the catalogue. \
            Amounts are whole minor units (8650 and CNY are ¥86.50); times are RFC 3339 in UTC; \
            lists come in pages. Every error is a problem document (RFC 9457): branch on `code`, \
            and let `retry` say what to do next.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(ProblemBody, FieldError, Retry)),
    tags(
        (name = "services", description = "The catalogue"),
        (name = "taxonomy", description = "Regions, categories, billers and coverage"),
        (name = "bill queries", description = "What is owed. Every payment begins here"),
        (name = "payments", description = "Pay, follow, prove, undo"),
        (name = "inquiries", description = "Documents from agencies, at once or later"),
        (name = "credentials", description = "Codes with a short life"),
        (name = "consents", description = "A subject's permission to use named data"),
        (name = "accounts", description = "Accounts in the books, and saved service accounts"),
        (name = "clients", description = "The operator's side of clients' accounts and prices"),
        (name = "packages", description = "What publishers have published here, and decisions about it"),
        (name = "registry", description = "What people decide, who they are, and the log of it"),
        (name = "day end", description = "Day files, comparison, settlement and work orders"),
        (name = "audit", description = "The signed logs of everything that happened, and proofs from them"),
        (name = "operations", description = "For operators and their machines"),
    )
)]
pub(super) struct Document;

impl Document {
    /// The empty document that handlers are added to.
    pub(super) fn base() -> utoipa::openapi::OpenApi {
        Self::openapi()
    }
}

/// Adds what holds for every operation.
pub(super) fn complete(document: &utoipa::openapi::OpenApi) -> Value {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    document["components"]["securitySchemes"] = json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "A client's token. `guichet dev` prints one for development."
        }
    });
    document["components"]["schemas"]["Problem"]["properties"]["code"]["examples"] = Code::ALL
        .iter()
        .map(|code| Value::from(code.as_str()))
        .collect();
    let problem = json!({
        "description": "A problem document; `code` says which, `retry` what to do next",
        "content": {
            "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } }
        }
    });
    for (path, operation) in operations_mut(&mut document) {
        operation["responses"]["default"] = problem.clone();
        if path.starts_with("/v1/") {
            operation["security"] = json!([{ "bearer": [] }]);
        }
    }
    document
}

fn operations_mut(document: &mut Value) -> impl Iterator<Item = (String, &mut Value)> {
    const METHODS: [&str; 4] = ["get", "put", "post", "delete"];
    document["paths"]
        .as_object_mut()
        .into_iter()
        .flatten()
        .flat_map(|(path, item)| {
            let path = path.clone();
            item.as_object_mut()
                .into_iter()
                .flatten()
                .filter(|(method, _)| METHODS.contains(&method.as_str()))
                .map(move |(_, operation)| (path.clone(), operation))
        })
}

/// The document as it is served.
pub(super) fn serve(bytes: Bytes) -> Response {
    const HEADERS: [(header::HeaderName, &str); 3] = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=300"),
        // Tools in a browser read it from anywhere; it holds no secret.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (HEADERS, bytes).into_response()
}
