//! Filters over several values: joined, sorted for a signature, looked up.

use std::borrow::Cow;

use crate::error::Fault;
use crate::node::Node;

/// The same tree, owning its texts.
pub fn detach(node: &Node<'_>) -> Node<'static> {
    let own = |text: &Cow<'_, str>| Cow::Owned(text.clone().into_owned());
    match node {
        Node::Null => Node::Null,
        Node::Boolean(value) => Node::Boolean(*value),
        Node::Number(text) => Node::Number(own(text)),
        Node::Text(text) => Node::Text(own(text)),
        Node::Bytes(bytes) => Node::Bytes(bytes.clone()),
        Node::List(elements) => Node::List(elements.iter().map(detach).collect()),
        Node::Object(members) => Node::Object(
            members
                .iter()
                .map(|(name, value)| (own(name), detach(value)))
                .collect(),
        ),
    }
}

/// Plain values parted by commas, as a list inside a text is written.
pub fn join_commas(node: &Node<'_>) -> Result<Cow<'static, str>, Fault> {
    match join(node, ",")? {
        Node::Text(text) => Ok(text),
        _ => Ok(Cow::Borrowed("")),
    }
}

/// One text of a list's plain values.
pub(super) fn join(node: &Node<'_>, separator: &str) -> Result<Node<'static>, Fault> {
    let mut out = String::new();
    for (index, element) in node.elements().iter().enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        out.push_str(
            &element
                .plain()
                .ok_or_else(|| Fault::value("cannot join structures"))?,
        );
    }
    Ok(Node::text(out))
}

/// `name=value` of an object's plain members that are not empty, sorted by name
/// (bytes) and joined with `&`; without the names listed in `except`.
pub(super) fn sorted(node: &Node<'_>, except: &str) -> Node<'static> {
    let mut pairs: Vec<(&str, Cow<'_, str>)> = Vec::new();
    let values = node
        .members()
        .iter()
        .filter(|(name, _)| !except.split(',').any(|left_out| left_out == name))
        .filter_map(|(name, value)| Some((&**name, value.plain()?)))
        .filter(|(_, value)| !value.is_empty());
    for pair in values {
        let at = pairs.partition_point(|earlier| *earlier < pair);
        pairs.insert(at, pair);
    }
    let mut out = String::new();
    for (index, (name, value)) in pairs.iter().enumerate() {
        if index > 0 {
            out.push('&');
        }
        out.push_str(name);
        out.push('=');
        out.push_str(value);
    }
    Node::text(out)
}

/// The value's translation; `*` stands for what is not listed.
pub(super) fn table(plain: &str, name: &str, tables: &Node<'_>) -> Result<Node<'static>, Fault> {
    let table = tables
        .get(name)
        .ok_or_else(|| Fault::mapping(format!("no table \"{name}\"")))?;
    table
        .get(plain)
        .or_else(|| table.get("*"))
        .map(detach)
        .ok_or_else(|| Fault::value(format!("stands not in the table {name}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_sorted_for_a_signature() {
        let node = Node::object([
            ("user_no", Node::text("1")),
            ("sign", Node::text("x")),
            ("empty", Node::text("")),
            ("list", Node::List(Vec::new())),
            ("a", Node::whole(2)),
        ]);
        assert_eq!(sorted(&node, "sign"), Node::text("a=2&user_no=1"));
    }

    #[test]
    fn a_table_translates() {
        let tables = Node::object([(
            "t",
            Node::object([("1", Node::text("a")), ("*", Node::text("z"))]),
        )]);
        assert_eq!(table("1", "t", &tables).expect("listed"), Node::text("a"));
        assert_eq!(table("2", "t", &tables).expect("the rest"), Node::text("z"));
        assert!(table("1", "u", &tables).is_err());
    }
}
