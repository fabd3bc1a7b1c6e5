//! What commands print: one JSON document, or readable lines and tables. Text
//! that comes from elsewhere is cleaned, so that it cannot steer the terminal.

use std::io::Write as _;

use serde_json::Value;

use crate::language::Language;

/// Where a command's answer goes, and in which form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    form: Form,
    pub(super) language: Language,
}

/// For programs or for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The API's JSON as it came.
    Json,
    /// Lines and tables.
    Text,
}

impl Output {
    /// Output of this form in this language.
    pub(super) const fn new(form: Form, language: Language) -> Self {
        Self { form, language }
    }

    /// Prints the answer as JSON, or lets `draw` write it for people.
    pub(super) fn answer(self, answer: &Value, draw: impl FnOnce(&mut Lines)) {
        let text = match self.form {
            Form::Json => format!("{answer}\n"),
            Form::Text => {
                let mut lines = Lines {
                    text: String::new(),
                    language: self.language,
                };
                draw(&mut lines);
                lines.text
            }
        };
        // Nobody reads any more (`| head`): that is no failure of the command.
        let _closed = std::io::stdout().lock().write_all(text.as_bytes());
    }
}

/// The lines of an answer.
#[derive(Debug)]
pub(super) struct Lines {
    text: String,
    pub(super) language: Language,
}

impl Lines {
    /// A line as it is.
    pub(super) fn line(&mut self, text: &str) {
        self.text.push_str(&clean(text));
        self.text.push('\n');
    }

    /// A line of parts, each after the terminal's sequence for its colour: an
    /// empty one for none. The parts' own texts cannot steer the terminal.
    pub(super) fn styled(&mut self, parts: &[(&'static str, &str)]) {
        for (colour, text) in parts {
            self.text.push_str(colour);
            self.text.push_str(&clean(text));
            if !colour.is_empty() {
                self.text.push_str("\u{1b}[0m");
            }
        }
        self.text.push('\n');
    }

    /// A line in the reader's language.
    pub(super) fn say(&mut self, chinese: &str, english: &str) {
        self.line(self.language.pick(chinese, english));
    }

    /// A labelled value; nothing where there is none.
    pub(super) fn pair(&mut self, chinese: &str, english: &str, value: &str) {
        if !value.is_empty() {
            let label = self.language.pick(chinese, english);
            let padding = " ".repeat(16_usize.saturating_sub(width(label)));
            self.line(&format!("{label}{padding}  {value}"));
        }
    }

    /// A table with a heading for every column.
    pub(super) fn table(&mut self, headings: &[(&str, &str)], rows: &[Vec<String>]) {
        let headings: Vec<String> = headings
            .iter()
            .map(|(zh, en)| self.language.pick(zh, en).to_owned())
            .collect();
        let all: Vec<&Vec<String>> = std::iter::once(&headings).chain(rows).collect();
        let widths: Vec<usize> = (0..headings.len())
            .map(|column| {
                all.iter()
                    .filter_map(|row| row.get(column))
                    .map(|cell| width(cell))
                    .max()
            })
            .map(Option::unwrap_or_default)
            .collect();
        for row in all {
            let cells = row.iter().zip(&widths).map(|(cell, wide)| {
                let cell = clean(cell);
                let padding = " ".repeat(wide.saturating_sub(width(&cell)));
                format!("{cell}{padding}")
            });
            let line = cells.collect::<Vec<_>>().join("  ");
            self.line(line.trim_end());
        }
    }
}

/// Text without control and direction characters.
fn clean(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|c| if steers(c) { ' ' } else { c })
        .collect()
}

/// Columns of a terminal: East Asian wide characters take two.
fn width(text: &str) -> usize {
    let wide = |c: char| {
        matches!(u32::from(c), 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3
            | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x20000..=0x3fffd)
    };
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

/// A text member; empty where there is none.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The members of a list; none where there is no list.
pub(super) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

/// An amount for people: `¥86.50`, `12.00 USD`; empty where there is none.
pub(super) fn amount(money: &Value) -> String {
    let (Some(minor), Some(currency)) = (money["amount"].as_i64(), money["currency"].as_str())
    else {
        return String::new();
    };
    let sign = if minor < 0 { "-" } else { "" };
    let digits = minor.unsigned_abs();
    let decimal = format!("{}.{:02}", digits / 100, digits % 100);
    match currency {
        "CNY" => format!("{sign}¥{decimal}"),
        "JPY" | "KRW" => format!("{sign}{digits} {currency}"),
        _ => format!("{sign}{decimal} {currency}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_are_drawn_exactly() {
        let draw =
            |minor: i64, currency: &str| amount(&json!({"amount": minor, "currency": currency}));
        assert_eq!(draw(8650, "CNY"), "¥86.50");
        assert_eq!(draw(-5, "CNY"), "-¥0.05");
        assert_eq!(draw(i64::MIN, "USD"), "-92233720368547758.08 USD");
        assert_eq!(draw(100, "JPY"), "100 JPY");
        assert_eq!(amount(&Value::Null), "");
    }

    #[test]
    fn foreign_text_cannot_steer_the_terminal() {
        assert_eq!(clean("a\u{1b}[2Jb\u{202e}c"), "a [2Jb c");
    }

    #[test]
    fn columns_line_up_under_wide_characters() {
        let mut lines = Lines {
            text: String::new(),
            language: Language::Chinese,
        };
        let rows = [
            vec!["水费".to_owned(), "x".to_owned()],
            vec!["ab".to_owned(), "y".to_owned()],
        ];
        lines.table(&[("名称", "Title"), ("列", "B")], &rows);
        assert_eq!(lines.text, "名称  列\n水费  x\nab    y\n");
    }
}
