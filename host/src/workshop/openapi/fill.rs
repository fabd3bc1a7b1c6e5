//! What stands in a request: for each parameter and property the template that
//! fills it, from the mapping's words, the inputs, or the schema's own constants.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::WorkshopError;
use super::document::Need;
use super::nearest::suggest;
use super::plan::Unit;
use super::schema::kind;

/// The words that a mapping may fill with, for messages.
const WORDS: [&str; 15] = [
    "reference",
    "sequence",
    "account",
    "total",
    "bill",
    "bill-amount",
    "bill-token",
    "channel",
    "accounting-date",
    "now",
    "nonce",
    "reversal",
    "serial",
    "amount",
    "reason",
];

/// Fills the places of one operation.
#[derive(Debug)]
pub(super) struct Filler<'p> {
    /// `mapping.toml, submit`
    pub(super) asked_by: String,
    pub(super) unit: Unit,
    pub(super) fill: &'p BTreeMap<String, String>,
    /// Inputs by the names of the parameters that they came from.
    pub(super) inputs: &'p BTreeMap<String, String>,
    /// Keys of `fill` that were used.
    pub(super) used: RefCell<BTreeSet<String>>,
}

/// What a template may speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// The whole order.
    Order,
    /// One of its items.
    Item,
}

/// A place to be filled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// Its name within the request, with dots.
    pub(super) dotted: &'a str,
    pub(super) name: &'a str,
    pub(super) schema: &'a Value,
    pub(super) need: Need,
    pub(super) within: Within,
}

impl Filler<'_> {
    /// The template of a place; none where nothing fills it and nothing need.
    pub(super) fn template(&self, place: &Place<'_>) -> Result<Option<Value>, WorkshopError> {
        for key in [place.dotted, place.name] {
            if let Some(word) = self.fill.get(key) {
                self.used.borrow_mut().insert(key.to_owned());
                return self.word(word, key, place).map(|text| Some(text.into()));
            }
        }
        if let Some(constant) = constant(place.schema) {
            return Ok(Some(constant));
        }
        if let Some(input) = self.inputs.get(place.name) {
            let optional = match place.need {
                Need::Required => "",
                Need::Optional => "?",
            };
            return Ok(Some(format!("{{inputs.{input}{optional}}}").into()));
        }
        match place.need {
            Need::Optional => Ok(None),
            Need::Required => Err(self.unfilled(place)),
        }
    }

    /// Every key of `fill` must have been used.
    pub(super) fn finish(&self, places: &[String]) -> Result<(), WorkshopError> {
        let used = self.used.borrow();
        match self.fill.keys().find(|key| !used.contains(*key)) {
            None => Ok(()),
            Some(key) => Err(WorkshopError::openapi(
                format!("{}.fill", self.asked_by),
                format!("the request has no {key:?}"),
                suggest(key, places.iter().map(String::as_str)),
            )),
        }
    }

    fn unfilled(&self, place: &Place<'_>) -> WorkshopError {
        WorkshopError::openapi(
            &self.asked_by,
            format!(
                "the request needs {:?}, and nothing says what it is",
                place.dotted
            ),
            format!(
                "write fill = {{ \"{}\" = \"…\" }} with one of {}, an input as inputs.NAME, or a constant as \"'text'\"",
                place.dotted,
                WORDS.join(", ")
            ),
        )
    }

    fn word(&self, word: &str, key: &str, place: &Place<'_>) -> Result<String, WorkshopError> {
        if word.contains('{') {
            return Ok(word.to_owned());
        }
        if let Some(text) = word.strip_prefix('\'') {
            return Ok(literal(text.strip_suffix('\'').unwrap_or(text)));
        }
        let (head, format) = word.split_once(':').unwrap_or((word, ""));
        let text = if kind(place.schema) == "string" {
            "|text"
        } else {
            ""
        };
        let of_item = |item: &str, order: &str| match place.within {
            Within::Item => item.to_owned(),
            Within::Order => order.to_owned(),
        };
        let time = |path: &str| match (format, place.schema["format"].as_str()) {
            ("", Some("date-time")) => format!("{path}|time:rfc3339"),
            ("", _) => path.to_owned(),
            (format, _) => format!("{path}|time:{format}"),
        };
        let inner = match head {
            "reference" => "order.reference".to_owned(),
            "sequence" => format!("order.sequence{text}"),
            "account" => "order.account_number || inputs.account".to_owned(),
            "total" => self.amount("order.total", place.schema),
            "bill" => of_item("$.bill_number", "order.items[0].bill_number"),
            "bill-amount" => {
                self.amount(&of_item("$.amount", "order.items[0].amount"), place.schema)
            }
            "bill-token" => of_item("$.token", "order.items[0].token"),
            "channel" => "order.channel".to_owned(),
            "accounting-date" => time("order.accounting_date"),
            "now" => time("now"),
            "nonce" => "nonce".to_owned(),
            "reversal" => "reversal.reference".to_owned(),
            "serial" => "application.serial".to_owned(),
            "amount" => self.amount("reversal.amount", place.schema),
            "reason" => "reversal.reason || 'reversal'".to_owned(),
            input if input.starts_with("inputs.") => input.to_owned(),
            unknown => {
                return Err(WorkshopError::openapi(
                    format!("{}.fill.{key}", self.asked_by),
                    format!("{unknown:?} means nothing here"),
                    suggest(unknown, WORDS),
                ));
            }
        };
        Ok(format!("{{{inner}}}"))
    }

    /// An amount in the biller's unit, as text or number as its schema says.
    fn amount(&self, path: &str, schema: &Value) -> String {
        let is_text = kind(schema) == "string";
        match (self.unit, is_text) {
            (Unit::Yuan, true) => format!("{path}|to_yuan"),
            (Unit::Yuan, false) => format!("{path}|to_yuan|number"),
            (Unit::Fen, true) => format!("{path}|text"),
            (Unit::Fen, false) => path.to_owned(),
        }
    }
}

/// A value that can be no other.
pub(super) fn constant(schema: &Value) -> Option<Value> {
    let only = schema["enum"].as_array().filter(|values| values.len() == 1);
    let value = schema.get("const").or_else(|| only?.first())?;
    Some(match value {
        Value::String(text) => literal(text).into(),
        other => other.clone(),
    })
}

/// Text as a template that means nothing but itself.
pub(super) fn literal(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}
