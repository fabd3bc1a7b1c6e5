//! Reads an answer: status, character set, language, signature. Everything in it
//! is the biller's word, so every way of being wrong is an error and none a
//! panic. What its codes mean stands in `verdict`.

use std::borrow::Cow;

use crate::error::Fault;
use crate::form;
use crate::host::Incoming;
use crate::json;
use crate::node::Node;
use crate::part::Part;
use crate::request::Format;
use crate::scope::View;
use crate::sign;
use crate::template;
use crate::xml;

/// Elements that numbered parameters of a form may make.
const NUMBERED_LIMIT: usize = 200;

/// A complete answer, read.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The answer as it came.
    pub incoming: &'a Incoming,
    /// Its content as a tree.
    pub document: Node<'a>,
    /// Its bytes, as a value for templates.
    pub body: Node<'a>,
}

impl Answer<'_> {
    /// What `response.…` leads to.
    pub fn find(&self, rest: &str) -> Result<Option<Cow<'_, Node<'_>>>, Fault> {
        let rest = rest.trim_start_matches('.');
        if let Some(name) = rest.strip_prefix("headers.") {
            let found = self
                .incoming
                .headers
                .iter()
                .find(|(header, _)| header == name);
            return Ok(found.map(|(_, value)| Cow::Owned(Node::text(value.as_str()))));
        }
        match rest {
            "status" => Ok(Some(Cow::Owned(Node::whole(self.incoming.status)))),
            "body" => Ok(Some(Cow::Borrowed(&self.body))),
            _ => Err(Fault::mapping("response has status, body and headers.NAME")),
        }
    }
}

/// The body as text.
pub fn text<'i>(part: &Part<'_>, incoming: &'i Incoming) -> Result<Cow<'i, str>, Fault> {
    let charset = part.word("charset")?.unwrap_or("utf-8");
    let utf8 = std::str::from_utf8(&incoming.body);
    match utf8 {
        Ok(text) if charset == "utf-8" || text.is_ascii() => Ok(Cow::Borrowed(text)),
        Err(_) if charset == "utf-8" => Err(Fault::value("the answer is not UTF-8")),
        _ => part
            .view
            .call
            .host
            .decode(charset, &incoming.body)
            .map(Cow::Owned)
            .map_err(Fault::host),
    }
}

/// The text as a tree, in the language that the mapping names.
pub fn document<'t>(part: &Part<'_>, text: &'t str, view: &View<'_>) -> Result<Node<'t>, Fault> {
    let format = part
        .word("format")?
        .map_or(Ok(Format::Json), Format::of)
        .map_err(|fault| part.mistake("format", fault.to_string()))?;
    let unreadable = |error: json::SyntaxError| {
        Fault::value(format!(
            "the answer is unreadable at byte {}: {}",
            error.offset, error.problem
        ))
    };
    match format {
        Format::Json => json::parse(text).map_err(unreadable),
        Format::Xml => xml::parse(text).map_err(unreadable),
        Format::Form => form_document(part, text, view),
    }
}

/// Parameters by name, and beside them the lists that numbered ones make:
/// with `bill`, `bill_1_no` stands in `bill[0].no` too.
fn form_document<'t>(part: &Part<'_>, text: &'t str, view: &View<'_>) -> Result<Node<'t>, Fault> {
    let charset = part.word("charset")?.unwrap_or("utf-8");
    let decode = |bytes: Vec<u8>| match String::from_utf8(bytes) {
        Ok(text) if charset == "utf-8" || text.is_ascii() => Ok(text),
        Err(_) if charset == "utf-8" => Err(Fault::value("the answer is not UTF-8")),
        Ok(text) => view
            .call
            .host
            .decode(charset, text.as_bytes())
            .map_err(Fault::host),
        Err(error) => view
            .call
            .host
            .decode(charset, error.as_bytes())
            .map_err(Fault::host),
    };
    let mut members: Vec<(Cow<'t, str>, Node<'t>)> = Vec::new();
    for (name, value) in form::parse(text.as_bytes())? {
        members.push((Cow::Owned(decode(name)?), Node::text(decode(value)?)));
    }
    let Some(numbered) = part.node("numbered") else {
        return Ok(Node::Object(members));
    };
    for prefix in numbered.elements() {
        let Node::Text(prefix) = prefix else {
            return Err(part.mistake(
                "numbered",
                "is a list of prefixes, like [\"bill\"] for bill_1_no",
            ));
        };
        let list = gather(prefix, &members)?;
        members.push((Cow::Owned(prefix.clone().into_owned()), Node::List(list)));
    }
    Ok(Node::Object(members))
}

