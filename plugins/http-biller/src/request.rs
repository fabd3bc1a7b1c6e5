//! Makes a request of its description: path, query, headers and body, each value
//! escaped for the place it stands in. Signing stands in `sign`; sending is the
//! host's.

use std::borrow::Cow;

use crate::error::Fault;
use crate::form;
use crate::json;
use crate::node::Node;
use crate::part::Part;
use crate::scope::{self, View};
use crate::sign;
use crate::template;
use crate::tree;
use crate::xml;

/// Longest path with its query.
const TARGET_LIMIT_BYTES: usize = 4_096;
/// Longest value of a header.
const HEADER_LIMIT_BYTES: usize = 4_096;
/// Largest body.
const BODY_LIMIT_BYTES: usize = 1_048_576;
const KEYS: [&str; 12] = [
    "endpoint",
    "method",
    "path",
    "query",
    "headers",
    "format",
    "charset",
    "content_type",
    "envelope",
    "body",
    "timeout_ms",
    "sign",
];

/// Whether the request can change anything at the biller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// It asks.
    Read,
    /// It may change something.
    Effect,
}

/// The language of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `application/json`
    Json,
    /// `application/x-www-form-urlencoded`
    Form,
    /// `text/xml`
    Xml,
}

impl Format {
    /// The language of this name.
    pub fn of(name: &str) -> Result<Self, Fault> {
        match name {
            "json" => Ok(Self::Json),
            "form" => Ok(Self::Form),
            "xml" => Ok(Self::Xml),
            _ => Err(Fault::mapping("is json, form or xml")),
        }
    }
}

/// A request on its way.
#[derive(Debug, Clone)]
pub struct Draft<'d> {
    /// Logical endpoint.
    pub endpoint: &'d str,
    /// Upper-case method.
    pub method: &'d str,
    /// Path without query.
    pub path: String,
    /// Query without its question mark.
    pub query: String,
    /// Header fields.
    pub headers: Vec<(String, String)>,
    /// Milliseconds to wait, where shorter than usual.
    pub timeout_ms: Option<u32>,
    /// Whether it may change something.
    pub intent: Intent,
    /// The body as a tree; null for none.
    pub fields: Node<'d>,
    /// The body as it is sent.
    pub body: Node<'d>,
    format: Format,
    charset: &'d str,
}

impl<'d> Draft<'d> {
    /// Path and query.
    pub fn target(&self) -> String {
        if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query)
        }
    }

    /// The body's bytes.
    pub fn body_bytes(&self) -> &[u8] {
        match &self.body {
            Node::Bytes(bytes) => bytes,
            _ => &[],
        }
    }

    /// What `request.…` leads to.
    pub fn find(&self, rest: &str) -> Result<Option<Cow<'_, Node<'_>>>, Fault> {
        let owned = |text: String| Ok(Some(Cow::Owned(Node::text(text))));
        let rest = rest.trim_start_matches('.');
        if let Some(fields) = rest.strip_prefix("fields") {
            return scope::descend(&self.fields, fields);
        }
        if let Some(name) = rest.strip_prefix("headers.") {
            let found = self.headers.iter().find(|(header, _)| header == name);
            return Ok(found.map(|(_, value)| Cow::Owned(Node::text(value.as_str()))));
        }
        match rest {
            "method" => owned(self.method.to_owned()),
            "path" => owned(self.path.clone()),
            "query" => owned(self.query.clone()),
            "target" => owned(self.target()),
            "body" => Ok(Some(Cow::Borrowed(&self.body))),
            _ => Err(Fault::mapping(
                "request has method, path, query, target, body, fields and headers",
            )),
        }
    }

    /// Writes the tree as the body, again after a signature was put into it.
    pub fn write_body(&mut self, view: &View<'_>) -> Result<(), Fault> {
        if self.fields == Node::Null {
            return Ok(());
        }
        let mut text = String::new();
        match self.format {
            Format::Json => json::write(&self.fields, &mut text),
            Format::Form => write_form(&self.fields, self.charset, view, &mut text)?,
            Format::Xml => {
                let name = self.charset.to_ascii_uppercase();
                text.push_str(&format!("<?xml version=\"1.0\" encoding=\"{name}\"?>"));
                xml::write(&self.fields, &mut text)?;
            }
        }
        let bytes = encode(
            &text,
            if self.format == Format::Form {
                "utf-8"
            } else {
                self.charset
            },
            view,
        )?;
        if bytes.len() > BODY_LIMIT_BYTES {
            return Err(Fault::value(format!(
                "the body is larger than {BODY_LIMIT_BYTES} bytes"
            )));
        }
        self.body = Node::Bytes(bytes);
        Ok(())
    }

    /// Sets a header field, once.
    pub fn set_header(&mut self, name: &str, value: String) -> Result<(), Fault> {
        let good = |byte: u8| matches!(byte, b'\t' | b' '..=b'~');
        if value.len() > HEADER_LIMIT_BYTES || !value.bytes().all(good) {
            return Err(Fault::value(format!(
                "does not fit into the header {name}: too long, or not plain ASCII"
            )));
        }
        self.headers.retain(|(header, _)| header != name);
        self.headers.push((name.to_ascii_lowercase(), value));
        Ok(())
    }

    /// Adds a parameter to the query.
    pub fn add_query(&mut self, name: &str, value: &str, view: &View<'_>) -> Result<(), Fault> {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        form::escape(name.as_bytes(), &mut self.query);
        self.query.push('=');
        form::escape(&encode(value, self.charset, view)?, &mut self.query);
        Ok(())
    }
}

