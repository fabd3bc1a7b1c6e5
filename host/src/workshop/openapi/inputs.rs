//! What the citizen fills in: the parameters of the query operation as a form.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::WorkshopError;
use super::document::{Document, Need, Operation};
use super::fill::constant;
use super::nearest::suggest;
use super::plan::{InputPlan, Plan};
use super::schema::{kind, properties};

/// The form, and the inputs' names by the names of their parameters.
#[derive(Debug)]
pub(super) struct Inputs {
    pub(super) schema: Value,
    pub(super) names: BTreeMap<String, String>,
    /// A lawful value of each, for scenarios; none where the document shows none.
    pub(super) examples: BTreeMap<String, String>,
}

/// A place of the query that is asked of the citizen.
struct Asked<'d> {
    name: &'d str,
    need: Need,
    schema: &'d Value,
    value: &'d Value,
}

pub(super) fn inputs(
    operation: &Operation<'_>,
    plan: &Plan,
    notices: &mut Vec<String>,
) -> Result<Inputs, WorkshopError> {
    let all = asked(operation)?;
    let known = || all.iter().map(|asked| asked.name);
    if !all.iter().any(|asked| asked.name == plan.query.account) {
        return Err(WorkshopError::openapi(
            "the mapping, query.account",
            format!("{} takes no {:?}", operation.name, plan.query.account),
            suggest(&plan.query.account, known()),
        ));
    }
    if let Some(unknown) = plan
        .inputs
        .keys()
        .find(|name| !known().any(|one| one == *name))
    {
        return Err(WorkshopError::openapi(
            format!("the mapping, inputs.{unknown}"),
            format!("{} takes no {unknown:?}", operation.name),
            suggest(unknown, known()),
        ));
    }
    let mut made = Inputs {
        schema: Value::Null,
        names: BTreeMap::new(),
        examples: BTreeMap::new(),
    };
    let (mut members, mut required) = (Map::new(), Vec::new());
    for (order, one) in all.iter().enumerate() {
        let is_filled = plan.query.fill.contains_key(one.name);
        let is_constant = constant(one.schema).is_some();
        let is_account = one.name == plan.query.account;
        if is_filled || is_constant || (one.need == Need::Optional && !is_account) {
            continue;
        }
        let name = if is_account {
            "account".to_owned()
        } else {
            input_name(one.name)
        };
        let own = plan.inputs.get(one.name);
        members.insert(
            name.clone(),
            property(operation, one, own, order + 1, notices)?,
        );
        required.push(name.clone());
        if let Some(example) = example(one) {
            made.examples.insert(name.clone(), example);
        }
        made.names.insert(one.name.to_owned(), name);
    }
    made.schema = json!({"type": "object", "properties": members, "required": required});
    Ok(made)
}

/// Parameters, and the plain properties of a body.
fn asked<'d>(operation: &Operation<'d>) -> Result<Vec<Asked<'d>>, WorkshopError> {
    let document: &'d Document = operation.document;
    let mut all: Vec<Asked<'d>> = operation
        .parameters()
        .into_iter()
        .map(|parameter| Asked {
            name: parameter.name,
            need: parameter.need,
            schema: parameter.schema,
            value: parameter.value,
        })
        .collect();
    if let Some(body) = operation.body()? {
        plain(document, body.schema, 4, &mut all);
    }
    Ok(all)
}

fn plain<'d>(document: &'d Document, schema: &'d Value, depth: usize, all: &mut Vec<Asked<'d>>) {
    for property in properties(document, schema) {
        if kind(property.schema) == "object" && depth > 0 {
            plain(document, property.schema, depth - 1, all);
        } else {
            all.push(Asked {
                name: property.name,
                need: property.need,
                schema: property.schema,
                value: property.schema,
            });
        }
    }
}

