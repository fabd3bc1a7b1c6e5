//! Keys that the host holds for plugins, by name and behind handles: a handle
//! may be software (`SoftwareKey`) or a security module. Which binding may use
//! which key for what is the grant's business, checked in `imports::keys`.

mod algorithm;
mod legacy;
mod material;
#[cfg(feature = "national-crypto")]
mod national;
mod signatures;
mod software;
mod symmetric;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use guichet_domain::id::KeyName;

pub use algorithm::{Algorithm, AlgorithmError};
pub use material::Secret;
pub use software::{SoftwareKey, digest};

use crate::ports::BoxFuture;

/// Why a key gave no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The key's algorithm does not serve this function.
    #[error("the key's algorithm does not serve this function")]
    Unsuitable,
    /// No such digest algorithm, or left out of this build.
    #[error("unknown algorithm")]
    UnknownAlgorithm,
    /// Input that cannot be processed.
    #[error("{0}")]
    Invalid(String),
    /// The key's holder failed.
    #[error("{0}")]
    Holder(String),
}

/// Key material that does not fit its algorithm. Says nothing of the material.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the material of a key for {algorithm} cannot be read: expected {expected}")]
pub struct MaterialError {
    /// The algorithm's name.
    pub algorithm: &'static str,
    /// Shapes that are taken.
    pub expected: &'static str,
}

/// A key by its handle. Functions that the algorithm does not serve answer
/// `Unsuitable`; data is at most some megabytes (`Limits::host_bytes`).
pub trait KeyHandle: Send + Sync {
    /// What the key is for.
    fn algorithm(&self) -> Algorithm;
    /// Signs with a private key.
    fn sign<'a>(&'a self, data: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, KeyError>>;
    /// Checks a signature.
    fn verify<'a>(
        &'a self,
        data: &'a [u8],
        signature: &'a [u8],
    ) -> BoxFuture<'a, Result<bool, KeyError>>;
    /// Makes a message authentication code.
    fn mac<'a>(&'a self, data: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, KeyError>>;
    /// Compares a message authentication code in constant time.
    fn verify_mac<'a>(
        &'a self,
        data: &'a [u8],
        mac: &'a [u8],
    ) -> BoxFuture<'a, Result<bool, KeyError>>;
    /// Encrypts.
    fn encrypt<'a>(
        &'a self,
        plaintext: &'a [u8],
        associated_data: &'a [u8],
    ) -> BoxFuture<'a, Result<Vec<u8>, KeyError>>;
    /// Decrypts.
    fn decrypt<'a>(
        &'a self,
        ciphertext: &'a [u8],
        associated_data: &'a [u8],
    ) -> BoxFuture<'a, Result<Vec<u8>, KeyError>>;
}

/// Named keys of one package.
#[derive(Clone, Default)]
pub struct Keyring {
    keys: BTreeMap<KeyName, Arc<dyn KeyHandle>>,
}

impl Keyring {
    /// Puts in a key; a key of the same name is replaced.
    pub fn insert(&mut self, name: KeyName, key: Arc<dyn KeyHandle>) {
        self.keys.insert(name, key);
    }

    /// The key of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<dyn KeyHandle>> {
        self.keys.get(name)
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map()
            .entries(
                self.keys
                    .iter()
                    .map(|(name, key)| (name, key.algorithm().name())),
            )
            .finish()
    }
}
