//! Reads `plugin.toml` and finds the line of each part, so that every finding
//! can point at it. Whether the parts make sense is checked elsewhere.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{MANIFEST_FILE, Manifest, schema};
use crate::finding::{Finding, Rule};

/// The text of a manifest with the places of its parts.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    text: &'a str,
    root: DeTable<'a>,
}

/// A manifest with its source.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    document: Document<'a>,
    pub(crate) manifest: Manifest,
}

impl Manifest {
    /// Reads a manifest; the finding says where it goes wrong and what to do.
    /// `read_all` finds more than one fault.
    pub fn read(text: &str) -> Result<Self, Finding> {
        let document = Document::read(text.as_bytes())?;
        document.manifest()
    }

    /// Reads a manifest as the entry door does: everything that the published
    /// schema or the reader refuses, in the order of the lines.
    pub fn read_all(text: &str) -> Result<Self, Vec<Finding>> {
        let source = Source::read(text.as_bytes())?;
        let findings = schema::check(&source.document);
        if findings.is_empty() {
            Ok(source.manifest)
        } else {
            Err(findings)
        }
    }
}

impl<'a> Source<'a> {
    /// Reads a manifest, or finds everything that keeps it from being read.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, Vec<Finding>> {
        let document = Document::read(bytes).map_err(|finding| vec![finding])?;
        match document.manifest() {
            Ok(manifest) => Ok(Self { document, manifest }),
            Err(finding) => {
                let mut findings = vec![finding];
                join(&mut findings, schema::check(&document));
                findings.sort_by_key(|finding| finding.line);
                Err(findings)
            }
        }
    }

    /// What the published schema refuses, where no other finding stands on the
    /// same line: theirs know more of the matter.
    pub(crate) fn add_schema(&self, findings: &mut Vec<Finding>) {
        join(findings, schema::check(&self.document));
    }

    /// The line of a part; see `Document::line`.
    pub(crate) fn line(&self, path: &[&str]) -> Option<usize> {
        self.document.line(path)
    }
}

fn join(findings: &mut Vec<Finding>, others: Vec<Finding>) {
    for other in others {
        let known = |known: &Finding| known.file == other.file && known.line == other.line;
        if !findings.iter().any(known) {
            findings.push(other);
        }
    }
}

impl<'a> Document<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Finding> {
        let text = std::str::from_utf8(bytes)
            .map_err(|_| finding("the manifest is not UTF-8 text", "save it as UTF-8"))?;
        let root = DeTable::parse(text).map_err(|error| fault(text, &error))?;
        let root = root.into_inner();
        Ok(Self { text, root })
    }

    fn manifest(&self) -> Result<Manifest, Finding> {
        toml::from_str(self.text).map_err(|error| fault(self.text, &error))
    }

    pub(super) const fn text(&self) -> &'a str {
        self.text
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

fn fault(text: &str, error: &toml::de::Error) -> Finding {
    let line = error.span().map(|span| line_at(text, span.start));
    finding(error.message(), mend(error.message())).at(line)
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
