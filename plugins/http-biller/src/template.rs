//! Templates: text with placeholders, `{inputs.account}`. A placeholder holds
//! alternatives parted by `||`; the first that gives something counts. Each is a
//! path followed by filters, or a text in single quotes. `{path?}` may give
//! nothing. `{{` and `}}` are braces. A template is read while it is filled:
//! a call fills few, and each once.

use std::borrow::Cow;

use crate::error::Fault;
use crate::filter;
use crate::node::Node;
use crate::scope::View;

/// Longest text that one placeholder may put into a longer one.
const VALUE_LIMIT_BYTES: usize = 16_384;

/// Fills a template. A template that is one placeholder gives its value as it
/// is, structures included, or nothing where nothing is there and may be so.
pub fn fill<'v>(template: &'v str, view: &View<'v>) -> Result<Option<Node<'v>>, Fault> {
    if !template.contains(['{', '}']) {
        return Ok(Some(Node::text(template)));
    }
    if let Some(expression) = sole_placeholder(template) {
        return Ok(evaluate(expression, view)?.map(Cow::into_owned));
    }
    let mut out = String::with_capacity(template.len());
    let mut pieces = Pieces(template);
    while let Some(piece) = pieces.next()? {
        match piece {
            Piece::Literal(text) => out.push_str(text),
            Piece::Placeholder(expression) => {
                if let Some(value) = evaluate(expression, view)? {
                    push(&value, &mut out)?;
                }
            }
        }
    }
    Ok(Some(Node::text(out)))
}

/// Whether a template gives anything else than itself.
pub fn is_constant(template: &str) -> bool {
    !template.contains(['{', '}'])
}

/// Checks a template without filling it.
pub fn check(template: &str, view: &View<'_>) -> Result<(), Fault> {
    let mut pieces = Pieces(template);
    while let Some(piece) = pieces.next()? {
        if let Piece::Placeholder(expression) = piece {
            check_expression(expression, view)?;
        }
    }
    Ok(())
}

/// Checks what stands between a placeholder's braces.
pub fn check_expression(expression: &str, view: &View<'_>) -> Result<(), Fault> {
    for alternative in expression.split("||").map(str::trim) {
        if literal(alternative).is_some() {
            continue;
        }
        let mut parts = alternative.split('|').map(str::trim);
        let path = parts.next().unwrap_or_default();
        view.check(path.strip_suffix('?').unwrap_or(path))
            .map_err(|fault| fault.quoting(expression))?;
        for part in parts {
            let (name, argument) = part.split_once(':').unwrap_or((part, ""));
            filter::check(name, argument, &view.call.tables)
                .map_err(|fault| fault.quoting(expression))?;
        }
    }
    Ok(())
}

/// The value of what stands between a placeholder's braces.
pub fn evaluate<'v>(expression: &str, view: &View<'v>) -> Result<Option<Cow<'v, Node<'v>>>, Fault> {
    let mut optional = false;
    for alternative in expression.split("||").map(str::trim) {
        if let Some(text) = literal(alternative) {
            return Ok(Some(Cow::Owned(Node::text(text.to_owned()))));
        }
        let mut parts = alternative.split('|').map(str::trim);
        let path = parts.next().unwrap_or_default();
        optional |= path.ends_with('?');
        let found = view
            .find(path.strip_suffix('?').unwrap_or(path))
            .map_err(|fault| fault.quoting(expression))?;
        let Some(mut value) = found.filter(|value| !value.is_empty()) else {
            continue;
        };
        for part in parts {
            let (name, argument) = part.split_once(':').unwrap_or((part, ""));
            let call = view.call;
            let filtered = filter::apply(name, argument, &value, &call.tables, call.host);
            value = Cow::Owned(filtered.map_err(|fault| fault.quoting(expression))?);
        }
        if !value.is_empty() {
            return Ok(Some(value));
        }
    }
    if optional {
        return Ok(None);
    }
    Err(Fault::value(format!("nothing stands at {{{expression}}}")))
}

/// Text between single quotes.
fn literal(alternative: &str) -> Option<&str> {
    alternative.strip_prefix('\'')?.strip_suffix('\'')
}

fn push(value: &Node<'_>, out: &mut String) -> Result<(), Fault> {
    let text = match value {
        Node::Bytes(bytes) => Cow::Borrowed(std::str::from_utf8(bytes).map_err(|_| {
            Fault::value("bytes stand inside a text: put a digest or hex around them")
        })?),
        Node::List(_) => filter::join_commas(value)?,
        other => other
            .plain()
            .ok_or_else(|| Fault::value("a structure stands inside a text"))?,
    };
    if text.len() > VALUE_LIMIT_BYTES && !matches!(value, Node::Bytes(_)) {
        return Err(Fault::value(format!(
            "is longer than {VALUE_LIMIT_BYTES} bytes"
        )));
    }
    out.push_str(&text);
    Ok(())
}

enum Piece<'t> {
    Literal(&'t str),
    Placeholder(&'t str),
}

struct Pieces<'t>(&'t str);

impl<'t> Pieces<'t> {
    fn next(&mut self) -> Result<Option<Piece<'t>>, Fault> {
        let text = self.0;
        if text.is_empty() {
            return Ok(None);
        }
        let at = text.find(['{', '}']).unwrap_or(text.len());
        if at > 0 {
            self.0 = &text[at..];
            return Ok(Some(Piece::Literal(&text[..at])));
        }
        if text.starts_with("{{") || text.starts_with("}}") {
            self.0 = &text[2..];
            return Ok(Some(Piece::Literal(&text[..1])));
        }
        let unbalanced = || {
            Fault::mapping(format!(
                "the template \"{text}\" has a brace without its other half; a literal brace is written twice"
            ))
        };
        let inside = text.strip_prefix('{').ok_or_else(unbalanced)?;
        let (expression, rest) = inside.split_once('}').ok_or_else(unbalanced)?;
        self.0 = rest;
        Ok(Some(Piece::Placeholder(expression)))
    }
}

fn sole_placeholder(template: &str) -> Option<&str> {
    let inside = template.strip_prefix('{')?.strip_suffix('}')?;
    (!inside.contains(['{', '}'])).then_some(inside)
}
