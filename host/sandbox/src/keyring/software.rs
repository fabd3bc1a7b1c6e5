//! Keys held in this process.
use super::{Algorithm, KeyError, MaterialError, Secret};

/// A key in this process's memory.
#[derive(Debug)]
pub struct SoftwareKey {}

impl SoftwareKey {
    /// Reads the material.
    pub fn new(algorithm: Algorithm, _material: &Secret) -> Result<Self, MaterialError> {
        Err(MaterialError { algorithm: algorithm.name(), expected: "" })
    }
}

/// A plain digest.
pub fn digest(_algorithm: &str, _data: &[u8]) -> Result<Vec<u8>, KeyError> {
    Err(KeyError::UnknownAlgorithm)
}
