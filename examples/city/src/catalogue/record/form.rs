//! The form: a schema of the inputs with its drawing hints.

use serde_json::{Map, Value, json};

use crate::catalogue::inputs::{Form, Input};
use crate::catalogue::labels::label;
use crate::catalogue::service::Service;

pub(super) fn inputs(service: &Service) -> Value {
    let mut properties = Map::new();
    for (order, input) in service.inputs.iter().enumerate() {
        properties.insert(input.name.to_owned(), property(input, order));
    }
    let required: Vec<&str> = service
        .inputs
        .iter()
        .filter(|input| !input.optional)
        .map(|input| input.name)
        .collect();
    let mut schema = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema["additionalProperties"] = json!(false);
    schema
}

fn property(input: &Input, order: usize) -> Value {
    let texts_of = |pair: (&str, &str)| json!({"zh-CN": pair.0, "en": pair.1});
    let label = label(input.label);
    let mut hints = json!({
        "label": texts_of(label.label),
        "help": texts_of(label.help),
        "keyboard": label.keyboard,
        "order": order + 1,
        "remember": label.key != "identity",
    });
    let optional = [("mask", label.mask), ("scan", label.scan)];
    for (name, value) in optional
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    {
        hints[name] = json!(value);
    }
    let mut property = json!({"type": "string", "x-guichet": hints});
    if let Some(pattern) = input.form.pattern() {
        property["pattern"] = json!(pattern);
    }
    if let Form::Choice(values) = input.form {
        property["enum"] = json!(values);
    }
    property
}
