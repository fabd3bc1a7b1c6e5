//! Requests as the declarative plugin will send them in a scenario: its
//! templates with the scenario's own values in their places, and `{{any}}` where
//! a value cannot be known beforehand.

use std::collections::BTreeMap;

use serde_json::Value;

use super::calls::Call;
use super::example::{escape, plain};

/// What is known of a scenario's values.
#[derive(Debug)]
pub(super) struct Known<'k> {
    /// The inputs' values by their names.
    pub(super) inputs: &'k BTreeMap<String, String>,
    /// The bill that is paid.
    pub(super) number: &'k str,
    /// Its amount.
    pub(super) fen: i64,
}

impl Known<'_> {
    /// Path and query.
    pub(super) fn path(&self, call: &Call<'_>) -> String {
        let section = &call.request.section;
        let mut path = String::new();
        let mut rest = section["path"].as_str().unwrap_or_default();
        while let Some(start) = rest.find('{') {
            let end = rest[start..]
                .find('}')
                .map_or(rest.len(), |end| start + end + 1);
            path.push_str(&rest[..start]);
            path.push_str(&self.value(&rest[start..end]).1);
            rest = &rest[end..];
        }
        path.push_str(rest);
        let query = section["query"].as_object().into_iter().flatten();
        for (index, (name, template)) in query.enumerate() {
            path.push(if index == 0 { '?' } else { '&' });
            path.push_str(name);
            path.push('=');
            path.push_str(&self.value(&plain(template)).1);
        }
        path
    }

    /// The body; none where the request has none.
    pub(super) fn body(&self, call: &Call<'_>, tree: &Value) -> String {
        let section = &call.request.section;
        match (section["format"].as_str(), tree.as_object()) {
            (None, _) => self.json(tree),
            (Some("xml"), Some(root)) => {
                let charset = request_charset(call).to_ascii_uppercase();
                let mut text = format!("<?xml version=\"1.0\" encoding=\"{charset}\"?>");
                for (name, value) in root {
                    self.xml(name, value, &mut text);
                }
                text
            }
            _ => "{{any}}".to_owned(),
        }
    }

    /// The body as the declarative plugin writes it.
    fn json(&self, tree: &Value) -> String {
        match tree {
            Value::Object(members) if members.contains_key("$each") => {
                format!("[{}]", self.json(&members["$item"]))
            }
            Value::Object(members) => {
                let all: Vec<String> = members
                    .iter()
                    .map(|(name, value)| format!("{}:{}", Value::from(&**name), self.json(value)))
                    .collect();
                format!("{{{}}}", all.join(","))
            }
            Value::String(template) => match self.value(template) {
                (Written::Text, text) => Value::from(text).to_string(),
                (Written::Bare, text) => text,
            },
            other => other.to_string(),
        }
    }

    fn xml(&self, name: &str, tree: &Value, text: &mut String) {
        let Some(members) = tree.as_object() else {
            let plain = escape(&self.value(&plain(tree)).1);
            text.push_str(&format!("<{name}>{plain}</{name}>"));
            return;
        };
        if let Some(item) = members.get("$item") {
            self.xml(name, item, text);
            return;
        }
        text.push_str(&format!("<{name}"));
        for (member, value) in members {
            if let Some(attribute) = member.strip_prefix('@') {
                let plain = escape(&self.value(&plain(value)).1);
                text.push_str(&format!(" {attribute}=\"{plain}\""));
            }
        }
        text.push('>');
        for (member, value) in members.iter().filter(|(name, _)| !name.starts_with('@')) {
            self.xml(member, value, text);
        }
        text.push_str(&format!("</{name}>"));
    }

    /// What a template gives in this scenario.
    fn value(&self, template: &str) -> (Written, String) {
        let text = |text: &str| (Written::Text, text.to_owned());
        let Some(inner) = template
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
        else {
            return text(&template.replace("{{", "{").replace("}}", "}"));
        };
        let (path, filters) = inner.split_once('|').unwrap_or((inner, ""));
        let inputs = self.inputs;
        let input = |name: &str| inputs.get(name).map(|value| text(value));
        let any = || (Written::Bare, "{{any}}".to_owned());
        match path.trim().trim_end_matches('?') {
            "order.reference" => text("{{reference}}"),
            "reversal.reference" => text("{{reversal}}"),
            "order.account_number" => input("account").unwrap_or_else(any),
            "$.bill_number" | "order.items[0].bill_number" => text(self.number),
            "order.total" | "$.amount" | "order.items[0].amount" | "reversal.amount" => {
                match filters {
                    "to_yuan" => text(&yuan(self.fen)),
                    "to_yuan|number" => (Written::Bare, yuan(self.fen)),
                    "text" => text(&self.fen.to_string()),
                    _ => (Written::Bare, self.fen.to_string()),
                }
            }
            path => path
                .strip_prefix("inputs.")
                .and_then(input)
                .unwrap_or_else(any),
        }
    }
}

/// How a value stands in JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    /// Between quotes.
    Text,
    /// As it is.
    Bare,
}

/// The charset of a request's body.
pub(super) fn request_charset<'c>(call: &'c Call<'_>) -> &'c str {
    call.request.section["charset"].as_str().unwrap_or("utf-8")
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}
