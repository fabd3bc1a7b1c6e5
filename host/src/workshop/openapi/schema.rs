//! Schemas of bodies: their properties, and the way to one of them as the
//! declarative plugin's mapping writes it, in JSON or XML.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document::{Document, Media, Need};
use super::nearest::suggest;
use super::{Format, WorkshopError};

/// Schemas within schemas.
pub(super) const DEPTH_LIMIT: usize = 24;

/// A property of an object.
#[derive(Debug, Clone)]
pub(super) struct Property<'d> {
    pub(super) name: &'d str,
    pub(super) schema: &'d Value,
    pub(super) need: Need,
}

/// Where something stands.
#[derive(Debug, Clone)]
pub(super) struct Located<'d> {
    /// The way as the mapping writes it: `answer.data.bills`, `/Answer/Bills/Bill`.
    pub(super) path: String,
    /// Names of the properties on the way.
    pub(super) names: Vec<String>,
    pub(super) schema: &'d Value,
}

/// All properties, those of `allOf`, `oneOf` and `anyOf` among them.
pub(super) fn properties<'d>(document: &'d Document, schema: &'d Value) -> Vec<Property<'d>> {
    let mut found = Vec::new();
    collect(document, schema, DEPTH_LIMIT, &mut found);
    found
}

fn collect<'d>(
    document: &'d Document,
    schema: &'d Value,
    depth: usize,
    found: &mut Vec<Property<'d>>,
) {
    if depth == 0 {
        return;
    }
    let schema = document.resolve(schema);
    let required: BTreeSet<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for (name, value) in schema["properties"].as_object().into_iter().flatten() {
        if !found.iter().any(|property| property.name == name) {
            found.push(Property {
                name,
                schema: document.resolve(value),
                need: Need::of(required.contains(name.as_str())),
            });
        }
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        for part in schema[key].as_array().into_iter().flatten() {
            collect(document, part, depth - 1, found);
        }
    }
}

/// `object`, `array`, `string`, `integer`, `number`, `boolean`.
pub(super) fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(kind) => kind,
        // OpenAPI 3.1: a list, usually with "null".
        Value::Array(kinds) => kinds
            .iter()
            .filter_map(Value::as_str)
            .find(|kind| *kind != "null")
            .unwrap_or("string"),
        _ if schema.get("items").is_some() => "array",
        _ if schema.get("properties").is_some() || schema.get("allOf").is_some() => "object",
        _ => "string",
    }
}

/// The element's name in XML.
pub(super) fn xml_name<'d>(schema: &'d Value, otherwise: &'d str) -> &'d str {
    schema["xml"]["name"].as_str().unwrap_or(otherwise)
}

/// The name of an XML body's outermost element.
pub(super) fn root_name<'d>(document: &'d Document, media: &Media<'d>) -> &'d str {
    let components = document.value["components"]["schemas"].as_object();
    let own = components
        .into_iter()
        .flatten()
        .find(|(_, schema)| std::ptr::eq(*schema, media.schema));
    xml_name(media.schema, own.map_or("Root", |(name, _)| name))
}

/// The way from a body's root to a dotted name.
pub(super) fn locate<'d>(
    document: &'d Document,
    media: &Media<'d>,
    dotted: &str,
    asked_by: &str,
) -> Result<Located<'d>, WorkshopError> {
    let start = match media.format {
        Format::Xml => format!("/{}", root_name(document, media)),
        Format::Json | Format::Form => "answer".to_owned(),
    };
    walk(
        document,
        media.format,
        (start, media.schema),
        dotted,
        asked_by,
    )
}

/// The way from a row of a list to a dotted name.
pub(super) fn locate_in_row<'d>(
    document: &'d Document,
    media: &Media<'d>,
    list: &Located<'d>,
    dotted: &str,
    asked_by: &str,
) -> Result<Located<'d>, WorkshopError> {
    let row = document.resolve(&list.schema["items"]);
    walk(
        document,
        media.format,
        ("$".to_owned(), row),
        dotted,
        asked_by,
    )
}

fn walk<'d>(
    document: &'d Document,
    format: Format,
    (mut path, mut schema): (String, &'d Value),
    dotted: &str,
    asked_by: &str,
) -> Result<Located<'d>, WorkshopError> {
    let mut names = Vec::new();
    for name in dotted.split('.') {
        let all = properties(document, schema);
        let Some(property) = all.iter().find(|property| property.name == name) else {
            let before = if names.is_empty() {
                "the answer".to_owned()
            } else {
                format!("`{}`", names.join("."))
            };
            return Err(WorkshopError::openapi(
                asked_by,
                format!("{before} has no property {name:?}"),
                suggest(name, all.iter().map(|property| property.name)),
            ));
        };
        schema = property.schema;
        names.push(name.to_owned());
        match format {
            Format::Json | Format::Form => {
                path.push('.');
                path.push_str(name);
            }
            Format::Xml => xml_step(document, schema, name, &mut path),
        }
    }
    Ok(Located {
        path,
        names,
        schema,
    })
}

/// One step in XML: an attribute, an element, or a wrapper and its elements.
fn xml_step(document: &Document, schema: &Value, name: &str, path: &mut String) {
    let own = xml_name(schema, name);
    path.push('/');
    if kind(schema) == "array" {
        let item = document.resolve(&schema["items"]);
        if schema["xml"]["wrapped"] == true {
            path.push_str(own);
            path.push('/');
            path.push_str(xml_name(item, name));
        } else {
            path.push_str(xml_name(item, own));
        }
    } else {
        if schema["xml"]["attribute"] == true {
            path.push('@');
        }
        path.push_str(own);
    }
}
