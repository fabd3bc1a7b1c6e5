//! Checks every digest and signature of a bundle. Whether its keys are those of
//! the right people is for the caller to compare.

use guichet_domain::Digest;

use super::{Bundle, BundleError, BundleLimits};
use crate::sign::{PublicKey, Role, Signature};

/// A bundle whose every byte is vouched for by the keys named here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The release's digest.
    pub digest: Digest,
    /// Whose key signed it as its publisher's.
    pub publisher: PublicKey,
    /// Whose keys countersigned it.
    pub registries: Vec<PublicKey>,
}

/// Reads a bundle and checks every digest and signature. One altered byte gives
/// an error, unless it makes another key's lawful signature, which nobody can
/// but that key's owner: so compare the keys.
pub fn verify(bytes: &[u8], limits: BundleLimits) -> Result<Verified, BundleError> {
    Bundle::read(bytes, limits)?.verify()
}

impl Bundle<'_> {
    /// Checks every signature.
    pub fn verify(&self) -> Result<Verified, BundleError> {
        // The first two lines, then one for each file.
        let first_line = self.files.len() + 3;
        let check = |signature: &Signature, role, line| {
            let checked = signature.verify(role, self.digest);
            checked.map_err(|error| BundleError::Signature { line, error })
        };
        check(&self.publisher, Role::Publisher, first_line)?;
        for (index, signature) in self.registries.iter().enumerate() {
            check(signature, Role::Registry, first_line + 1 + index)?;
        }
        Ok(Verified {
            digest: self.digest,
            publisher: self.publisher.key,
            registries: self
                .registries
                .iter()
                .map(|signature| signature.key)
                .collect(),
        })
    }
}
