//! Writes a tree as XML in the shape that reading gives: `@name` members are
//! attributes, `#text` is text, a list repeats its element. Texts are escaped;
//! a name that is no XML name or a character XML has no place for is refused.

use crate::error::Fault;
use crate::node::Node;

/// Appends the document; the tree has one member, the root element.
pub fn write(node: &Node<'_>, out: &mut String) -> Result<(), Fault> {
    match node.members() {
        [(name, root)] if !matches!(root, Node::List(_)) => element(name, root, out),
        _ => Err(Fault::mapping("an XML body has exactly one root element")),
    }
}

fn element(name: &str, node: &Node<'_>, out: &mut String) -> Result<(), Fault> {
    if let Node::List(elements) = node {
        return elements
            .iter()
            .try_for_each(|each| element(name, each, out));
    }
    check_name(name)?;
    out.push('<');
    out.push_str(name);
    for (attribute, value) in node.members() {
        if let Some(attribute) = attribute.strip_prefix('@') {
            check_name(attribute)?;
            out.push(' ');
            out.push_str(attribute);
            out.push_str("=\"");
            escape(&value.plain().unwrap_or_default(), out)?;
            out.push('"');
        }
    }
    out.push('>');
    match node {
        Node::Object(members) => {
            for (child, value) in members {
                if child == "#text" {
                    escape(&value.plain().unwrap_or_default(), out)?;
                } else if !child.starts_with('@') {
                    element(child, value, out)?;
                }
            }
        }
        plain => escape(&plain.plain().unwrap_or_default(), out)?,
    }
    out.push_str("</");
    out.push_str(name);
    out.push('>');
    Ok(())
}

fn check_name(name: &str) -> Result<(), Fault> {
    let mut characters = name.chars();
    let good = characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_' || !first.is_ascii())
        && characters.all(|rest| {
            rest.is_ascii_alphanumeric()
                || !rest.is_ascii()
                || matches!(rest, '_' | '-' | '.' | ':')
        });
    if good {
        return Ok(());
    }
    Err(Fault::mapping(format!(
        "\"{name}\" is no XML name: begin with a letter, go on with letters, digits, _ - . :"
    )))
}

fn escape(text: &str, out: &mut String) -> Result<(), Fault> {
    let mut run = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'&' => "&amp;",
            b'"' => "&quot;",
            b'\r' => "&#13;",
            b'\t' | b'\n' => continue,
            0..=0x1f => {
                return Err(Fault::value(
                    "holds a control character that XML has no place for",
                ));
            }
            _ => continue,
        };
        out.push_str(&text[run..at]);
        out.push_str(escaped);
        run = at + 1;
    }
    if text.contains(['\u{fffe}', '\u{ffff}']) {
        return Err(Fault::value("holds a character that XML has no place for"));
    }
    out.push_str(&text[run..]);
    Ok(())
}
