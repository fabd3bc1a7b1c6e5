//! Turns what the reader of JSON and query strings complains about into a
//! field's path and a sentence in both languages.

use crate::error::Text;

/// The path of the field at fault and what to do about it. `path` is where the
/// reader stood, `message` is its complaint.
pub(super) fn field_and_sentence(path: &str, message: &str) -> (String, Text) {
    let path = if path == "." { "" } else { path };
    if let Some(name) = quoted_after(message, "missing field ") {
        let sentence = Text::new("缺少此字段，请补充。", "This field is missing; add it.");
        return (join(path, name), sentence);
    }
    if let Some(name) = quoted_after(message, "duplicate field ") {
        let sentence = Text::new("此字段出现了两次。", "This field stands twice.");
        return (join(path, name), sentence);
    }
    if let Some(name) = quoted_after(message, "unknown field ") {
        let known = message.split_once(", ").map_or("", |(_, known)| known);
        let known = known
            .trim_start_matches("expected ")
            .trim_start_matches("one of ");
        let sentence = Text::new(
            format!("没有此字段，请删除；可用的字段：{known}。"),
            format!("There is no such field; remove it. Known here: {known}."),
        );
        return (join(path, name), sentence);
    }
    if let Some((found, expected)) = message
        .strip_prefix("invalid type: ")
        .and_then(|rest| rest.split_once(", expected "))
    {
        let sentence = Text::new(
            format!("类型不符：应为 {expected}，收到 {found}。"),
            format!("Wrong type: expected {expected}, got {found}."),
        );
        return (path.to_owned(), sentence);
    }
    let sentence = Text::new(
        format!("不符合要求：{message}。"),
        format!("Not as required: {message}."),
    );
    (path.to_owned(), sentence)
}

fn quoted_after<'a>(message: &'a str, prefix: &str) -> Option<&'a str> {
    message
        .strip_prefix(prefix)?
        .strip_prefix('`')?
        .split('`')
        .next()
}

/// The reader's path sometimes ends in the field's name already.
fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else if path == name || path.ends_with(&format!(".{name}")) {
        path.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_complaints_are_worded_in_both_languages() {
        let (field, sentence) = field_and_sentence(
            "items[0].extra",
            "unknown field `extra`, expected `a` or `b`",
        );
        assert_eq!(field, "items[0].extra");
        let english = sentence.in_language(crate::language::Language::English);
        assert_eq!(
            english,
            "There is no such field; remove it. Known here: `a` or `b`."
        );
        let (field, _) = field_and_sentence(".", "missing field `service`");
        assert_eq!(field, "service");
        let (field, _) = field_and_sentence("a", "duplicate field `b`");
        assert_eq!(field, "a.b");
    }
}
