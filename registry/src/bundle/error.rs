//! Why bytes are no bundle, or files make none. Each text says what is wrong and,
//! after a semicolon, how to mend it.

use crate::finding::{Finding, Rule};
use crate::sign::SignError;

/// Why bytes are no bundle, or files make none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Too large, before anything is looked at.
    #[error("the bundle is larger than {limit} bytes; make it smaller")]
    TooLarge {
        /// The bound.
        limit: usize,
    },
    /// Not a bundle at all.
    #[error(
        "this is no bundle, for it does not begin with the line `guichet-bundle 1`; build it with `guichet plugin build`"
    )]
    Magic,
    /// A head without an end within its bound.
    #[error("the bundle's head has no end within 64 KiB, or is not ASCII text; build it again")]
    Head,
    /// A line of the head that is not written in the one lawful way.
    #[error("line {line} of the bundle's head is not canonical: {problem}; build it again")]
    Line {
        /// Counts from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// No publisher's signature.
    #[error("it is not signed; sign it with the publisher's key")]
    NotSigned,
    /// More files than the limit.
    #[error("the bundle holds more than {limit} files; remove some")]
    TooManyFiles {
        /// The bound.
        limit: usize,
    },
    /// A file beyond its limit.
    #[error("{path} is larger than {limit} bytes; make it smaller")]
    FileTooLarge {
        /// Which one.
        path: String,
        /// The bound.
        limit: usize,
    },
    /// The bytes end early or go on after the last file.
    #[error(
        "the files' sizes do not add up to the bundle's, for it was cut or extended; build it again"
    )]
    Length,
    /// Bytes that do not have their digest.
    #[error(
        "{path} does not have the digest that the bundle's head gives: it was altered; build it again"
    )]
    Digest {
        /// Which one.
        path: String,
    },
    /// Nothing to bundle.
    #[error("a bundle holds at least one file; add the package's files")]
    Empty,
    /// The same path twice, given to the writer.
    #[error("{path} is given twice; give it once")]
    Twice {
        /// Which one.
        path: String,
    },
    /// The same registry key twice, given to the writer.
    #[error("this key has countersigned the bundle already; use the bundle as it is")]
    CountersignedAlready,
    /// No room for another signature, given to the writer.
    #[error("seven registries have countersigned the bundle; countersign the publisher's own copy")]
    CountersignatureLimit,
    /// An algorithm that this build cannot compute.
    #[error(transparent)]
    Algorithm(SignError),
    /// A signature that belongs to something else.
    #[error("line {line} of the bundle's head: {error}; sign it again")]
    Signature {
        /// Counts from 1.
        line: usize,
        /// Why it does not count.
        error: SignError,
    },
}

impl BundleError {
    /// As a finding of the entry door.
    #[must_use]
    pub fn finding(&self) -> Finding {
        let (rule, file, line) = match self {
            Self::Line { line, .. } => (Rule::Bundle, "bundle", Some(*line)),
            Self::Signature { line, .. } => (Rule::Signature, "bundle", Some(*line)),
            Self::NotSigned => (Rule::Signature, "bundle", None),
            Self::FileTooLarge { path, .. } | Self::Digest { path } => {
                (Rule::Bundle, path.as_str(), None)
            }
            _ => (Rule::Bundle, "bundle", None),
        };
        let text = self.to_string();
        let (problem, mend) = text
            .rsplit_once("; ")
            .unwrap_or((&text, "build it again where they are known"));
        Finding::new(rule, file, problem, mend).at(line)
    }
}