fn property(
    operation: &Operation<'_>,
    asked: &Asked<'_>,
    own: Option<&InputPlan>,
    order: usize,
    notices: &mut Vec<String>,
) -> Result<Value, WorkshopError> {
    let schema = asked.schema;
    let mut made = Map::new();
    let kind = kind(schema);
    made.insert("type".to_owned(), kind.into());
    let mut digits = false;
    match kind {
        "string" => digits = string(operation, asked, own, &mut made)?,
        "integer" => {
            for key in ["minimum", "maximum"] {
                made.insert(key.to_owned(), schema[key].clone());
            }
        }
        "boolean" => {}
        other => {
            return Err(WorkshopError::openapi(
                operation.place(),
                format!(
                    "{:?} is of type {other}, which no citizen can fill in",
                    asked.name
                ),
                "fill it from the mapping: query.fill",
            ));
        }
    }
    let mut hints = Map::new();
    let told = asked.value["description"]
        .as_str()
        .or_else(|| schema["title"].as_str())
        .unwrap_or(asked.name);
    let label = match own.and_then(|own| own.label.as_ref()) {
        Some(label) => json!(label),
        None => {
            notices.push(format!(
                "services.jsonl: the label of {:?} is {told:?} in every language; write \
                 [inputs.{}] label = {{ zh-CN = \"…\", en = \"…\" }} into the mapping",
                asked.name, asked.name
            ));
            json!({"zh-CN": told, "en": told})
        }
    };
    hints.insert("label".to_owned(), label);
    if let Some(help) = own.and_then(|own| own.help.as_ref()) {
        hints.insert("help".to_owned(), json!(help));
    }
    if digits {
        hints.insert("keyboard".to_owned(), "digits".into());
    }
    hints.insert("order".to_owned(), order.into());
    hints.insert("remember".to_owned(), true.into());
    if let Some(choices) = made.get("enum").and_then(Value::as_array) {
        let names = choices.iter().filter_map(Value::as_str);
        let names: Map<String, Value> = names
            .map(|name| (name.to_owned(), json!({"zh-CN": name, "en": name})))
            .collect();
        hints.insert("choices".to_owned(), names.into());
    }
    made.insert("x-guichet".to_owned(), hints.into());
    Ok(made.into())
}

/// A text and what bounds it; says whether it is of digits only.
fn string(
    operation: &Operation<'_>,
    asked: &Asked<'_>,
    own: Option<&InputPlan>,
    made: &mut Map<String, Value>,
) -> Result<bool, WorkshopError> {
    let schema = asked.schema;
    for key in ["minLength", "maxLength", "enum"] {
        if let Some(value) = schema.get(key) {
            made.insert(key.to_owned(), value.clone());
        }
    }
    if schema["format"] == "date" {
        made.insert("format".to_owned(), "date".into());
    }
    let pattern = own
        .and_then(|own| own.pattern.as_deref())
        .or_else(|| schema["pattern"].as_str())
        .map(whole_pattern);
    let digits = pattern.as_deref().is_some_and(is_digits);
    let bounded = ["maxLength", "enum", "format"]
        .iter()
        .any(|key| made.contains_key(*key));
    match pattern {
        Some(pattern) => drop(made.insert("pattern".to_owned(), pattern.into())),
        None if bounded => {}
        None => {
            return Err(WorkshopError::openapi(
                operation.place(),
                format!("nothing bounds the text {:?}", asked.name),
                format!(
                    "add maxLength or pattern to the document, or write [inputs.{}] pattern = \"^…$\" into the mapping",
                    asked.name
                ),
            ));
        }
    }
    Ok(digits)
}

/// Between `^` and `$`, with classes that mean the same in every engine.
fn whole_pattern(pattern: &str) -> String {
    let plain = pattern
        .replace("\\d", "[0-9]")
        .replace("\\w", "[A-Za-z0-9_]");
    let start = if plain.starts_with('^') { "" } else { "^" };
    let end = if plain.ends_with('$') { "" } else { "$" };
    format!("{start}{plain}{end}")
}

fn is_digits(pattern: &str) -> bool {
    let rest = pattern.replace("[0-9]", "").replace("[1-9]", "");
    !rest.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn example(asked: &Asked<'_>) -> Option<String> {
    let value = asked
        .value
        .get("example")
        .or_else(|| asked.schema.get("example"))
        .or_else(|| asked.schema["enum"].get(0))?;
    Some(
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned),
    )
}

/// `meterNo` → `meter_no`.
fn input_name(name: &str) -> String {
    let mut made = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !made.is_empty() && !made.ends_with('_') {
            made.push('_');
        }
        if character.is_ascii_alphanumeric() {
            made.push(character.to_ascii_lowercase());
        } else if !made.ends_with('_') && !made.is_empty() {
            made.push('_');
        }
    }
    let begins = made.starts_with(|first: char| first.is_ascii_lowercase());
    let made = if begins {
        made
    } else {
        format!("input_{made}")
    };
    made.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_patterns_become_lawful() {
        assert_eq!(input_name("meterNo"), "meter_no");
        assert_eq!(input_name("X-Customer-No"), "x_customer_no");
        assert_eq!(input_name("户号"), "input_");
        assert_eq!(whole_pattern("\\d{8}"), "^[0-9]{8}$");
        assert!(is_digits("^[0-9]{8}$") && !is_digits("^[A-Z]{8}$"));
    }
}
