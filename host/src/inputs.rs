//! Checks what a citizen filled in against a service's JSON Schema, and says
//! field by field what to mend. Does not draw forms and calls no plugin.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::{Map, Value};

use crate::language::Language;

/// One field that the citizen can mend.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// Name of the input.
    pub field: String,
    /// What to do, in the caller's language.
    pub message: String,
}

/// The schema itself cannot be used; admission should have refused it.
#[derive(Debug, thiserror::Error)]
#[error("the service's inputs schema cannot be used: {0}")]
pub struct SchemaError(String);

/// Inputs as name and text, or everything that is wrong with them.
pub type Checked = Result<Vec<(String, String)>, Vec<FieldError>>;

/// A form ready to be checked against. Making one costs a thousand times what
/// checking costs.
#[derive(Debug)]
pub struct Form {
    schema: Value,
    validator: Validator,
}

impl Form {
    /// Of a service's JSON Schema. Publishers write the patterns, so only an
    /// engine with linear time is used.
    pub fn new(schema: Value) -> Result<Self, SchemaError> {
        let validator = jsonschema::options()
            .with_pattern_options(PatternOptions::regex())
            .build(&schema)
            .map_err(|error| SchemaError(error.masked().to_string()))?;
        Ok(Self { schema, validator })
    }

    /// Whether it asks for this.
    #[must_use]
    pub fn asks_for(&self, name: &str) -> bool {
        self.schema["properties"].get(name).is_some()
    }

    /// Checks the inputs and gives them as the contract wants them: name and text.
    pub fn check(&self, inputs: &Map<String, Value>, language: Language) -> Checked {
        let instance = Value::Object(inputs.clone());
        let mut errors: Vec<FieldError> = self
            .validator
            .iter_errors(&instance)
            .flat_map(|error| explain(&self.schema, &error, language))
            .collect();
        errors.sort_by(|left, right| left.field.cmp(&right.field));
        errors.dedup_by(|left, right| left.field == right.field);
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(inputs
            .iter()
            .map(|(name, value)| (name.clone(), as_text(value)))
            .collect())
    }
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn explain(schema: &Value, error: &ValidationError<'_>, language: Language) -> Vec<FieldError> {
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let field = property.as_str().unwrap_or_default().to_owned();
            let message = language.pick("请填写此项", "this field is required");
            vec![FieldError {
                message: with_help(schema, &field, message, language),
                field,
            }]
        }
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => unexpected
            .iter()
            .map(|field| FieldError {
                field: field.clone(),
                message: language
                    .pick(
                        "该服务没有此项，请删除",
                        "the service has no such field; remove it",
                    )
                    .to_owned(),
            })
            .collect(),
        kind => {
            let field = first_segment(error.instance_path().as_str());
            let message = describe(kind, language);
            vec![FieldError {
                message: with_help(schema, &field, &message, language),
                field,
            }]
        }
    }
}

fn first_segment(pointer: &str) -> String {
    pointer
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn describe(kind: &ValidationErrorKind, language: Language) -> String {
    let zh = language == Language::Chinese;
    match kind {
        ValidationErrorKind::MinLength { limit } if zh => format!("至少 {limit} 个字符"),
        ValidationErrorKind::MinLength { limit } => format!("at least {limit} characters"),
        ValidationErrorKind::MaxLength { limit } if zh => format!("至多 {limit} 个字符"),
        ValidationErrorKind::MaxLength { limit } => format!("at most {limit} characters"),
        ValidationErrorKind::Minimum { limit } if zh => format!("不小于 {limit}"),
        ValidationErrorKind::Minimum { limit } => format!("not below {limit}"),
        ValidationErrorKind::Maximum { limit } if zh => format!("不大于 {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("not above {limit}"),
        ValidationErrorKind::Enum { options } if zh => format!("只能是 {options} 之一"),
        ValidationErrorKind::Enum { options } => format!("one of {options}"),
        ValidationErrorKind::Type { kind } if zh => format!("类型应为 {}", type_name(kind)),
        ValidationErrorKind::Type { kind } => format!("must be of type {}", type_name(kind)),
        _ => language
            .pick("格式不正确", "the format is not right")
            .to_owned(),
    }
}

fn type_name(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(kind) => kind.to_string(),
        TypeKind::Multiple(_) => "string".to_owned(),
    }
}

/// Adds the service's own help for the field, where it has one.
fn with_help(schema: &Value, field: &str, message: &str, language: Language) -> String {
    let help = &schema["properties"][field]["x-guichet"]["help"][language.tag()];
    match (help.as_str(), language) {
        (Some(help), Language::Chinese) => format!("{message}：{help}"),
        (Some(help), Language::English) => format!("{message}: {help}"),
        (None, _) => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(inputs: &Value) -> Result<Vec<(String, String)>, Vec<FieldError>> {
        let schema = json!({
            "type": "object",
            "properties": {
                "account": {
                    "type": "string", "pattern": "^[0-9]{10}$",
                    "x-guichet": {"help": {"zh-CN": "10 位数字", "en": "10 digits"}}
                },
                "months": {"type": "integer", "minimum": 1}
            },
            "required": ["account"],
            "additionalProperties": false
        });
        let inputs = inputs.as_object().unwrap().clone();
        Form::new(schema).unwrap().check(&inputs, Language::English)
    }

    #[test]
    fn good_inputs_come_back_as_text() {
        let checked = run(&json!({"account": "0123456789", "months": 3})).unwrap();
        assert_eq!(
            checked,
            [
                ("account".into(), "0123456789".into()),
                ("months".into(), "3".into())
            ]
        );
    }

    #[test]
    fn every_bad_field_is_named_with_the_mend() {
        let errors = run(&json!({"account": "12", "months": 0, "extra": "x"})).unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["account", "extra", "months"]);
        assert_eq!(errors[0].message, "the format is not right: 10 digits");
        let missing = run(&json!({})).unwrap_err();
        assert_eq!(missing[0].field, "account");
        assert!(missing[0].message.contains("required"));
    }

    #[test]
    fn a_costly_pattern_cannot_hang_the_host() {
        let schema = json!({
            "type": "object",
            "properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}
        });
        let inputs = json!({"a": format!("{}!", "a".repeat(10_000))});
        let form = Form::new(schema).unwrap();
        let checked = form.check(inputs.as_object().unwrap(), Language::English);
        assert!(checked.is_err());
    }
}
