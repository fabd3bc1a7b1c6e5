//! Reads an XML document into a tree: an element without attributes and
//! children is its text; any other is an object of `@attribute`s, children and,
//! where there is text beside them, `#text`. Children of one name make a list.

use std::borrow::Cow;

use crate::json::SyntaxError;
use crate::node::Node;

/// Nested deeper than this no envelope is.
const DEPTH_LIMIT: u32 = 64;
/// Elements and attributes of one document.
const NODE_LIMIT: u32 = 50_000;
/// Different names in one element; more would make looking them up slow.
const NAME_LIMIT: usize = 512;

/// Reads a whole document: an object with the root element's name.
pub fn parse(text: &str) -> Result<Node<'_>, SyntaxError> {
    let mut reader = Reader {
        text,
        at: 0,
        nodes: 0,
    };
    reader.skip_misc()?;
    if !reader.rest().starts_with('<') {
        return Err(reader.error("an element is missing"));
    }
    let (name, node) = reader.element(0)?;
    reader.skip_misc()?;
    if reader.at < text.len() {
        return Err(reader.error("something follows the end of the document"));
    }
    Ok(Node::Object(vec![(name, node)]))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    nodes: u32,
}

/// What stands in one element while it is read.
#[derive(Default)]
struct Content<'a> {
    members: Vec<(Cow<'a, str>, Node<'a>)>,
    text: Cow<'a, str>,
}

