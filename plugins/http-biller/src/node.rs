//! The one tree that everything passes through: the mapping itself, a request
//! before it is encoded, an answer once it is read, the values of a call.
//! Numbers stay text, so that no amount ever becomes a float. It knows nothing
//! of any language it was read from or is written to.

use std::borrow::Cow;

/// A value; objects keep the order in which they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node<'a> {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number, as it was written.
    Number(Cow<'a, str>),
    /// Text.
    Text(Cow<'a, str>),
    /// Bytes that are no text: a digest, a signature, an encoded body.
    Bytes(Vec<u8>),
    /// Several values.
    List(Vec<Node<'a>>),
    /// Named values.
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

impl<'a> Node<'a> {
    /// Text that lives as long as the tree.
    pub fn text(value: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(value.into())
    }

    /// A whole number.
    pub fn whole(value: impl std::fmt::Display) -> Self {
        Self::Number(Cow::Owned(value.to_string()))
    }

    /// Text, or nothing.
    pub fn optional(value: Option<&'a str>) -> Self {
        value.map_or(Self::Null, Self::text)
    }

    /// An object of named values.
    pub fn object(members: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        Self::Object(
            members
                .into_iter()
                .map(|(name, value)| (Cow::Borrowed(name), value))
                .collect(),
        )
    }

    /// The member of this name; the first where a name stands twice.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.members()
            .iter()
            .find(|(member, _)| member == name)
            .map(|(_, value)| value)
    }

    /// Members of an object; none of anything else.
    pub fn members(&self) -> &[(Cow<'a, str>, Self)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    /// One or many: a list's elements, or the value itself where a biller
    /// writes a list of one as a single value (XML always does).
    pub fn elements(&self) -> &[Self] {
        match self {
            Self::List(elements) => elements,
            Self::Null => &[],
            one => std::slice::from_ref(one),
        }
    }

    /// The text of a plain value; none of nothing, bytes, lists and objects.
    pub fn plain(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Number(text) | Self::Text(text) => Some(Cow::Borrowed(text)),
            Self::Boolean(true) => Some(Cow::Borrowed("true")),
            Self::Boolean(false) => Some(Cow::Borrowed("false")),
            Self::Null | Self::Bytes(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// Whether there is nothing to show: null, empty text, an empty list.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) | Self::Number(text) => text.is_empty(),
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::List(elements) => elements.is_empty(),
            Self::Object(members) => members.is_empty(),
            Self::Boolean(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_value_is_a_list_of_one() {
        assert_eq!(Node::text("a").elements().len(), 1);
        assert_eq!(Node::List(vec![Node::Null, Node::Null]).elements().len(), 2);
        assert!(Node::Null.elements().is_empty());
    }

    #[test]
    fn members_are_found_by_name() {
        let node = Node::object([("a", Node::whole(1)), ("b", Node::text("x"))]);
        assert_eq!(node.get("b").and_then(Node::plain).as_deref(), Some("x"));
        assert!(node.get("c").is_none());
        assert!(node.get("a").expect("stands there").get("a").is_none());
    }
}
