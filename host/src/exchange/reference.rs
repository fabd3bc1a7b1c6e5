//! Where an artifact is in a foreign registry: `HOST[:PORT]/REPOSITORY:TAG` or
//! `…@sha256:…`, as other tools write it too. No default host and no default
//! tag: what is meant is written out.

use std::fmt;
use std::str::FromStr;

use guichet_domain::{Digest, DigestAlgorithm};

/// The longest reference.
const LIMIT_BYTES: usize = 512;
/// The longest tag, by the distribution specification.
const TAG_LIMIT_BYTES: usize = 128;

/// An artifact's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// `HOST` or `HOST:PORT`.
    pub(super) host: String,
    /// `acme/water`.
    pub(super) repository: String,
    /// Which artifact of the repository.
    pub(super) target: Target,
}

/// Which artifact of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// By a name that may be given to another artifact later.
    Tag(String),
    /// By the SHA-256 of its manifest.
    Digest(Digest),
}

/// Not a reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no reference: write HOST:PORT/REPOSITORY:TAG or HOST:PORT/REPOSITORY@sha256:…, in lower case"
)]
pub struct ReferenceError(String);

impl Reference {
    /// `HOST` or `HOST:PORT`.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The same repository's artifact of this digest.
    #[must_use]
    pub fn pinned(&self, manifest: Digest) -> String {
        format!("{}/{}@{manifest}", self.host, self.repository)
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let shown: String = text.chars().take(80).collect();
        read(text).ok_or(ReferenceError(shown))
    }
}

fn read(text: &str) -> Option<Reference> {
    let (host, rest) = text.split_once('/')?;
    let (repository, target) = match rest.split_once('@') {
        Some((repository, digest)) => {
            let digest: Digest = digest.parse().ok()?;
            let is_sha256 = digest.algorithm() == DigestAlgorithm::Sha256;
            (repository, is_sha256.then_some(Target::Digest(digest))?)
        }
        None => {
            let (repository, tag) = rest.rsplit_once(':')?;
            (
                repository,
                is_tag(tag).then(|| Target::Tag(tag.to_owned()))?,
            )
        }
    };
    let lawful =
        text.len() <= LIMIT_BYTES && is_host(host) && repository.split('/').all(is_component);
    lawful.then(|| Reference {
        host: host.to_owned(),
        repository: repository.to_owned(),
        target,
    })
}

fn is_host(host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (host, None),
    };
    let lawful = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    !name.is_empty()
        && name.bytes().all(lawful)
        && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// A part of a repository's name: letters and digits in lower case, with single
/// separators between them.
fn is_component(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let edges = |byte: Option<u8>| byte.is_some_and(plain);
    let bytes = text.as_bytes();
    edges(bytes.first().copied())
        && edges(bytes.last().copied())
        && bytes
            .iter()
            .all(|byte| plain(*byte) || b"-._".contains(byte))
        && !text.contains("..")
}

fn is_tag(text: &str) -> bool {
    let lawful = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let starts_well = text
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    starts_well && text.len() <= TAG_LIMIT_BYTES && text.bytes().all(lawful)
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => f.write_str(tag),
            Self::Digest(digest) => digest.fmt(f),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = match self.target {
            Target::Tag(_) => ':',
            Target::Digest(_) => '@',
        };
        write!(
            f,
            "{}/{}{separator}{}",
            self.host, self.repository, self.target
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_come_out_as_they_went_in() {
        let digest = format!("registry.example/a/b@sha256:{}", "0".repeat(64));
        for text in [
            "127.0.0.1:5000/acme/water:1.2.0",
            "localhost/a:latest",
            &digest,
        ] {
            let reference: Reference = text.parse().unwrap();
            assert_eq!(reference.to_string(), text);
        }
        let reference: Reference = "127.0.0.1:5000/acme/water:1.2.0".parse().unwrap();
        assert_eq!(reference.host, "127.0.0.1:5000");
        assert_eq!(reference.repository, "acme/water");
    }

    #[test]
    fn nothing_leaves_its_place_in_a_url() {
        for wrong in [
            "",
            "acme/water",
            "host/acme/water",
            "host:0/a:1",
            "host:x/a:1",
            "user@host/a:1",
            "host/../a:1",
            "host/a//b:1",
            "host/A:1",
            "host/a:.1",
            "host/a:1?x",
            "host/a:1#x",
            "host/a b:1",
            "host/a@sha256:00",
            "host/a@sm3:0000000000000000000000000000000000000000000000000000000000000000",
            "http://host/a:1",
        ] {
            assert!(wrong.parse::<Reference>().is_err(), "{wrong}");
        }
    }
}
