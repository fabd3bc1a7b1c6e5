//! Makes bundles. The same files and key always give the same bytes.

use guichet_domain::Digest;

use super::{Bundle, BundleError, BundleLimits, BundlePath, COUNTERSIGNATURE_LIMIT, MAGIC};
use crate::sign::{Role, SigningKey, digest};

/// A file to be bundled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleFile {
    /// Where it stands in the bundle.
    pub path: BundlePath,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Bundles the files, in any order, and signs the release as its publisher; the
/// digests are of the key's family. Gives the bundle's bytes and the release's
/// digest.
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
    let algorithm = key.algorithm().digest();
    let of = |bytes: &[u8]| digest(algorithm, bytes).map_err(BundleError::Algorithm);
    let mut bytes = format!("{MAGIC}digest {algorithm}\n");
    for file in &files {
        let digest = of(&file.bytes)?;
        bytes.push_str(&format!(
            "file {} {digest} {}\n",
            file.bytes.len(),
            file.path
        ));
    }
    let release = of(bytes.as_bytes())?;
    bytes.push_str(&format!("sign {}\n\n", key.sign(Role::Publisher, release)));
    let mut bytes = bytes.into_bytes();
    bytes.reserve(files.iter().map(|file| file.bytes.len()).sum());
    for file in &files {
        bytes.extend_from_slice(&file.bytes);
    }
    // Whatever the writer makes, the reader must take.
    Bundle::read(&bytes, BundleLimits::default())?;
    Ok((bytes, release))
}

/// Adds a registry's signature to a bundle; every other byte stays. The bundle's
/// signatures are checked first.
pub fn countersign(
    bytes: &[u8],
    limits: BundleLimits,
    key: &SigningKey,
) -> Result<Vec<u8>, BundleError> {
    let bundle = Bundle::read(bytes, limits)?;
    let verified = bundle.verify()?;
    if verified.registries.contains(&key.public()) {
        return Err(BundleError::CountersignedAlready);
    }
    if verified.registries.len() == COUNTERSIGNATURE_LIMIT {
        return Err(BundleError::CountersignatureLimit);
    }
    let signature = key.sign(Role::Registry, bundle.digest());
    let line = format!("countersign {signature}\n");
    let (head, rest) = bytes.split_at(bundle.head_bytes);
    let made = [head, line.as_bytes(), rest].concat();
    Bundle::read(&made, limits)?;
    Ok(made)
}
