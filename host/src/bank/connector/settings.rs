//! The settings file of one bank: where its core answers, how it lets itself be
//! used, and with which keys both sides sign. Read once, at start; a wrong one is
//! refused there with the reason and the mend. Asks nobody.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use guichet_domain::grant::Network;
use guichet_domain::id::BankName;
use hyper::Uri;
use serde::Deserialize;

use super::keys::{self, Algorithm, KeyError};
use super::signature::{Signer, Verifier};
use crate::bank::Custom;
use crate::outward::is_loopback;

/// The largest settings file.
const FILE_LIMIT_BYTES: u64 = 65_536;
/// How long an answer may take, at least and at most, in milliseconds.
const DEADLINE_MS: std::ops::RangeInclusive<u64> = 100..=60_000;
/// Where nothing is said.
const USUAL_DEADLINE_MS: u64 = 10_000;

/// Why a bank's settings are refused.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {fault}", path = path.display())]
pub struct SettingsError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: SettingsFault,
}

/// What is wrong with a bank's settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsFault {
    /// The file cannot be read.
    #[error("{0}")]
    File(std::io::Error),
    /// Not TOML, or not of this form; line, then reason.
    #[error("line {0}: {1}; docs/bank.md shows a whole file")]
    Form(usize, String),
    /// The address.
    #[error(
        "`url` is no address of a bank's core: write https://HOST/PATH, without a query; plain http is for this machine only"
    )]
    Url,
    /// The deadline.
    #[error("`deadline_ms`: 100 to 60000")]
    Deadline,
    /// A key's name.
    #[error("`{0}.key_id`: 1 to 64 of A-Z, a-z, 0-9, `.`, `_` and `-`")]
    KeyId(&'static str),
    /// A key's file.
    #[error("`{0}.key_file` {1}: {2}")]
    Key(&'static str, String, KeyError),
    /// Two files for one bank.
    #[error("the bank {0} is set up by another file already: one file for each bank")]
    Twice(BankName),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: BankName,
    url: String,
    custom: Custom,
    deadline_ms: Option<u64>,
    /// Exactly these may be reached; without them global addresses only.
    #[serde(default)]
    addresses: BTreeSet<IpAddr>,
    algorithm: Algorithm,
    guichet: Key,
    bank: Key,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    key_id: String,
    key_file: PathBuf,
}

/// One bank's settings, its keys read.
pub struct BankSettings {
    /// Its name in accounts and in the books.
    pub name: BankName,
    /// How it lets itself be used.
    pub custom: Custom,
    /// Before `/orders`, without a slash at the end.
    pub(super) base: Uri,
    pub(super) deadline: Duration,
    pub(super) network: Network,
    pub(super) signer: Signer,
    pub(super) verifier: Verifier,
}

impl fmt::Debug for BankSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BankSettings")
            .field("name", &self.name)
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

impl BankSettings {
    /// Reads a settings file and the key files that it names, whose relative
    /// paths begin at its own folder.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        Self::from_file(path).map_err(|fault| SettingsError {
            path: path.to_owned(),
            fault,
        })
    }

    fn from_file(path: &Path) -> Result<Self, SettingsFault> {
        use std::io::Read as _;
        let mut text = String::new();
        let file = std::fs::File::open(path).map_err(SettingsFault::File)?;
        let read = file.take(FILE_LIMIT_BYTES).read_to_string(&mut text);
        read.map_err(SettingsFault::File)?;
        let file: File = toml::from_str(&text).map_err(|error| form(&text, &error))?;
        let deadline_ms = file.deadline_ms.unwrap_or(USUAL_DEADLINE_MS);
        if !DEADLINE_MS.contains(&deadline_ms) {
            return Err(SettingsFault::Deadline);
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let own = key(
            file.algorithm,
            "guichet",
            &file.guichet,
            folder,
            keys::signing_key,
        )?;
        let theirs = key(
            file.algorithm,
            "bank",
            &file.bank,
            folder,
            keys::verifying_key,
        )?;
        Ok(Self {
            name: file.name,
            custom: file.custom,
            base: base(&file.url).ok_or(SettingsFault::Url)?,
            deadline: Duration::from_millis(deadline_ms),
            network: if file.addresses.is_empty() {
                Network::Public
            } else {
                Network::Private(file.addresses)
            },
            signer: Signer {
                key_id: file.guichet.key_id,
                key: own,
            },
            verifier: Verifier {
                key_id: file.bank.key_id,
                key: theirs,
            },
        })
    }
}

fn form(text: &str, error: &toml::de::Error) -> SettingsFault {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.unwrap_or_default().matches('\n').count() + 1;
    SettingsFault::Form(line, error.message().to_owned())
}

fn base(url: &str) -> Option<Uri> {
    let uri: Uri = url.trim_end_matches('/').parse().ok()?;
    let authority = uri.authority()?.as_str();
    let safe = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => is_loopback(&uri),
        _ => false,
    };
    (safe && uri.query().is_none() && !authority.contains('@')).then_some(uri)
}

fn key<K>(
    algorithm: Algorithm,
    side: &'static str,
    key: &Key,
    folder: &Path,
    read: fn(Algorithm, &Path) -> Result<K, KeyError>,
) -> Result<K, SettingsFault> {
    let lawful = (1..=64).contains(&key.key_id.len())
        && key
            .key_id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if !lawful {
        return Err(SettingsFault::KeyId(side));
    }
    let path = folder.join(&key.key_file);
    read(algorithm, &path)
        .map_err(|error| SettingsFault::Key(side, path.display().to_string(), error))
}
