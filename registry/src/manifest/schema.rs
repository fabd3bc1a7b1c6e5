//! The published JSON Schema of the manifest: the same text that editors use
//! finds faults on entry, each with its line. What it cannot say (whether parts
//! fit each other and the bundle) is checked elsewhere.

use std::sync::LazyLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::paths::LocationSegment;
use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::Value;

use super::MANIFEST_FILE;
use super::read::Document;
use crate::finding::{Finding, Rule};

/// The schema as it is published under `docs/`.
pub const MANIFEST_SCHEMA: &str = include_str!("../../../docs/plugin.schema.json");

/// The most findings of one manifest.
const FINDINGS_LIMIT: usize = 50;
/// Values are quoted in part only.
const QUOTE_CHARACTERS: usize = 60;

static SCHEMA: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(MANIFEST_SCHEMA).expect("the embedded schema is tested"));

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    jsonschema::options()
        // Without look-around and references: linear in the text.
        .with_pattern_options(PatternOptions::regex())
        .build(&SCHEMA)
        .expect("the embedded schema is tested")
});

/// Where the manifest is not as the schema wants it.
pub(crate) fn check(document: &Document<'_>) -> Vec<Finding> {
    let Ok(manifest) = toml::from_str::<Value>(document.text()) else {
        return Vec::new();
    };
    let errors = VALIDATOR.iter_errors(&manifest).take(FINDINGS_LIMIT);
    errors
        .flat_map(|error| findings(&error, document))
        .take(FINDINGS_LIMIT)
        .collect()
}

fn findings(error: &ValidationError<'_>, document: &Document<'_>) -> Vec<Finding> {
    let path: Vec<String> = error
        .instance_path()
        .segments()
        .map(|segment| match segment {
            LocationSegment::Property(name) => name.to_string(),
            LocationSegment::Index(index) => index.to_string(),
        })
        .collect();
    let within = if path.is_empty() {
        String::new()
    } else {
        format!("{}: ", path.join("."))
    };
    let finding = |path: &[&str], problem: String, mend: String| {
        let problem = format!("{within}{problem}");
        Finding::new(Rule::Manifest, MANIFEST_FILE, problem, mend).at(document.line(path))
    };
    let mut path: Vec<&str> = path.iter().map(String::as_str).collect();
    if let ValidationErrorKind::AdditionalProperties { unexpected } = error.kind() {
        let named = unexpected.iter().map(|name| {
            path.push(name);
            let problem = format!("nothing is called {:?} here", quote(name));
            let found = finding(&path, problem, "correct the name or remove it".to_owned());
            path.pop();
            found
        });
        return named.collect();
    }
    let (problem, mend) = words(error);
    vec![finding(&path, problem, mend)]
}

/// What is wrong and what to do about it.
fn words(error: &ValidationError<'_>) -> (String, String) {
    use ValidationErrorKind as Kind;
    let value = quote(&error.instance().to_string());
    match error.kind() {
        Kind::Required { property } => (
            format!("{} is missing", property.as_str().unwrap_or_default()),
            "add it".to_owned(),
        ),
        Kind::Enum { options } => {
            let options: Vec<String> = options
                .as_array()
                .into_iter()
                .flatten()
                .map(|option| {
                    option
                        .as_str()
                        .map_or_else(|| option.to_string(), str::to_owned)
                })
                .collect();
            let mend = format!("write one of {}", options.join(", "));
            (format!("{value} is not known here"), mend)
        }
        Kind::PropertyNames { error } => (
            format!(
                "the name {} is not lawful",
                quote(&error.instance().to_string())
            ),
            described(error),
        ),
        Kind::Type { kind } => {
            let expected = match kind {
                TypeKind::Single(kind) => kind.to_string(),
                TypeKind::Multiple(_) => "value of another type".to_owned(),
            };
            (
                format!("{value} is of the wrong type"),
                format!("write it as {expected}"),
            )
        }
        Kind::Pattern { .. } | Kind::OneOfNotValid { .. } | Kind::OneOfMultipleValid { .. } => (
            format!("{value} does not have the right form"),
            described(error),
        ),
        _ => (quote(&error.to_string()), described(error)),
    }
}

/// The schema's own words about the place, where it has any.
fn described(error: &ValidationError<'_>) -> String {
    let place = error.schema_path().as_str();
    let around = place.rsplit_once('/').map_or("", |(around, _)| around);
    let words = SCHEMA
        .pointer(around)
        .and_then(|part| part.get("description"))
        .and_then(Value::as_str);
    match words {
        Some(words) => format!("write it as docs/manifest.md says: {words}"),
        None => "write it as docs/manifest.md says".to_owned(),
    }
}

fn quote(text: &str) -> String {
    let plain = |character: &char| !character.is_control();
    let mut quoted: String = text.chars().filter(plain).take(QUOTE_CHARACTERS).collect();
    if text.chars().count() > QUOTE_CHARACTERS {
        quoted.push('…');
    }
    quoted
}