fn gather<'t>(prefix: &str, members: &[(Cow<'t, str>, Node<'t>)]) -> Result<Vec<Node<'t>>, Fault> {
    let mut list: Vec<Node<'t>> = Vec::new();
    for (name, value) in members {
        let Some(rest) = name
            .strip_prefix(prefix)
            .and_then(|rest| rest.strip_prefix('_'))
        else {
            continue;
        };
        let (number, field) = rest.split_once('_').unwrap_or((rest, ""));
        let Ok(number) = number.parse::<usize>() else {
            continue;
        };
        if number == 0 || number > NUMBERED_LIMIT {
            return Err(Fault::value(
                "the answer numbers its parameters beyond reason",
            ));
        }
        if list.len() < number {
            list.resize(number, Node::Null);
        }
        let element = &mut list[number - 1];
        if field.is_empty() {
            *element = value.clone();
            continue;
        }
        if !matches!(element, Node::Object(_)) {
            *element = Node::Object(Vec::new());
        }
        if let Node::Object(fields) = element {
            fields.push((Cow::Owned(field.to_owned()), value.clone()));
        }
    }
    list.retain(|element| *element != Node::Null);
    Ok(list)
}

/// Checks the signature and what must hold before anything in the answer is
/// believed, a refusal included.
pub fn believe(part: &Part<'_>) -> Result<(), Fault> {
    if let Some(verify) = part.part("verify") {
        sign::verify(&verify)?;
    }
    expect(part, "expect")
}

/// Checks that the pairs of templates at a key are equal.
pub fn expect(part: &Part<'_>, key: &str) -> Result<(), Fault> {
    let Some(expected) = part.node(key) else {
        return Ok(());
    };
    for pair in expected.elements() {
        let [Node::Text(left), Node::Text(right)] = pair.elements() else {
            return Err(part.mistake(key, "is a list of pairs of templates that must be equal"));
        };
        if part.view.checking() {
            template::check(left, &part.view)
                .and_then(|()| template::check(right, &part.view))
                .map_err(|fault| part.mistake(key, fault.to_string()))?;
            continue;
        }
        let filled = |text| template::fill(text, &part.view);
        let plain =
            |node: &Option<Node<'_>>| node.as_ref().and_then(Node::plain).map(Cow::into_owned);
        let (left, right) = (plain(&filled(left)?), plain(&filled(right)?));
        if left.is_none() || left != right {
            return Err(part.foreign(key));
        }
    }
    Ok(())
}

/// An empty answer for checks.
pub fn nothing(incoming: &Incoming) -> Answer<'_> {
    Answer {
        incoming,
        document: Node::Null,
        body: Node::Null,
    }
}

/// The answer with its bytes as a value.
pub fn read<'a>(incoming: &'a Incoming, document: Node<'a>) -> Answer<'a> {
    Answer {
        incoming,
        document,
        body: Node::Bytes(incoming.body.clone()),
    }
}

/// The view with the answer in it.
pub fn seen<'v>(view: View<'v>, answer: &'v Answer<'v>) -> View<'v> {
    View {
        answer: Some(answer),
        row: None,
        draft: None,
        body: None,
        ..view
    }
}