impl<'a> Reader<'a> {
    fn error(&self, problem: &'static str) -> SyntaxError {
        SyntaxError {
            offset: self.at,
            problem,
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    /// Moves behind the next `end` and gives what stands before it.
    fn take_until(&mut self, end: &str, problem: &'static str) -> Result<&'a str, SyntaxError> {
        let rest = self.rest();
        let length = rest.find(end).ok_or_else(|| self.error(problem))?;
        self.at += length + end.len();
        Ok(&rest[..length])
    }

    /// Declaration, comments and white space around the root element.
    fn skip_misc(&mut self) -> Result<(), SyntaxError> {
        if self.at == 0 {
            self.at += self.rest().len() - self.rest().trim_start_matches('\u{feff}').len();
        }
        loop {
            self.skip_space();
            let rest = self.rest();
            if rest.starts_with("<?") {
                self.take_until("?>", "a declaration does not end")?;
            } else if rest.starts_with("<!--") {
                self.take_until("-->", "a comment does not end")?;
            } else if rest.starts_with("<!") {
                return Err(self.error("document types are not read"));
            } else {
                return Ok(());
            }
        }
    }

    /// A name; what is before its colon is dropped.
    fn name(&mut self) -> Result<&'a str, SyntaxError> {
        let rest = self.rest();
        let length = rest
            .find([' ', '\t', '\r', '\n', '/', '>', '=', '<', '"', '\'', '&'])
            .unwrap_or(rest.len());
        if length == 0 {
            return Err(self.error("a name is missing"));
        }
        self.at += length;
        let name = &rest[..length];
        Ok(name.rsplit_once(':').map_or(name, |(_, local)| local))
    }

    fn element(&mut self, depth: u32) -> Result<(Cow<'a, str>, Node<'a>), SyntaxError> {
        if depth > DEPTH_LIMIT {
            return Err(self.error("nested too deep"));
        }
        self.count()?;
        self.at += 1;
        let opened = self.at;
        let name = self.name()?;
        let written = &self.text[opened..self.at];
        let mut content = Content::default();
        let closed = self.attributes(&mut content)?;
        if !closed {
            self.content(&mut content, depth)?;
            if self
                .rest()
                .strip_prefix("</")
                .is_none_or(|rest| !rest.starts_with(written))
            {
                return Err(self.error("another element's end"));
            }
            self.at += 2 + written.len();
            self.skip_space();
            if !self.rest().starts_with('>') {
                return Err(self.error("an end tag does not end"));
            }
            self.at += 1;
        }
        Ok((Cow::Borrowed(name), finish(content)))
    }

    fn count(&mut self) -> Result<(), SyntaxError> {
        self.nodes += 1;
        if self.nodes > NODE_LIMIT {
            return Err(self.error("too many elements"));
        }
        Ok(())
    }

    /// Attributes up to the end of the start tag; true where it closes itself.
    fn attributes(&mut self, content: &mut Content<'a>) -> Result<bool, SyntaxError> {
        loop {
            self.skip_space();
            let rest = self.rest();
            if rest.starts_with("/>") {
                self.at += 2;
                return Ok(true);
            }
            if rest.starts_with('>') {
                self.at += 1;
                return Ok(false);
            }
            self.count()?;
            let name = self.name()?;
            self.skip_space();
            let quoted = self.rest().strip_prefix('=').map(|rest| rest.trim_start());
            let quote = match quoted.and_then(|rest| rest.chars().next()) {
                Some('"') => "\"",
                Some('\'') => "'",
                _ => return Err(self.error("an attribute is name=\"value\"")),
            };
            self.take_until(quote, "an attribute does not begin")?;
            let raw = self.take_until(quote, "an attribute does not end")?;
            let value = self.unescape(raw)?;
            self.add(content, Cow::Owned(format!("@{name}")), Node::Text(value))?;
        }
    }

    fn content(&mut self, content: &mut Content<'a>, depth: u32) -> Result<(), SyntaxError> {
        loop {
            let rest = self.rest();
            if rest.starts_with("</") {
                return Ok(());
            } else if rest.starts_with("<!--") {
                self.take_until("-->", "a comment does not end")?;
            } else if rest.starts_with("<![CDATA[") {
                self.at += 9;
                let raw = self.take_until("]]>", "CDATA does not end")?;
                append(&mut content.text, Cow::Borrowed(raw));
            } else if rest.starts_with("<?") {
                self.take_until("?>", "an instruction does not end")?;
            } else if rest.starts_with("<!") {
                return Err(self.error("document types are not read"));
            } else if rest.starts_with('<') {
                let (name, node) = self.element(depth + 1)?;
                self.add(content, name, node)?;
            } else {
                let length = rest
                    .find('<')
                    .ok_or_else(|| self.error("an element does not end"))?;
                let text = self.unescape(&rest[..length])?;
                self.at += length;
                append(&mut content.text, text);
            }
        }
    }

    /// Adds a member; a second one of the same name makes a list.
    fn add(
        &self,
        content: &mut Content<'a>,
        name: Cow<'a, str>,
        node: Node<'a>,
    ) -> Result<(), SyntaxError> {
        let members = &mut content.members;
        if let Some((_, earlier)) = members
            .iter_mut()
            .rev()
            .find(|(earlier, _)| *earlier == name)
        {
            if let Node::List(elements) = earlier {
                elements.push(node);
            } else {
                let first = std::mem::replace(earlier, Node::Null);
                *earlier = Node::List(vec![first, node]);
            }
            return Ok(());
        }
        if members.len() >= NAME_LIMIT {
            return Err(self.error("too many different names in one element"));
        }
        members.push((name, node));
        Ok(())
    }

    fn unescape(&self, raw: &'a str) -> Result<Cow<'a, str>, SyntaxError> {
        if !raw.contains('&') {
            return Ok(Cow::Borrowed(raw));
        }
        let mut text = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some((before, after)) = rest.split_once('&') {
            text.push_str(before);
            let (name, after) = after
                .split_once(';')
                .ok_or_else(|| self.error("& begins no entity"))?;
            text.push(entity(name).ok_or_else(|| self.error("an unknown entity"))?);
            rest = after;
        }
        text.push_str(rest);
        Ok(Cow::Owned(text))
    }
}

fn append<'a>(text: &mut Cow<'a, str>, more: Cow<'a, str>) {
    if text.is_empty() {
        *text = more;
    } else {
        text.to_mut().push_str(&more);
    }
}

fn entity(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

fn finish(content: Content<'_>) -> Node<'_> {
    let Content { mut members, text } = content;
    let text = trim(text);
    if members.is_empty() {
        return Node::Text(text);
    }
    if !text.is_empty() {
        members.push((Cow::Borrowed("#text"), Node::Text(text)));
    }
    Node::Object(members)
}

/// Envelopes are often indented; white space around a value means nothing.
fn trim(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_becomes_a_tree() {
        let text = "<?xml version='1.0'?><!-- c --><s:A xmlns:s=\"u\"><B>1</B><B> &lt;2&#x41; </B><C d='x'>t<![CDATA[<&]]></C><E/></s:A>";
        let node = parse(text).expect("well-formed");
        let root = node.get("A").expect("root");
        assert_eq!(root.get("B").map(|list| list.elements().len()), Some(2));
        assert_eq!(
            root.get("B"),
            Some(&Node::List(vec![Node::text("1"), Node::text("<2A")]))
        );
        let c = root.get("C").expect("stands there");
        assert_eq!(c.get("@d"), Some(&Node::text("x")));
        assert_eq!(c.get("#text"), Some(&Node::text("t<&")));
        assert_eq!(root.get("E"), Some(&Node::text("")));
    }

    #[test]
    fn documents_that_are_broken_or_dangerous_are_refused() {
        for text in [
            "",
            "x",
            "<a",
            "<a>",
            "<a></b>",
            "<a>&x;</a>",
            "<a>&#xd800;</a>",
            "<a b></a>",
            "<a b='1></a>",
            "<a/><b/>",
            "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
            "<a><!ENTITY x></a>",
            "<></>",
            "<a>&amp</a>",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        let deep = "<a>".repeat(100) + &"</a>".repeat(100);
        assert!(parse(&deep).is_err());
    }
}
