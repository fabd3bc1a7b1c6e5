//! Reads bundles, strictly: only the bytes that the writer would have made.
//! Never panics and never allocates by a number that the bytes claim.

use guichet_domain::{Digest, DigestAlgorithm};

use super::{
    Bundle, BundleError, BundleLimits, BundlePath, COUNTERSIGNATURE_LIMIT, HEAD_LIMIT_BYTES, Held,
    MAGIC,
};
use crate::sign::{Signature, digest};

/// What a `file` line says.
struct Entry {
    path: BundlePath,
    digest: Digest,
    size: usize,
}

/// What the head says so far.
struct Head {
    algorithm: DigestAlgorithm,
    entries: Vec<Entry>,
    /// Length of the lines that are signed: those before `sign`.
    signed_bytes: usize,
    publisher: Option<Signature>,
    registries: Vec<Signature>,
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
        let (text, content) = split_head(bytes)?;
        let head = read_head(text, limits)?;
        let publisher = head.publisher.ok_or(BundleError::NotSigned)?;
        let release = digest(head.algorithm, &bytes[..head.signed_bytes]);
        Ok(Self {
            digest: release.map_err(BundleError::Algorithm)?,
            files: take_files(head.entries, content)?,
            publisher,
            registries: head.registries,
            head_bytes: text.len(),
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

fn read_head(text: &str, limits: BundleLimits) -> Result<Head, BundleError> {
    let mut lines = text.split_inclusive('\n').skip(1);
    let algorithm = lines.next().and_then(|line| {
        let name = line.strip_prefix("digest ")?.strip_suffix('\n')?;
        DigestAlgorithm::from_name(name)
    });
    let algorithm = algorithm.ok_or_else(|| BundleError::Line {
        line: 2,
        problem: "it must say `digest sha256` or `digest sm3`".to_owned(),
    })?;
    let mut head = Head {
        algorithm,
        entries: Vec::new(),
        signed_bytes: MAGIC.len() + "digest \n".len() + algorithm.as_str().len(),
        publisher: None,
        registries: Vec::new(),
    };
    for (index, line) in lines.enumerate() {
        head.line(line, limits)
            .map_err(|error| error.at(index + 3))?;
    }
    if head.entries.is_empty() {
        return Err(BundleError::Empty);
    }
    Ok(head)
}

impl Head {
    fn line(&mut self, line: &str, limits: BundleLimits) -> Result<(), BundleError> {
        let content = line.trim_end_matches('\n');
        match content.split_once(' ') {
            Some(("file", rest)) if self.publisher.is_none() => {
                let entry = read_entry(rest).map_err(unlawful)?;
                self.check(&entry, limits)?;
                self.entries.push(entry);
                self.signed_bytes += line.len();
            }
            Some(("sign", rest)) if self.publisher.is_none() => {
                let signature = read_signature(rest).map_err(unlawful)?;
                if signature.algorithm().digest() != self.algorithm {
                    let expected = signature.algorithm().digest();
                    let problem = format!("this signature goes with `digest {expected}`");
                    return Err(unlawful(problem));
                }
                self.publisher = Some(signature);
            }
            Some(("countersign", rest)) if self.publisher.is_some() => {
                let signature = read_signature(rest).map_err(unlawful)?;
                let mut known = self.registries.iter();
                if known.any(|known| known.key == signature.key) {
                    return Err(unlawful("the same key countersigns twice"));
                }
                if self.registries.len() == COUNTERSIGNATURE_LIMIT {
                    return Err(unlawful("more than seven registries countersign"));
                }
                self.registries.push(signature);
            }
            _ => {
                return Err(unlawful(
                    "the lines are `file` for each file, one `sign`, then `countersign` lines",
                ));
            }
        }
        Ok(())
    }

    fn check(&self, entry: &Entry, limits: BundleLimits) -> Result<(), BundleError> {
        if entry.digest.algorithm() != self.algorithm {
            let problem = format!("its digest must be of {}", self.algorithm);
            return Err(unlawful(problem));
        }
        let last = self.entries.last();
        if last.is_some_and(|last| last.path >= entry.path) {
            return Err(unlawful("paths must ascend, each once"));
        }
        if entry.size > limits.file_bytes {
            return Err(BundleError::FileTooLarge {
                path: entry.path.to_string(),
                limit: limits.file_bytes,
            });
        }
        if self.entries.len() == limits.files {
            return Err(BundleError::TooManyFiles {
                limit: limits.files,
            });
        }
        Ok(())
    }
}

/// A line that is wrong; where it stands is added by the reader of the lines.
fn unlawful(problem: impl Into<String>) -> BundleError {
    let problem = problem.into();
    BundleError::Line { line: 0, problem }
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
        return Err("a signature is written ALGORITHM KEY SIGNATURE".to_owned());
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
    for held in &files {
        let found = digest(held.digest.algorithm(), held.bytes);
        if found.map_err(BundleError::Algorithm)? != held.digest {
            return Err(BundleError::Digest {
                path: held.path.to_string(),
            });
        }
    }
    Ok(files)
}
