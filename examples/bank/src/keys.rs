//! The folder of keys that the bank and its Guichet share for trying things out:
//! a pair for each side, and the settings file by which Guichet finds the bank.
//! Made at the first start. A real bank gives its public key away and nothing
//! else.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::books::Custom;

/// The bank's own key, and the name it signs under.
pub(crate) const CORE_KEY_ID: &str = "core-1";
/// Guichet's key.
pub(crate) const GUICHET_KEY_ID: &str = "guichet-1";

/// Everything before the 32 bytes of an Ed25519 public key (RFC 8410).
const PUBLIC_HEAD: [u8; 12] = *b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";

/// The folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}: {1}")]
pub struct KeysError(String, String);

/// A folder with the keys of both sides.
#[derive(Debug)]
pub struct KeyFolder {
    folder: PathBuf,
    pub(crate) core: Ed25519KeyPair,
    pub(crate) guichet: [u8; 32],
}

impl KeyFolder {
    /// Opens the folder; what is missing in it is made.
    pub fn open(folder: &Path) -> Result<Self, KeysError> {
        std::fs::create_dir_all(folder).map_err(|error| refused(folder, &error))?;
        let core = pair(folder, "core")?;
        let guichet = pair(folder, "guichet")?;
        let public = guichet.public_key().as_ref();
        Ok(Self {
            folder: folder.to_owned(),
            core,
            guichet: public.try_into().expect("a public key has 32 bytes"),
        })
    }

    /// Leaves the settings file for `guichet serve --bank`; its path.
    pub fn write_settings(
        &self,
        name: &str,
        url: &str,
        custom: Custom,
        address: std::net::IpAddr,
    ) -> Result<PathBuf, KeysError> {
        let custom = match custom {
            Custom::HoldFirst => "hold_first",
            Custom::CaptureFirst => "capture_first",
        };
        let text = format!(
            "# How Guichet reaches the simulated bank; written at its start.\n\
             name = \"{name}\"\nurl = \"{url}\"\ncustom = \"{custom}\"\ndeadline_ms = 2000\n\
             addresses = [\"{address}\"]\nalgorithm = \"ed25519\"\n\n\
             [guichet]\nkey_id = \"{GUICHET_KEY_ID}\"\nkey_file = \"guichet.pem\"\n\n\
             [bank]\nkey_id = \"{CORE_KEY_ID}\"\nkey_file = \"core.pub.pem\"\n"
        );
        let path = self.folder.join("bank.toml");
        std::fs::write(&path, text).map_err(|error| refused(&path, &error))?;
        Ok(path)
    }
}

fn refused(path: &Path, why: &dyn std::fmt::Display) -> KeysError {
    KeysError(path.display().to_string(), why.to_string())
}

fn pair(folder: &Path, side: &str) -> Result<Ed25519KeyPair, KeysError> {
    let path = folder.join(format!("{side}.pem"));
    let wrong = || {
        refused(
            &path,
            &"it holds no Ed25519 private key: remove it to make a new one",
        )
    };
    let key = match std::fs::read_to_string(&path) {
        Ok(text) => {
            let inner = text
                .trim()
                .strip_prefix("-----BEGIN PRIVATE KEY-----")
                .and_then(|rest| rest.strip_suffix("-----END PRIVATE KEY-----"))
                .ok_or_else(wrong)?;
            let digits: String = inner.split_ascii_whitespace().collect();
            let der = BASE64_STANDARD.decode(digits).map_err(|_| wrong())?;
            Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).map_err(|_| wrong())?
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = Ed25519KeyPair::generate().map_err(|error| refused(&path, &error))?;
            let der = key.to_pkcs8v1().map_err(|error| refused(&path, &error))?;
            write_private(&path, &pem("PRIVATE KEY", der.as_ref()))
                .map_err(|error| refused(&path, &error))?;
            key
        }
        Err(error) => return Err(refused(&path, &error)),
    };
    let public = folder.join(format!("{side}.pub.pem"));
    let der = [&PUBLIC_HEAD, key.public_key().as_ref()].concat();
    std::fs::write(&public, pem("PUBLIC KEY", &der)).map_err(|error| refused(&public, &error))?;
    Ok(key)
}

fn pem(label: &str, der: &[u8]) -> String {
    let digits = BASE64_STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{digits}\n-----END {label}-----\n")
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())
}
