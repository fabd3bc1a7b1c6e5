//! Security schemes as credentials that the host adds to requests: the plugin
//! never sees them, and the operator binds their secrets.

use std::collections::BTreeSet;

use serde_json::Value;

use super::WorkshopError;
use super::document::{Document, Operation};

/// A header that the operator binds to a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credential {
    /// In lower case.
    pub(super) header: String,
    /// With `{}` for the secret.
    pub(super) format: String,
}

/// The credentials of all operations.
pub(super) fn credentials(
    document: &Document,
    operations: &[&Operation<'_>],
) -> Result<Vec<Credential>, WorkshopError> {
    let mut names = BTreeSet::new();
    for operation in operations {
        for requirement in operation.security().as_array().into_iter().flatten() {
            let all = requirement.as_object().into_iter().flatten();
            names.extend(all.map(|(name, _)| name.as_str()));
        }
    }
    let schemes = &document.value["components"]["securitySchemes"];
    names
        .into_iter()
        .map(|name| credential(document, name, document.resolve(&schemes[name])))
        .collect()
}

fn credential(
    document: &Document,
    name: &str,
    scheme: &Value,
) -> Result<Credential, WorkshopError> {
    let text = |key: &str| scheme[key].as_str().unwrap_or_default();
    let made = |header: &str, format: &str| {
        Ok(Credential {
            header: header.to_ascii_lowercase(),
            format: format.to_owned(),
        })
    };
    match (text("type"), text("in"), text("scheme")) {
        ("apiKey", "header", _) => made(text("name"), "{}"),
        ("http", _, "bearer") => made("authorization", "Bearer {}"),
        ("http", _, "basic") => made("authorization", "Basic {}"),
        (kind, place, scheme) => Err(WorkshopError::openapi(
            format!("{}, securitySchemes.{name}", document.file),
            format!("type {kind} {place} {scheme} cannot be bound by an operator"),
            "use apiKey in a header, http bearer or http basic; for a signature write [sign] into the mapping",
        )),
    }
}
