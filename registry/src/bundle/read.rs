//! Reads bundles, strictly: only the bytes that the writer would have made.
//! Never panics and never allocates by a number that the bytes claim.

use guichet_domain::Digest;

use super::{
    Bundle, BundleError, BundleLimits, BundlePath, DIGEST_LINE, HEAD_LIMIT_BYTES, Held, MAGIC,
    SIGNATURE_LIMIT,
};
use crate::sign::{Signature, sha256};

/// What a `file` line says.
struct Entry {
    path: BundlePath,
    digest: Digest,
    size: usize,
}

impl<'a> Bundle<'a> {
    /// Reads a bundle and checks every digest.
    pub fn read(bytes: &'a [u8], limits: BundleLimits) -> Result<Self, BundleError> {
        if bytes.len() > limits.bundle_bytes {
            return Err(BundleError::TooLarge {
                limit: limits.bundle_bytes,
            });
        }
        if !bytes.starts_with(MAGIC.as_bytes()) {
            return Err(BundleError::Magic);
        }
        let (head, content) = split_head(bytes)?;
        let (entries, signatures, signed_bytes) = read_head(head, limits)?;
        let files = take_files(entries, content)?;
        Ok(Self {
            digest: sha256(&bytes[..signed_bytes]),
            files,
            signatures,
        })
    }
}

/// The head without the empty line that ends it, and what follows.
fn split_head(bytes: &[u8]) -> Result<(&str, &[u8]), BundleError> {
    let window = &bytes[..bytes.len().min(HEAD_LIMIT_BYTES)];
    let end = window
        .windows(2)
        .position(|pair| pair == b"\n\n")
        .ok_or(BundleError::Head)?;
    let head = std::str::from_utf8(&bytes[..=end]).map_err(|_| BundleError::Head)?;
    if !head.is_ascii() {
        return Err(BundleError::Head);
    }
    Ok((head, &bytes[end + 2..]))
}

fn read_head(
    head: &str,
    limits: BundleLimits,
) -> Result<(Vec<Entry>, Vec<Signature>, usize), BundleError> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut signatures = Vec::new();
    let mut signed_bytes = 0;
    for (index, line) in head.split_inclusive('\n').enumerate() {
        let fail = |problem: &str| BundleError::Line {
            line: index + 1,
            problem: problem.into(),
        };
        match (index, line.split_once(' ')) {
            (0, _) => {}
            (1, _) if line == DIGEST_LINE => {}
            (1, _) => return Err(fail("it must say `digest sha256`")),
            (_, Some(("file", rest))) if signatures.is_empty() => {
                let entry = read_entry(rest.trim_end_matches('\n')).map_err(|why| fail(&why))?;
                check_entry(&entry, entries.last(), limits).map_err(|error| error.at(index + 1))?;
                if entries.len() == limits.files {
                    return Err(BundleError::TooManyFiles {
                        limit: limits.files,
                    });
                }
                entries.push(entry);
            }
            (_, Some(("sign", rest))) if signatures.len() < SIGNATURE_LIMIT => {
                let rest = rest.trim_end_matches('\n');
                signatures.push(read_signature(rest).map_err(|why| fail(&why))?);
                continue;
            }
            _ => {
                return Err(fail(
                    "it must begin with `file`, or after the last file with `sign`",
                ));
            }
        }
        signed_bytes += line.len();
    }
    if entries.is_empty() {
        return Err(BundleError::Empty);
    }
    Ok((entries, signatures, signed_bytes))
}

fn read_entry(text: &str) -> Result<Entry, String> {
    let mut parts = text.splitn(3, ' ');
    let (Some(size), Some(digest), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
        return Err("it must say `file SIZE DIGEST PATH`".to_owned());
    };
    let canonical = size == "0" || !size.starts_with(['0', '+']);
    Ok(Entry {
        path: path.parse().map_err(|error| format!("{error}"))?,
        digest: digest.parse().map_err(|error| format!("{error}"))?,
        size: size
            .parse()
            .ok()
            .filter(|_| canonical)
            .ok_or("a size is a plain decimal number")?,
    })
}

fn check_entry(
    entry: &Entry,
    before: Option<&Entry>,
    limits: BundleLimits,
) -> Result<(), BundleError> {
    if before.is_some_and(|before| before.path >= entry.path) {
        let problem = "paths must ascend, each once".to_owned();
        return Err(BundleError::Line { line: 0, problem });
    }
    if entry.size > limits.file_bytes {
        let path = entry.path.to_string();
        return Err(BundleError::FileTooLarge {
            path,
            limit: limits.file_bytes,
        });
    }
    Ok(())
}

impl BundleError {
    /// The same error at another line of the head.
    fn at(self, number: usize) -> Self {
        match self {
            Self::Line { problem, .. } => Self::Line {
                line: number,
                problem,
            },
            other => other,
        }
    }
}

fn read_signature(text: &str) -> Result<Signature, String> {
    let parts: Vec<&str> = text.splitn(3, ' ').collect();
    let &[algorithm, key, bytes] = parts.as_slice() else {
        return Err("it must say `sign ALGORITHM KEY SIGNATURE`".to_owned());
    };
    Signature::from_texts(algorithm, key, bytes).map_err(|error| error.to_string())
}

fn take_files(entries: Vec<Entry>, mut content: &[u8]) -> Result<Vec<Held<'_>>, BundleError> {
    let mut files = Vec::with_capacity(entries.len());
    for Entry { path, digest, size } in entries {
        let (bytes, rest) = content.split_at_checked(size).ok_or(BundleError::Length)?;
        content = rest;
        files.push(Held {
            path,
            digest,
            bytes,
        });
    }
    if !content.is_empty() {
        return Err(BundleError::Length);
    }
    match files.iter().find(|held| sha256(held.bytes) != held.digest) {
        Some(held) => Err(BundleError::Digest {
            path: held.path.to_string(),
        }),
        None => Ok(files),
    }
}
