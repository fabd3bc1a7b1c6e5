//! The contract's small shapes out of a mapping's section: amounts, dates,
//! fields, steps, tickets. Bills, applications and documents stand beside.

use guichet_sdk::{Choice, Field, Money, NextStep, StepKind, Ticket};

use crate::error::Fault;
use crate::filter;
use crate::node::Node;
use crate::part::Part;

/// Longest token the contract carries.
const TOKEN_LIMIT_BYTES: usize = 4_096;

/// An amount in the minor unit.
pub(crate) fn money(part: &Part<'_>, key: &str) -> Result<Option<Money>, Fault> {
    let amount = part.parsed(key, 0, filter::whole)?;
    Ok(amount.map(|minor_units| Money {
        minor_units,
        currency: part.view.call.currency.clone(),
    }))
}

/// An amount that must be there.
pub(crate) fn required_money(part: &Part<'_>, key: &str) -> Result<Money, Fault> {
    part.required(key, money(part, key)?)
}

/// An ISO date.
pub(crate) fn date(part: &Part<'_>, key: &str) -> Result<Option<String>, Fault> {
    part.parsed(key, String::new(), |text| {
        plain(&filter::date(text, "yyyy-MM-dd")?)
    })
}

/// A moment in RFC 3339, UTC.
pub(crate) fn instant(part: &Part<'_>, key: &str) -> Result<Option<String>, Fault> {
    part.parsed(key, String::new(), |text| {
        plain(&filter::instant(text, "rfc3339", 0)?)
    })
}

fn plain(node: &Node<'_>) -> Result<String, Fault> {
    Ok(node.plain().unwrap_or_default().into_owned())
}

/// `fields`: labelled values; those without a value are left out.
pub(crate) fn fields(part: &Part<'_>) -> Result<Vec<Field>, Fault> {
    let fields = part.list("fields", |field| {
        field.keys(&["name", "label", "value", "format"])?;
        let Some(value) = field.text("value")? else {
            return field.required("value", field.node("value").map(|_| None));
        };
        Ok(Some(Field {
            name: field.required_text("name")?,
            label: field.required_text("label")?,
            value,
            format: format(field)?,
            details: Vec::new(),
        }))
    })?;
    Ok(fields.into_iter().flatten().collect())
}

/// The format of a field or column.
pub(crate) fn format(part: &Part<'_>) -> Result<String, Fault> {
    Ok(part.word("format")?.unwrap_or("text").to_owned())
}

/// `details`: an object of names and templates.
pub(crate) fn details(part: &Part<'_>) -> Result<Vec<(String, String)>, Fault> {
    let mut details = Vec::new();
    if let Some(section) = part.part("details") {
        for (name, _) in section.written().members() {
            if let Some(value) = section.text(name)? {
                details.push((name.clone().into_owned(), value));
            }
        }
    }
    Ok(details)
}

/// A token that comes back: a template, or a tree that becomes JSON.
pub(crate) fn token(part: &Part<'_>, key: &str) -> Result<Option<String>, Fault> {
    let token = match part.node(key) {
        Some(tree @ Node::Object(_)) => {
            let filled = crate::tree::fill(tree, &part.view)
                .map_err(|fault| part.mistake(key, fault.to_string()))?;
            let mut out = String::new();
            crate::json::write(&filled.unwrap_or(Node::Null), &mut out);
            Some(out)
        }
        _ => part.text(key)?,
    };
    match token {
        Some(token) if token.len() > TOKEN_LIMIT_BYTES => Err(Fault::value(format!(
            "gives more than {TOKEN_LIMIT_BYTES} bytes"
        ))
        .at(|| key.to_owned())),
        token => Ok(token),
    }
}

/// `later`: an answer that is not ready yet.
pub(crate) fn ticket(part: &Part<'_>, message: &str) -> Result<Ticket, Fault> {
    part.keys(&["token", "ask_after", "expected_by", "message"])?;
    Ok(Ticket {
        token: format!("ticket:{}", part.required("token", token(part, "token")?)?),
        ask_after_seconds: part.whole("ask_after")?.unwrap_or(5),
        expected_by: instant(part, "expected_by")?,
        message: part.text("message")?.unwrap_or_else(|| message.to_owned()),
        details: Vec::new(),
    })
}

/// `choose`: the second step of a query.
pub(crate) fn next_step(part: &Part<'_>) -> Result<NextStep, Fault> {
    part.keys(&["token", "field", "title", "kind", "choices", "image"])?;
    let kind = match part.word("kind")? {
        None | Some("choose") => StepKind::Choose,
        Some("text") => StepKind::Text,
        Some("code") => StepKind::Code,
        Some(_) => return Err(part.mistake("kind", "is choose, text or code")),
    };
    Ok(NextStep {
        token: format!("step:{}", token(part, "token")?.unwrap_or_default()),
        field: part.required_text("field")?,
        title: part.required_text("title")?,
        kind,
        choices: part.list("choices", choice)?,
        image: bytes(part, "image")?,
        details: Vec::new(),
    })
}

fn choice(part: &Part<'_>) -> Result<Choice, Fault> {
    part.keys(&["value", "title", "fields"])?;
    Ok(Choice {
        value: part.required_text("value")?,
        title: part.required_text("title")?,
        fields: fields(part)?,
        details: Vec::new(),
    })
}

/// Bytes, out of base64 where the template gives text.
pub(crate) fn bytes(part: &Part<'_>, key: &str) -> Result<Option<Vec<u8>>, Fault> {
    match part.value(key)? {
        None => Ok(None),
        Some(Node::Bytes(bytes)) => Ok(Some(bytes)),
        Some(other) => {
            let text = other.plain().unwrap_or_default();
            let bytes = filter::from_base64(&text).map_err(|fault| fault.at(|| key.to_owned()))?;
            Ok(Some(bytes))
        }
    }
}
