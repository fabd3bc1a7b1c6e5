//! Checks that an inputs schema can be drawn, and that it refuses what it means
//! to refuse. The same schema is checked once however many services share it.

use regex::RegexBuilder;

use super::Fault;
use crate::service::{InputSchema, Property, PropertyType};

const FIELDS_LIMIT: usize = 24;
const LENGTH_LIMIT: u32 = 1_000;
const CHOICES_LIMIT: usize = 64;
const PATTERN_LIMIT_BYTES: usize = 500;

pub(crate) fn check(schema: &InputSchema) -> Vec<Fault> {
    let mut faults = Vec::new();
    if schema.properties.len() > FIELDS_LIMIT {
        let problem = format!("the form has more than {FIELDS_LIMIT} fields");
        faults.push(Fault::new(problem, "ask for less"));
    }
    for name in schema
        .required
        .iter()
        .filter(|name| !schema.properties.contains_key(*name))
    {
        faults.push(Fault::new(
            format!("the required field {name:?} is not among the properties"),
            "add the property, or take the name out of required",
        ));
    }
    for (name, property) in &schema.properties {
        let named = |fault: Fault| Fault {
            problem: format!("input {name}: {}", fault.problem),
            mend: fault.mend,
        };
        faults.extend(property_faults(property).into_iter().map(named));
    }
    faults
}

fn property_faults(property: &Property) -> Vec<Fault> {
    let mut faults = misplaced(property);
    match property.kind {
        PropertyType::String => faults.extend(string_faults(property)),
        PropertyType::Integer => {
            if property
                .minimum
                .zip(property.maximum)
                .is_none_or(|(least, most)| least > most)
            {
                faults.push(Fault::new(
                    "an integer has a minimum and a maximum, in this order",
                    "state both",
                ));
            }
        }
        PropertyType::Boolean => {}
    }
    faults
}

/// Keywords that say nothing about the property's type.
fn misplaced(property: &Property) -> Vec<Fault> {
    let for_strings = [
        ("pattern", property.pattern.is_some()),
        ("minLength", property.min_length.is_some()),
        ("maxLength", property.max_length.is_some()),
        ("format", property.format.is_some()),
        ("enum", !property.choices.is_empty()),
    ];
    let for_integers = [
        ("minimum", property.minimum.is_some()),
        ("maximum", property.maximum.is_some()),
    ];
    let wrong: Vec<&str> = match property.kind {
        PropertyType::String => used(&for_integers),
        PropertyType::Integer => used(&for_strings),
        PropertyType::Boolean => [used(&for_strings), used(&for_integers)].concat(),
    };
    wrong
        .into_iter()
        .map(|name| Fault::new(format!("{name} does not go with the type"), "remove it"))
        .collect()
}

fn used(keywords: &[(&'static str, bool)]) -> Vec<&'static str> {
    keywords
        .iter()
        .filter(|(_, used)| *used)
        .map(|(name, _)| *name)
        .collect()
}

fn string_faults(property: &Property) -> Vec<Fault> {
    let mut faults = Vec::new();
    let (least, most) = (property.min_length.unwrap_or(0), property.max_length);
    if most.is_some_and(|most| most > LENGTH_LIMIT || most == 0 || most < least) {
        faults.push(Fault::new(
            format!("maxLength is 1 to {LENGTH_LIMIT} and not below minLength"),
            "correct it",
        ));
    }
    let bounded = most.is_some() || property.format.is_some() || !property.choices.is_empty();
    if !bounded && property.pattern.is_none() {
        faults.push(Fault::new(
            "nothing bounds the text",
            "state maxLength, pattern, enum or format",
        ));
    }
    faults.extend(property.pattern.as_deref().and_then(pattern_fault));
    faults.extend(choice_fault(property));
    faults
}

fn pattern_fault(pattern: &str) -> Option<Fault> {
    let mend =
        "write it between ^ and $ with plain classes such as [0-9], groups and bounded repeats";
    if pattern.len() > PATTERN_LIMIT_BYTES || !(pattern.starts_with('^') && pattern.ends_with('$'))
    {
        return Some(Fault::new(
            "the pattern is too long, or does not bind the whole text",
            mend,
        ));
    }
    if let Some(escape) = foreign_escape(pattern) {
        let problem =
            format!("the pattern's \\{escape} means different things in different engines");
        return Some(Fault::new(problem, mend));
    }
    if pattern.contains("(?") && !pattern.contains("(?:") {
        return Some(Fault::new(
            "the pattern has a group that not every engine knows",
            mend,
        ));
    }
    let compiled = RegexBuilder::new(pattern).size_limit(1 << 20).build();
    compiled.err().map(|error| {
        let reason = error.to_string();
        let last = reason.lines().last().unwrap_or_default().to_owned();
        Fault::new(format!("the pattern cannot be used: {last}"), mend)
    })
}

/// The first letter or digit after a backslash: a class, a boundary or a
/// reference.
fn foreign_escape(pattern: &str) -> Option<char> {
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        if character == '\\' {
            let escaped = characters.next()?;
            if escaped.is_ascii_alphanumeric() {
                return Some(escaped);
            }
        }
    }
    None
}

fn choice_fault(property: &Property) -> Option<Fault> {
    let choices = &property.choices;
    let mut distinct: Vec<&str> = choices.iter().map(AsRef::as_ref).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let short = choices
        .iter()
        .all(|choice| (1..=100).contains(&choice.len()));
    if distinct.len() != choices.len() || choices.len() > CHOICES_LIMIT || !short {
        let problem = format!("enum has at most {CHOICES_LIMIT} different texts of 1 to 100 bytes");
        return Some(Fault::new(problem, "correct it"));
    }
    let named: Vec<&str> = property.hints.choices.keys().map(AsRef::as_ref).collect();
    (distinct != named).then(|| {
        Fault::new(
            "x-guichet.choices does not name exactly the values of enum",
            "name each value in zh-CN and en",
        )
    })
}

#[cfg(test)]
mod tests {
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
}