/// Makes and signs the request that `part` describes.
pub fn make<'p>(part: &'p Part<'p>, intent: Intent) -> Result<Draft<'p>, Fault> {
    part.keys(&KEYS)?;
    let view = &part.view;
    let format = part
        .word("format")?
        .map_or(Ok(Format::Json), Format::of)
        .map_err(|fault| part.mistake("format", fault.to_string()))?;
    let method = part.word("method")?.unwrap_or("POST");
    if !matches!(method, "GET" | "POST" | "PUT" | "PATCH" | "DELETE") {
        return Err(part.mistake("method", "is GET, POST, PUT, PATCH or DELETE"));
    }
    let mut draft = Draft {
        endpoint: part.word("endpoint")?.unwrap_or("biller"),
        method,
        path: path(part)?,
        query: String::new(),
        headers: Vec::new(),
        timeout_ms: part.whole("timeout_ms")?,
        intent,
        fields: fields(part)?,
        body: Node::Null,
        format,
        charset: part.word("charset")?.unwrap_or("utf-8"),
    };
    if draft.fields != Node::Null {
        let media_type = part
            .word("content_type")?
            .map_or_else(|| content_type(format, draft.charset), str::to_owned);
        draft.set_header("content-type", media_type)?;
    }
    pairs(part, "query", |name, value| {
        draft.add_query(name, &value, view)
    })?;
    pairs(part, "headers", |name, value| draft.set_header(name, value))?;
    if !view.checking() {
        draft.write_body(view)?;
    }
    sign::sign(part, &mut draft)?;
    if draft.target().len() > TARGET_LIMIT_BYTES {
        return Err(part.mistake(
            "path",
            format!("gives more than {TARGET_LIMIT_BYTES} bytes"),
        ));
    }
    Ok(draft)
}

/// Values in a path are escaped; each fills a part of one segment.
fn path(part: &Part<'_>) -> Result<String, Fault> {
    let Some(Node::Text(text)) = part.node("path") else {
        return Err(part.mistake("path", "is missing: a template that begins with /"));
    };
    if !text.starts_with('/') {
        return Err(part.mistake("path", "begins with /"));
    }
    if part.view.checking() {
        template::check(text, &part.view)
            .map_err(|fault| part.mistake("path", fault.to_string()))?;
        return Ok(text.clone().into_owned());
    }
    let mut path = String::new();
    for segment in text[1..].split('/') {
        let filled = template::fill(segment, &part.view)?;
        let value = filled.as_ref().and_then(Node::plain).unwrap_or_default();
        path.push('/');
        form::escape_segment(&value, &mut path)
            .map_err(|fault| fault.at(|| format!("path {text}")))?;
    }
    Ok(path)
}

/// The body's tree, inside its envelope where there is one.
fn fields<'p>(part: &'p Part<'p>) -> Result<Node<'p>, Fault> {
    let told = |fault: Fault| fault.at(|| part.mistake("body", "").to_string());
    let body = match part.node("body") {
        None => Node::Null,
        Some(tree) => tree::fill(tree, &part.view)
            .map_err(told)?
            .unwrap_or(Node::Null),
    };
    let Some(envelope) = part.node("envelope") else {
        return Ok(body);
    };
    let view = View {
        body: Some(&body),
        ..part.view
    };
    let filled = tree::fill(envelope, &view).map_err(told)?;
    Ok(filled.as_ref().map_or(Node::Null, crate::filter::detach))
}

fn pairs(
    part: &Part<'_>,
    key: &str,
    mut take: impl FnMut(&str, String) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let Some(section) = part.part(key) else {
        return Ok(());
    };
    if !matches!(section.written(), Node::Object(_)) {
        return Err(part.mistake(key, "is an object of names and templates"));
    }
    for (name, _) in section.written().members() {
        if let Some(value) = section.text(name)? {
            take(name, value)?;
        }
    }
    Ok(())
}

fn content_type(format: Format, charset: &str) -> String {
    match format {
        Format::Json => "application/json".to_owned(),
        Format::Form => "application/x-www-form-urlencoded".to_owned(),
        Format::Xml => format!("text/xml; charset={}", charset.to_ascii_uppercase()),
    }
}

fn write_form(
    fields: &Node<'_>,
    charset: &str,
    view: &View<'_>,
    out: &mut String,
) -> Result<(), Fault> {
    for (name, value) in fields.members() {
        let text = match value {
            Node::Null => continue,
            other => other.plain().ok_or_else(|| {
                Fault::mapping(format!(
                    "the parameter {name} is no plain value; join a list with $join"
                ))
            })?,
        };
        if !out.is_empty() {
            out.push('&');
        }
        form::escape(name.as_bytes(), out);
        out.push('=');
        form::escape(&encode(&text, charset, view)?, out);
    }
    Ok(())
}

fn encode(text: &str, charset: &str, view: &View<'_>) -> Result<Vec<u8>, Fault> {
    if charset == "utf-8" || text.is_ascii() {
        return Ok(text.as_bytes().to_vec());
    }
    view.call.host.encode(charset, text).map_err(Fault::host)
}
