//! Finds secrets left in a bundle's texts: a signed bundle is public. Looks for
//! well-known forms of keys and tokens, and for values under names such as
//! `password` that look like the real thing. Finds mistakes, not ill will.

mod forms;
mod named;

use crate::bundle::Bundle;
use crate::finding::{Finding, Rule};

/// Findings of one file.
const FINDINGS_LIMIT: usize = 10;
/// Larger texts are refused by their size.
const TEXT_LIMIT_BYTES: usize = 8 << 20;
/// Recorded test exchanges need keys and secrets of their own, made up for them.
const TESTS_FOLDER: &str = "tests/";

/// Something that should not be published, by its place in the text.
struct Secret {
    offset: usize,
    problem: String,
}

pub(crate) fn check(bundle: &Bundle<'_>) -> Vec<Finding> {
    let texts = bundle
        .files()
        .filter(|(path, bytes)| {
            !path.as_str().ends_with(".wasm") && bytes.len() <= TEXT_LIMIT_BYTES
        })
        .filter_map(|(path, bytes)| Some((path.as_str(), std::str::from_utf8(bytes).ok()?)));
    texts
        .flat_map(|(path, text)| check_text(path, text))
        .collect()
}

fn check_text(path: &str, text: &str) -> Vec<Finding> {
    let mut secrets = forms::find(text);
    if !path.starts_with(TESTS_FOLDER) {
        secrets.extend(forms::find_encoded(text));
        secrets.extend(named::find(text));
    }
    secrets.sort_by_key(|secret| secret.offset);
    let mut findings: Vec<Finding> = Vec::new();
    let mut place = Place { line: 1, offset: 0 };
    for secret in secrets {
        place = place.advance(text, secret.offset);
        let line = Some(place.line);
        // One line is one mistake, however many rules it breaks.
        if findings.last().is_some_and(|last| last.line == line) {
            continue;
        }
        if findings.len() == FINDINGS_LIMIT {
            break;
        }
        let mend = "remove it, have the operator bind it as a key or secret, and replace it, for others may know it by now";
        findings.push(Finding::new(Rule::Secret, path, secret.problem, mend).at(line));
    }
    findings
}

/// A line and where it was found out, so that no text is counted twice.
#[derive(Clone, Copy)]
struct Place {
    line: usize,
    offset: usize,
}

impl Place {
    fn advance(self, text: &str, offset: usize) -> Self {
        let between = &text.as_bytes()[self.offset..offset];
        let lines = between.iter().filter(|byte| **byte == b'\n').count();
        Self {
            line: self.line + lines,
            offset,
        }
    }
}

#[cfg(test)]
mod tests;
