//! Digests of bytes.

use aws_lc_rs::digest::{Context, SHA256};
use guichet_domain::{Digest, DigestAlgorithm};

use super::{SignError, national};

/// SHA-256 of bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Digest {
    sha256_parts(&[bytes])
}

/// SHA-256 of the concatenation of the parts: the hash function of Merkle trees.
#[must_use]
pub fn sha256_parts(parts: &[&[u8]]) -> Digest {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let computed = context.finish();
    Digest::from_bytes(
        computed
            .as_ref()
            .try_into()
            .expect("SHA-256 gives 32 bytes"),
    )
}

/// The digest of bytes by a named algorithm; fails where this build lacks it.
pub fn digest(algorithm: DigestAlgorithm, bytes: &[u8]) -> Result<Digest, SignError> {
    match algorithm {
        DigestAlgorithm::Sha256 => Ok(sha256(bytes)),
        DigestAlgorithm::Sm3 => Ok(Digest::new(algorithm, national::sm3(bytes)?)),
    }
}
