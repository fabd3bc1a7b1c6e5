//! The published JSON Schema of the manifest and the reader agree: what the one
//! refuses, the other refuses too.

use guichet_registry::Manifest;
use jsonschema::Validator;
use serde_json::{Value, json};

const SCHEMA: &str = include_str!("../../docs/plugin.schema.json");
/// The example of the documentation, so that it stays lawful.
const GUIDE: &str = include_str!("../../docs/manifest.md");

fn schema() -> Validator {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    jsonschema::options()
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(&schema)
        .unwrap()
}

fn example() -> Value {
    let toml = GUIDE
        .split("```toml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    toml::from_str(toml).unwrap()
}

fn reads(manifest: &Value) -> bool {
    Manifest::read(&toml::to_string(manifest).unwrap()).is_ok()
}

#[test]
fn the_guides_example_is_lawful() {
    let example = example();
    let errors: Vec<String> = schema()
        .iter_errors(&example)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    assert!(reads(&example));
}

#[test]
fn the_guides_service_is_lawful() {
    let line = GUIDE
        .split("```json\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let service: guichet_registry::Service = serde_json::from_str(line).unwrap();
    assert_eq!(service.code.as_str(), "water-330100-1");
}

#[test]
fn what_the_reader_refuses_the_schema_refuses() {
    let schema = schema();
    let edits: [(&str, Value); 14] = [
        ("/package", json!("water")),
        ("/version", json!("1.0")),
        ("/contract", json!("zero")),
        ("/titles", json!({"zh-CN": "水费"})),
        ("/titles", json!({"zh-CN": "水费", "en": " "})),
        (
            "/titles",
            json!({"zh-CN": "水费", "en": "Water", "English": "Water"}),
        ),
        ("/component", json!({"file": "a.wasm", "digest": "x"})),
        ("/component", json!({"digest": "sha256:00"})),
        ("/endpoints/biller/routes/0/intent", json!("maybe")),
        ("/endpoints/biller/request_headers", json!(["X-Upper"])),
        ("/endpoints/biller/suggested_origin", json!("https://a/b")),
        ("/keys/biller-mac/algorithm", json!("rot13")),
        ("/keys/biller-mac/uses", json!(["hash"])),
        ("/data_class", json!("some")),
    ];
    for (path, value) in edits {
        let mut manifest = example();
        *manifest.pointer_mut(path).unwrap() = value;
        assert!(!reads(&manifest), "the reader takes {path}: {manifest}");
        assert!(!schema.is_valid(&manifest), "the schema takes {path}");
    }
    for section in ["", "/endpoints/biller", "/keys/biller-mac", "/permissions"] {
        let mut manifest = example();
        manifest.pointer_mut(section).unwrap()["colour"] = json!("red");
        assert!(
            !reads(&manifest),
            "the reader takes an unknown field of {section:?}"
        );
        assert!(
            !schema.is_valid(&manifest),
            "the schema takes an unknown field of {section:?}"
        );
    }
}

#[test]
fn required_fields_are_the_same() {
    let schema = schema();
    let names: Vec<String> = example().as_object().unwrap().keys().cloned().collect();
    for name in names {
        let mut manifest = example();
        manifest.as_object_mut().unwrap().remove(&name);
        assert_eq!(
            reads(&manifest),
            schema.is_valid(&manifest),
            "without {name}"
        );
    }
}
