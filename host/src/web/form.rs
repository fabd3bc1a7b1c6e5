//! Draws a service's form from its inputs schema. Any front does the same with
//! the schema of the API; this is the pages' way.

pub(super) mod region;

use guichet_registry::service::{InputSchema, Keyboard, Property, PropertyType};
use guichet_registry::texts::Texts;
use guichet_sandbox::contract::types::NextStep;

use crate::inputs::FieldError;
use crate::language::Language;

/// One field as the template draws it.
#[derive(Debug)]
pub struct Field {
    /// Name in the form.
    pub name: String,
    /// Label.
    pub label: String,
    /// Help below it.
    pub help: Option<String>,
    /// Inside the empty field.
    pub placeholder: Option<String>,
    /// What was filled in.
    pub value: String,
    /// HTML's type.
    pub input_type: &'static str,
    /// Which screen keyboard.
    pub inputmode: &'static str,
    /// Most characters.
    pub max_length: Option<u32>,
    /// Whether it must be filled in.
    pub required: bool,
    /// What to mend.
    pub problem: Option<String>,
    /// Whether there is text below it.
    pub described: bool,
    /// Values to choose from.
    pub choices: Vec<Choice>,
}

/// One value to choose.
#[derive(Debug)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl Field {
    /// A field without anything, to be filled in.
    pub(super) fn empty() -> Self {
        Self {
            name: String::new(),
            label: String::new(),
            help: None,
            placeholder: None,
            value: String::new(),
            input_type: "text",
            inputmode: "text",
            max_length: None,
            required: false,
            problem: None,
            described: false,
            choices: Vec::new(),
        }
    }

    /// The field of a second step.
    pub(super) fn of_step(step: &NextStep) -> Self {
        Self {
            name: step.field.clone(),
            label: step.title.clone(),
            required: true,
            choices: step
                .choices
                .iter()
                .map(|choice| Choice {
                    value: choice.value.clone(),
                    label: choice.title.clone(),
                    chosen: false,
                })
                .collect(),
            ..Self::empty()
        }
    }
}

/// The fields in their order, with what was filled in and what is wrong with it.
#[must_use]
pub fn fields(
    schema: &InputSchema,
    filled: &[(String, String)],
    errors: &[FieldError],
    language: Language,
) -> Vec<Field> {
    let mut fields: Vec<(u16, Field)> = schema
        .properties
        .iter()
        .map(|(name, property)| {
            let required = schema.required.contains(name);
            let value = filled.iter().find(|(own, _)| own == name.as_str());
            let value = value.map(|(_, value)| value.clone()).unwrap_or_default();
            let field = field(name.as_str(), property, value, errors, language);
            (property.hints.order, Field { required, ..field })
        })
        .collect();
    fields.sort_by(|left, right| (left.0, &left.1.name).cmp(&(right.0, &right.1.name)));
    fields.into_iter().map(|(_, field)| field).collect()
}

fn field(
    name: &str,
    property: &Property,
    value: String,
    errors: &[FieldError],
    language: Language,
) -> Field {
    let say = |texts: &Texts| texts.in_locale(language.tag()).to_owned();
    let hints = &property.hints;
    let problem = errors.iter().find(|error| error.field == name);
    let problem = problem.map(|error| error.message.clone());
    let help = hints.help.as_ref().map(say);
    Field {
        label: say(&hints.label),
        placeholder: hints.placeholder.as_ref().map(say),
        described: help.is_some() || problem.is_some(),
        help,
        input_type: if hints.keyboard == Keyboard::Date {
            "date"
        } else {
            "text"
        },
        inputmode: inputmode(hints.keyboard),
        max_length: property.max_length,
        required: false,
        problem,
        choices: choices(property, &value, language),
        name: name.to_owned(),
        value,
    }
}

fn choices(property: &Property, value: &str, language: Language) -> Vec<Choice> {
    if property.kind == PropertyType::Boolean {
        let t = super::texts::Texts::of(language);
        let pair = [("true", &t.yes), ("false", &t.no)];
        return pair
            .map(|(own, label)| Choice {
                value: own.to_owned(),
                label: label.clone(),
                chosen: own == value,
            })
            .into();
    }
    let label = |own: &str| match property.hints.choices.get(own) {
        Some(texts) => texts.in_locale(language.tag()).to_owned(),
        None => own.to_owned(),
    };
    property
        .choices
        .iter()
        .map(|own| Choice {
            value: own.to_string(),
            label: label(own),
            chosen: **own == *value,
        })
        .collect()
}

const fn inputmode(keyboard: Keyboard) -> &'static str {
    match keyboard {
        Keyboard::Digits => "numeric",
        Keyboard::Decimal => "decimal",
        Keyboard::Telephone => "tel",
        Keyboard::Email => "email",
        Keyboard::Text
        | Keyboard::Latin
        | Keyboard::Plate
        | Keyboard::IdentityNumber
        | Keyboard::Date => "text",
    }
}
