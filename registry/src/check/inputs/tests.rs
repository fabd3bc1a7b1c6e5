//! Every lawful and unlawful field.

use serde_json::{Value, json};

use super::*;

fn faults(mut property: Value) -> String {
    property["x-guichet"]["label"] = json!({"zh-CN": "户号", "en": "Account"});
    let schema = json!({"type": "object", "properties": {"account": property}});
    let schema: InputSchema = serde_json::from_value(schema).unwrap();
    check(&schema)
        .iter()
        .map(|fault| format!("{}; {}\n", fault.problem, fault.mend))
        .collect()
}

#[test]
fn lawful_fields_pass() {
    for property in [
        json!({"type": "string", "pattern": "^(?:浙|沪)[A-Z][0-9]{5,6}$"}),
        json!({"type": "string", "minLength": 1, "maxLength": 40}),
        json!({"type": "string", "format": "date"}),
        json!({"type": "integer", "minimum": 1, "maximum": 12}),
        json!({"type": "boolean"}),
    ] {
        assert_eq!(faults(property.clone()), "", "{property}");
    }
    let choices = json!({"type": "string", "enum": ["a"],
        "x-guichet": {"choices": {"a": {"zh-CN": "甲", "en": "A"}}}});
    assert_eq!(faults(choices), "");
}

#[test]
fn every_unlawful_field_is_refused() {
    let cases = [
        (json!({"type": "string"}), "nothing bounds the text"),
        (
            json!({"type": "string", "maxLength": 1_001}),
            "maxLength is 1 to 1000",
        ),
        (
            json!({"type": "string", "maxLength": 2, "minLength": 3}),
            "not below minLength",
        ),
        (
            json!({"type": "string", "pattern": "[0-9]+"}),
            "bind the whole text",
        ),
        (
            json!({"type": "string", "pattern": "^\\d+$"}),
            "\\d means different things",
        ),
        (
            json!({"type": "string", "pattern": "^(a$"}),
            "cannot be used",
        ),
        (
            json!({"type": "string", "pattern": "^(?=a)$"}),
            "not every engine knows",
        ),
        (
            json!({"type": "string", "pattern": "^a{1000}{1000}$"}),
            "cannot be used",
        ),
        (
            json!({"type": "string", "enum": ["a", "a"]}),
            "different texts",
        ),
        (json!({"type": "string", "enum": ["a"]}), "name each value"),
        (
            json!({"type": "string", "maxLength": 1, "minimum": 1}),
            "minimum does not go",
        ),
        (
            json!({"type": "integer", "minimum": 1}),
            "a minimum and a maximum",
        ),
        (
            json!({"type": "integer", "minimum": 2, "maximum": 1}),
            "in this order",
        ),
        (
            json!({"type": "boolean", "pattern": "^a$"}),
            "pattern does not go",
        ),
    ];
    for (property, expected) in cases {
        let found = faults(property.clone());
        assert!(found.contains(expected), "{property}: {found:?}");
        assert!(found.starts_with("input account: "), "{found}");
    }
}

#[test]
fn unknown_keywords_and_fields_are_refused() {
    let open = json!({"type": "object", "properties": {}, "additionalProperties": true});
    assert!(serde_json::from_value::<InputSchema>(open).is_err());
    let foreign = json!({"type": "object", "properties": {}, "oneOf": []});
    assert!(serde_json::from_value::<InputSchema>(foreign).is_err());
    let missing = json!({"type": "object", "properties": {}, "required": ["a"]});
    let schema: InputSchema = serde_json::from_value(missing).unwrap();
    assert!(
        check(&schema)[0]
            .problem
            .contains("not among the properties")
    );
}
