//! Remembers in the data folder what was made last, so that the next command can
//! be pasted with `last` in place of an id. A convenience: nothing depends on it.

use std::path::Path;

use super::exit::Failure;

/// In place of an id: the one that was made last.
pub(super) const LAST: &str = "last";

/// What is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noun {
    BillQuery,
    Consent,
    Inquiry,
}

impl Noun {
    const fn file(self) -> &'static str {
        match self {
            Self::BillQuery => "last-bill-query",
            Self::Consent => "last-consent",
            Self::Inquiry => "last-inquiry",
        }
    }

    const fn maker(self) -> &'static str {
        match self {
            Self::BillQuery => "guichet bills query",
            Self::Consent => "guichet consents grant",
            Self::Inquiry => "guichet inquire",
        }
    }
}

/// Remembers an id; a folder that cannot be written to remembers nothing.
pub(super) fn remember(data: &Path, noun: Noun, id: &str) {
    let _forgotten = std::fs::write(data.join(noun.file()), id);
}

/// The id as it was given, or the remembered one for `last`; lawful as a segment
/// of a path.
pub(super) fn resolve(data: &Path, noun: Noun, given: &str) -> Result<String, Failure> {
    if given != LAST {
        return Ok(super::segment(given)?.to_owned());
    }
    let found = std::fs::read_to_string(data.join(noun.file())).unwrap_or_default();
    let id = found.trim();
    if id.is_empty() {
        return Err(Failure::Usage(format!(
            "there is no last one here yet: `{}` makes one",
            noun.maker()
        )));
    }
    Ok(super::segment(id)?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_recalled() {
        let folder = tempfile::tempdir().unwrap();
        let recall = |noun| resolve(folder.path(), noun, LAST);
        assert!(matches!(recall(Noun::BillQuery), Err(Failure::Usage(_))));
        remember(folder.path(), Noun::BillQuery, "bq_1");
        assert_eq!(recall(Noun::BillQuery).unwrap(), "bq_1");
        assert!(recall(Noun::Consent).is_err());
        assert_eq!(
            resolve(folder.path(), Noun::Consent, "con_7").unwrap(),
            "con_7"
        );
        remember(&folder.path().join("missing"), Noun::BillQuery, "bq_2");
    }
}
