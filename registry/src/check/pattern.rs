//! Checks that a pattern means the same in every engine, and that it is cheap.

use regex::RegexBuilder;

use super::Fault;

const PATTERN_LIMIT_BYTES: usize = 500;

pub(crate) fn check(pattern: &str) -> Option<Fault> {
    let mend =
        "write it between ^ and $ with plain classes such as [0-9], groups and bounded repeats";
    if pattern.len() > PATTERN_LIMIT_BYTES || !(pattern.starts_with('^') && pattern.ends_with('$'))
    {
        return Some(Fault::new(
            "the pattern is too long, or does not bind the whole text",
            mend,
        ));
    }
    if let Some(escape) = foreign_escape(pattern) {
        let problem =
            format!("the pattern's \\{escape} means different things in different engines");
        return Some(Fault::new(problem, mend));
    }
    if pattern.contains("(?") && !pattern.contains("(?:") {
        return Some(Fault::new(
            "the pattern has a group that not every engine knows",
            mend,
        ));
    }
    let compiled = RegexBuilder::new(pattern).size_limit(1 << 20).build();
    compiled.err().map(|error| {
        let reason = error.to_string();
        let last = reason.lines().last().unwrap_or_default().to_owned();
        Fault::new(format!("the pattern cannot be used: {last}"), mend)
    })
}

/// The first letter or digit after a backslash: a class, a boundary or a
/// reference.
fn foreign_escape(pattern: &str) -> Option<char> {
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        if character == '\\' {
            let escaped = characters.next()?;
            if escaped.is_ascii_alphanumeric() {
                return Some(escaped);
            }
        }
    }
    None
}
