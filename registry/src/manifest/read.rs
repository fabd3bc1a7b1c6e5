//! Reads `plugin.toml` and finds the line of each part, so that every finding
//! can point at it. Whether the parts make sense is checked elsewhere.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{MANIFEST_FILE, Manifest};
use crate::finding::{Finding, Rule};

/// A manifest with its source.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    text: &'a str,
    root: DeTable<'a>,
    pub(crate) manifest: Manifest,
}

impl Manifest {
    /// Reads a manifest; the finding says where it goes wrong and what to do.
    pub fn read(text: &str) -> Result<Self, Finding> {
        Source::read(text.as_bytes()).map(|source| source.manifest)
    }
}

impl<'a> Source<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, Finding> {
        let text = std::str::from_utf8(bytes)
            .map_err(|_| finding("the manifest is not UTF-8 text", "save it as UTF-8"))?;
        let fail = |error: &toml::de::Error| {
            let line = error.span().map(|span| line_at(text, span.start));
            finding(error.message(), mend(error.message())).at(line)
        };
        let root = DeTable::parse(text)
            .map_err(|error| fail(&error))?
            .into_inner();
        let manifest = toml::from_str(text).map_err(|error| fail(&error))?;
        Ok(Self {
            text,
            root,
            manifest,
        })
    }

    /// The line of the part at a path of keys and positions, or of the nearest
    /// part around it.
    pub(crate) fn line(&self, path: &[&str]) -> Option<usize> {
        let mut table = &self.root;
        let mut found = None;
        let mut keys = path.iter();
        while let Some(key) = keys.next() {
            let Some((name, value)) = entry(table, key) else {
                break;
            };
            found = Some(name);
            match value.get_ref() {
                DeValue::Table(inner) => table = inner,
                DeValue::Array(items) => {
                    let index = keys.next().and_then(|index| index.parse::<usize>().ok());
                    let Some(item) = index.and_then(|index| items.get(index)) else {
                        break;
                    };
                    found = Some(item.span().start);
                    let DeValue::Table(inner) = item.get_ref() else {
                        break;
                    };
                    table = inner;
                }
                _ => break,
            }
        }
        found.map(|offset| line_at(self.text, offset))
    }
}

fn entry<'t, 'a>(table: &'t DeTable<'a>, key: &str) -> Option<(usize, &'t Spanned<DeValue<'a>>)> {
    table
        .iter()
        .find(|(name, _)| name.get_ref() == key)
        .map(|(name, value)| (name.span().start, value))
}

fn line_at(text: &str, offset: usize) -> usize {
    let before = &text.as_bytes()[..offset.min(text.len())];
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

fn finding(problem: &str, mend: &str) -> Finding {
    Finding::new(Rule::Manifest, MANIFEST_FILE, problem, mend)
}

/// What to do about an error of the reader.
fn mend(message: &str) -> &'static str {
    if message.starts_with("missing field") {
        "add it"
    } else if message.starts_with("unknown field") || message.starts_with("unknown variant") {
        "correct the name or remove it"
    } else if message.starts_with("duplicate") {
        "keep one of them"
    } else {
        "write it as docs/manifest.md says"
    }
}

#[cfg(test)]
mod tests;
