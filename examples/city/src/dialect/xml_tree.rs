//! A small XML tree, as much as the envelope needs: elements and their text.
//! No attributes, no namespaces, no document types.

use quick_xml::events::Event;
use quick_xml::reader::Reader;

use crate::code::Code;

/// Deepest nesting that is read.
const DEPTH_LIMIT: usize = 8;

/// An element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Node {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) children: Vec<Node>,
}

impl Node {
    /// Reads a document; none where it is not well-formed or holds anything
    /// that an envelope must not.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader::from_str(text);
        let mut open: Vec<Self> = Vec::new();
        loop {
            match reader.read_event().ok()? {
                Event::Start(start) if open.len() < DEPTH_LIMIT => {
                    open.push(Self {
                        name: start.name().0.to_owned(),
                        ..Self::default()
                    });
                }
                Event::Empty(start) => {
                    let node = Self {
                        name: start.name().0.to_owned(),
                        ..Self::default()
                    };
                    open.last_mut()?.children.push(node);
                }
                Event::End(_) => {
                    let node = open.pop()?;
                    match open.last_mut() {
                        Some(parent) => parent.children.push(node),
                        None => return Some(node),
                    }
                }
                Event::Text(text) => {
                    if let Some(node) = open.last_mut() {
                        node.text.push_str(&text);
                    }
                }
                Event::CData(text) => open.last_mut()?.text.push_str(&text),
                Event::GeneralRef(entity) => open.last_mut()?.text.push(entity_sign(&entity)?),
                Event::Decl(_) | Event::Comment(_) => {}
                Event::Start(_) | Event::DocType(_) | Event::PI(_) | Event::Eof => return None,
            }
        }
    }

    /// The first child of this name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// A child's text, or none where it is missing or empty.
    pub(crate) fn find(&self, name: &str) -> Option<String> {
        let text = self.child(name)?.text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A child's text that must be there.
    pub(super) fn text(&self, name: &str) -> Result<String, Code> {
        self.find(name).ok_or(Code::BadRequest)
    }
}

fn entity_sign(entity: &str) -> Option<char> {
    match entity {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        other => {
            let number = other.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// Writes elements.
#[derive(Debug, Default)]
pub(super) struct Writer(String);

impl Writer {
    /// An element with a text.
    pub(super) fn put(&mut self, name: &str, text: &str) {
        self.within(name, |out| {
            for sign in text.chars() {
                match sign {
                    '<' => out.0.push_str("&lt;"),
                    '>' => out.0.push_str("&gt;"),
                    '&' => out.0.push_str("&amp;"),
                    other => out.0.push(other),
                }
            }
        });
    }

    /// An element with what the closure writes.
    pub(super) fn within(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.0.push('<');
        self.0.push_str(name);
        self.0.push('>');
        content(self);
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    /// What was written.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let mut out = Writer::default();
        out.within("A", |out| {
            out.put("B", "张* <&> \"x\"");
            out.put("C", "");
        });
        let node = Node::parse(out.as_str()).unwrap();
        assert_eq!(node.find("B").as_deref(), Some("张* <&> \"x\""));
        assert_eq!(node.find("C"), None);
        assert_eq!(Node::parse("<A>&#x5F20;&#42;</A>").unwrap().text, "张*");
    }

    #[test]
    fn anything_but_plain_elements_is_refused() {
        for text in [
            "",
            "<A>",
            "<A></B>",
            "text",
            "<!DOCTYPE A [<!ENTITY e 'x'>]><A>&e;</A>",
            "<A>&unknown;</A>",
            "<A><A><A><A><A><A><A><A><A></A></A></A></A></A></A></A></A></A>",
        ] {
            assert_eq!(Node::parse(text), None, "{text}");
        }
    }
}
