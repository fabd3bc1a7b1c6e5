//! Makes bundles. The same files and key always give the same bytes.

use guichet_domain::Digest;

use super::{Bundle, BundleError, BundleLimits, BundlePath, DIGEST_LINE, MAGIC};
use crate::sign::{SigningKey, sha256};

/// A file to be bundled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleFile {
    /// Where it stands in the bundle.
    pub path: BundlePath,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Bundles the files, in any order, and signs the release. Gives the bundle's
/// bytes and the release's digest.
pub fn write(
    mut files: Vec<BundleFile>,
    key: &SigningKey,
) -> Result<(Vec<u8>, Digest), BundleError> {
    files.sort_by(|left, right| left.path.cmp(&right.path));
    if let Some(pair) = files.windows(2).find(|pair| pair[0].path == pair[1].path) {
        return Err(BundleError::Twice {
            path: pair[0].path.to_string(),
        });
    }
    let mut bytes = format!("{MAGIC}{DIGEST_LINE}");
    for file in &files {
        let digest = sha256(&file.bytes);
        bytes.push_str(&format!(
            "file {} {digest} {}\n",
            file.bytes.len(),
            file.path
        ));
    }
    let release = sha256(bytes.as_bytes());
    bytes.push_str(&format!("sign {}\n\n", key.sign(release)));
    let mut bytes = bytes.into_bytes();
    bytes.reserve(files.iter().map(|file| file.bytes.len()).sum());
    for file in &files {
        bytes.extend_from_slice(&file.bytes);
    }
    // Whatever the writer makes, the reader must take.
    Bundle::read(&bytes, BundleLimits::default())?;
    Ok((bytes, release))
}
