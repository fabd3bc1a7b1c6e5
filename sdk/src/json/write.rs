//! Writing JSON without spaces, members in the order they were set.

use super::Value;

pub(super) fn push(text: &mut String, value: &Value) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(truth) => text.push_str(if *truth { "true" } else { "false" }),
        Value::Number(number) => text.push_str(number),
        Value::Text(string) => push_string(text, string),
        Value::List(elements) => {
            text.push('[');
            for (position, element) in elements.iter().enumerate() {
                push_comma(text, position);
                push(text, element);
            }
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            for (position, (name, member)) in members.iter().enumerate() {
                push_comma(text, position);
                push_string(text, name);
                text.push(':');
                push(text, member);
            }
            text.push('}');
        }
    }
}

fn push_comma(text: &mut String, position: usize) {
    if position > 0 {
        text.push(',');
    }
}

fn push_string(text: &mut String, string: &str) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' | '\\' => {
                text.push('\\');
                text.push(character);
            }
            '\u{0}'..='\u{1f}' => {
                const DIGITS: &[u8; 16] = b"0123456789abcdef";
                let code = usize::from(u8::try_from(character).unwrap_or_default());
                text.push_str("\\u00");
                text.push(char::from(DIGITS[code >> 4]));
                text.push(char::from(DIGITS[code & 15]));
            }
            _ => text.push(character),
        }
    }
    text.push('"');
}
