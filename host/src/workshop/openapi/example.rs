//! Example bodies: the document's own, else put together of its schemas'
//! examples; values set in them by name, and the whole written as it is sent.

use serde_json::{Map, Value};

use super::Format;
use super::document::{Document, Media, Need};
use super::schema::{DEPTH_LIMIT, kind, properties, root_name, xml_name};

/// The example of a body; else the name of what has none.
pub(super) fn body(document: &Document, media: &Media<'_>) -> Result<Value, String> {
    match media.example {
        Some(example) if example.is_object() => Ok(example.clone()),
        _ => of_schema(document, media.schema, "the body", DEPTH_LIMIT),
    }
}

fn of_schema(
    document: &Document,
    schema: &Value,
    name: &str,
    depth: usize,
) -> Result<Value, String> {
    let missing = || format!("{name} has no example in the document");
    if depth == 0 {
        return Err(missing());
    }
    let first = schema["enum"].get(0).or_else(|| schema["examples"].get(0));
    let own = schema.get("example").or_else(|| schema.get("const"));
    if let Some(value) = own.or(first).or_else(|| schema.get("default")) {
        return Ok(value.clone());
    }
    match kind(schema) {
        "object" => {
            let mut members = Map::new();
            for property in properties(document, schema) {
                match of_schema(document, property.schema, property.name, depth - 1) {
                    Ok(value) => drop(members.insert(property.name.to_owned(), value)),
                    Err(missing) if property.need == Need::Required => return Err(missing),
                    Err(_) => {}
                }
            }
            Ok(members.into())
        }
        "array" => {
            let item = document.resolve(&schema["items"]);
            Ok(Value::Array(vec![of_schema(
                document,
                item,
                name,
                depth - 1,
            )?]))
        }
        _ => Err(missing()),
    }
}

/// The value at a way of names.
pub(super) fn get<'v>(value: &'v Value, names: &[String]) -> Option<&'v Value> {
    names.iter().try_fold(value, |value, name| value.get(name))
}

/// Sets the value at a way of names, making the objects on it.
pub(super) fn set(value: &mut Value, names: &[String], new: Value) {
    let Some((last, before)) = names.split_last() else {
        return;
    };
    let mut place = value;
    for name in before {
        if !place[name].is_object() {
            place[name] = Value::Object(Map::new());
        }
        place = &mut place[name];
    }
    place[last] = new;
}

/// A text as the kind of value that a schema wants.
pub(super) fn as_kind(schema: &Value, text: &str) -> Value {
    match kind(schema) {
        "integer" | "number" => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        _ => text.into(),
    }
}

/// A value as plain text.
pub(super) fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The body as it is sent.
pub(super) fn write(document: &Document, media: &Media<'_>, value: &Value) -> String {
    match media.format {
        Format::Json | Format::Form => value.to_string(),
        Format::Xml => {
            let charset = media.charset.to_ascii_uppercase();
            let mut text = format!("<?xml version=\"1.0\" encoding=\"{charset}\"?>");
            element(
                document,
                root_name(document, media),
                media.schema,
                value,
                &mut text,
            );
            text
        }
    }
}

fn element(document: &Document, name: &str, schema: &Value, value: &Value, text: &mut String) {
    text.push('<');
    text.push_str(name);
    let Some(members) = value.as_object() else {
        text.push('>');
        text.push_str(&escape(&plain(value)));
        text.push_str(&format!("</{name}>"));
        return;
    };
    let all = properties(document, schema);
    let schema_of = |name: &str| {
        let found = all.iter().find(|property| property.name == name);
        found.map_or(&Value::Null, |property| property.schema)
    };
    for (member, value) in members {
        let schema = schema_of(member);
        if schema["xml"]["attribute"] == true {
            let name = xml_name(schema, member);
            text.push_str(&format!(" {name}=\"{}\"", escape(&plain(value))));
        }
    }
    text.push('>');
    for (member, value) in members {
        let schema = schema_of(member);
        let own = xml_name(schema, member);
        if schema["xml"]["attribute"] == true {
            continue;
        }
        let Some(rows) = value.as_array() else {
            element(document, own, schema, value, text);
            continue;
        };
        let item = document.resolve(&schema["items"]);
        let wrapped = schema["xml"]["wrapped"] == true;
        let name = if wrapped {
            text.push_str(&format!("<{own}>"));
            xml_name(item, member)
        } else {
            xml_name(item, own)
        };
        for row in rows {
            element(document, name, item, row, text);
        }
        if wrapped {
            text.push_str(&format!("</{own}>"));
        }
    }
    text.push_str(&format!("</{name}>"));
}

/// Text as it stands in XML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
