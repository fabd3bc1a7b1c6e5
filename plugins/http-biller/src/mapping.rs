//! A mapping as it lies in the configuration. A call opens it, which only finds
//! its sections, and reads the ones it needs; `check` reads them all.

use crate::error::Fault;
use crate::json;
use crate::node::Node;

/// The version of the mapping's language, the value of `guichet_mapping`.
const VERSION: &str = "1";
/// Operations that build on each other with `like`.
const LIKE_LIMIT: usize = 4;
const SECTIONS: [&str; 8] = [
    "guichet_mapping",
    "currency",
    "calls",
    "tables",
    "let",
    "request",
    "answer",
    "operations",
];
/// What one operation may hold.
pub const OPERATION_KEYS: [&str; 11] = [
    "like",
    "let",
    "request",
    "answer",
    "statement",
    "choose",
    "later",
    "applied",
    "reversed",
    "pending",
    "document",
];

/// An opened mapping: the texts of its sections.
#[derive(Debug)]
pub struct Mapping<'m> {
    sections: Vec<(&'m str, &'m str)>,
    operations: Vec<(&'m str, &'m str)>,
}

impl<'m> Mapping<'m> {
    /// Finds the sections.
    pub fn open(text: &'m str) -> Result<Self, Fault> {
        let sections = json::members(text).map_err(|error| broken("", text, &error))?;
        for (name, _) in &sections {
            if !SECTIONS.contains(name) {
                return Err(at(
                    name,
                    format!("means nothing here; there are {}", SECTIONS.join(", ")),
                ));
            }
        }
        let of = |wanted: &str| {
            sections
                .iter()
                .find(|(name, _)| *name == wanted)
                .map(|(_, text)| *text)
        };
        if of("guichet_mapping") != Some(VERSION) {
            return Err(at(
                "guichet_mapping",
                format!("names the language's version; write \"guichet_mapping\": {VERSION}"),
            ));
        }
        let operations = of("operations").ok_or_else(|| at("operations", "is missing"))?;
        let operations =
            json::members(operations).map_err(|error| broken("operations", operations, &error))?;
        Ok(Self {
            sections,
            operations,
        })
    }

    /// One top-level section; null where it is missing.
    pub fn section(&self, name: &str) -> Result<Node<'m>, Fault> {
        let Some((_, text)) = self.sections.iter().find(|(section, _)| *section == name) else {
            return Ok(Node::Null);
        };
        json::parse(text).map_err(|error| broken(name, text, &error))
    }

    /// Names of all operations.
    pub fn operations(&self) -> impl Iterator<Item = &'m str> {
        self.operations.iter().map(|(name, _)| *name)
    }

    /// An operation with what it takes over from others; none of this name.
    pub fn operation(&self, name: &str) -> Result<Option<Node<'m>>, Fault> {
        let Some(mut operation) = self.own(name)? else {
            return Ok(None);
        };
        for _ in 0..LIKE_LIMIT {
            let Some(like) = take_like(&mut operation, name)? else {
                return Ok(Some(operation));
            };
            let other = self.own(&like)?;
            let other = other.ok_or_else(|| {
                at(
                    &format!("operations.{name}.like"),
                    format!("names no operation: \"{like}\""),
                )
            })?;
            inherit(&mut operation, other);
        }
        Err(at(
            &format!("operations.{name}.like"),
            format!("leads through more than {LIKE_LIMIT} operations"),
        ))
    }

    fn own(&self, name: &str) -> Result<Option<Node<'m>>, Fault> {
        let Some((_, text)) = self
            .operations
            .iter()
            .find(|(operation, _)| *operation == name)
        else {
            return Ok(None);
        };
        let node = json::parse(text)
            .map_err(|error| broken(&format!("operations.{name}"), text, &error))?;
        match node {
            Node::Object(_) => Ok(Some(node)),
            _ => Err(at(&format!("operations.{name}"), "wants an object")),
        }
    }
}

fn take_like(operation: &mut Node<'_>, name: &str) -> Result<Option<String>, Fault> {
    let Node::Object(members) = operation else {
        return Ok(None);
    };
    let Some(position) = members.iter().position(|(key, _)| key == "like") else {
        return Ok(None);
    };
    match members.remove(position).1 {
        Node::Text(like) => Ok(Some(like.into_owned())),
        _ => Err(at(
            &format!("operations.{name}.like"),
            "is the name of another operation",
        )),
    }
}

/// Adds what is missing. A key written as null takes nothing over.
fn inherit<'m>(operation: &mut Node<'m>, other: Node<'m>) {
    let (Node::Object(members), Node::Object(others)) = (operation, other) else {
        return;
    };
    for (key, value) in others {
        if !members.iter().any(|(own, _)| *own == key) {
            members.push((key, value));
        }
    }
}

/// A section with the defaults of another under it, key by key; codes, headers
/// and parameters one by one.
pub fn with_defaults<'m>(own: Node<'m>, defaults: Node<'m>) -> Node<'m> {
    let (Node::Object(mut members), Node::Object(others)) = (own, defaults) else {
        return Node::Null;
    };
    for (key, value) in others {
        match members.iter_mut().find(|(name, _)| *name == key) {
            None => members.push((key, value)),
            Some((_, earlier)) if matches!(&*key, "codes" | "states" | "headers" | "query") => {
                inherit(earlier, value);
            }
            Some(_) => {}
        }
    }
    Node::Object(members)
}

fn at(place: &str, problem: impl Into<String>) -> Fault {
    Fault::mapping(problem).at(|| place.to_owned())
}

/// Tells line and column, counted from 1 within the section's own text.
fn broken(section: &str, text: &str, error: &json::SyntaxError) -> Fault {
    let before = text.get(..error.offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    let place = if section.is_empty() {
        "mapping".to_owned()
    } else {
        section.to_owned()
    };
    Fault::mapping(error.problem).at(|| format!("{place}, line {line}, column {column}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_build_on_each_other() {
        let text = r#"{"guichet_mapping":1,"operations":{"a":{"x":"1","y":"2"},"b":{"like":"a","y":"3"},"c":{"like":"c"},"d":{"like":"e"}}}"#;
        let mapping = Mapping::open(text).expect("opens");
        let b = mapping
            .operation("b")
            .expect("reads")
            .expect("stands there");
        assert_eq!(b.get("x"), Some(&Node::text("1")));
        assert_eq!(b.get("y"), Some(&Node::text("3")));
        assert!(mapping.operation("c").is_err());
        assert!(mapping.operation("d").is_err());
        assert!(mapping.operation("z").expect("reads").is_none());
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        for (text, told) in [
            ("[]", "mapping, line 1, column 1"),
            ("{\"operations\":{}}", "guichet_mapping"),
            ("{\"guichet_mapping\":1}", "operations"),
            (
                "{\"guichet_mapping\":1,\"operation\":{}}",
                "operation: means nothing here",
            ),
        ] {
            let fault = Mapping::open(text).expect_err("a mistake").to_string();
            assert!(fault.contains(told), "{fault}");
        }
        let mapping =
            Mapping::open("{\"guichet_mapping\":1,\"operations\":{\"a\":{\n\"x\": tru}}}")
                .expect("opens");
        let fault = mapping.operation("a").expect_err("a mistake").to_string();
        assert!(fault.contains("operations.a, line 2"), "{fault}");
    }
}
