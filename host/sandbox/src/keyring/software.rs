//! Keys held in this process's memory, behind the same handle as a security
//! module's. Each scheme serves the functions that belong to it; all others
//! answer `Unsuitable`.

use std::fmt;
use std::future::ready;

use super::legacy::{Md5, TripleDes};
use super::signatures::{Ecdsa, Ed25519, Rsa};
use super::symmetric::{AesGcm, Hmac};
use super::{Algorithm, KeyError, KeyHandle, MaterialError, Secret};
use crate::ports::BoxFuture;

/// Data of one call: more would hold a worker for longer than a call may run on
/// past its deadline.
const DATA_BYTES: usize = 1 << 20;

/// What a scheme can do. Everything is refused that a scheme does not bring.
pub(super) trait Scheme: Send + Sync {
    fn sign(&self, _data: &[u8]) -> Result<Vec<u8>, KeyError> {
        Err(KeyError::Unsuitable)
    }

    fn verify(&self, _data: &[u8], _signature: &[u8]) -> Result<bool, KeyError> {
        Err(KeyError::Unsuitable)
    }

    fn mac(&self, _data: &[u8]) -> Result<Vec<u8>, KeyError> {
        Err(KeyError::Unsuitable)
    }

    fn encrypt(&self, _plaintext: &[u8], _associated: &[u8]) -> Result<Vec<u8>, KeyError> {
        Err(KeyError::Unsuitable)
    }

    fn decrypt(&self, _ciphertext: &[u8], _associated: &[u8]) -> Result<Vec<u8>, KeyError> {
        Err(KeyError::Unsuitable)
    }
}

/// A key in this process's memory.
///
/// Material: HMAC keys, AES (32 bytes), SM4 (16) and 3DES (24, or 16 for two
/// keys) are raw; RSA, ECDSA and Ed25519 private keys PKCS#8 DER, public keys
/// SubjectPublicKeyInfo DER (Ed25519 and P-256 also as raw point); SM2 private
/// keys the 32-byte scalar, public keys the 65-byte uncompressed point.
pub struct SoftwareKey {
    algorithm: Algorithm,
    scheme: Box<dyn Scheme>,
}

impl SoftwareKey {
    /// Reads the material.
    pub fn new(algorithm: Algorithm, material: &Secret) -> Result<Self, MaterialError> {
        let bytes = material.reveal();
        let scheme: Box<dyn Scheme> = match algorithm {
            Algorithm::RsaPkcs1Sha256 | Algorithm::RsaPssSha256 | Algorithm::RsaPkcs1Sha1 => {
                Box::new(Rsa::read(algorithm, bytes)?)
            }
            Algorithm::EcdsaP256Sha256 => Box::new(Ecdsa::read(bytes)?),
            Algorithm::Ed25519 => Box::new(Ed25519::read(bytes)?),
            Algorithm::HmacSha256 | Algorithm::HmacSha512 => {
                Box::new(Hmac::read(algorithm, bytes)?)
            }
            Algorithm::Aes256Gcm => Box::new(AesGcm::read(bytes)?),
            Algorithm::TripleDesCbc => Box::new(TripleDes::read(bytes)?),
            Algorithm::RsaPkcs1Md5 => Box::new(NoLibrary),
            Algorithm::Sm2Sm3 | Algorithm::HmacSm3 | Algorithm::Sm4Gcm | Algorithm::Sm2 => {
                read_national(algorithm, bytes)?
            }
        };
        Ok(Self { algorithm, scheme })
    }
}

/// A scheme that no safe library here makes: every use answers `Unsuitable`.
struct NoLibrary;

impl Scheme for NoLibrary {}

#[cfg(feature = "national-crypto")]
fn read_national(algorithm: Algorithm, bytes: &[u8]) -> Result<Box<dyn Scheme>, MaterialError> {
    super::national::read(algorithm, bytes)
}

#[cfg(not(feature = "national-crypto"))]
fn read_national(algorithm: Algorithm, _bytes: &[u8]) -> Result<Box<dyn Scheme>, MaterialError> {
    let expected = "a build with the feature national-crypto";
    Err(MaterialError {
        algorithm: algorithm.name(),
        expected,
    })
}

/// A plain digest by the contract's name.
pub fn digest(algorithm: &str, data: &[u8]) -> Result<Vec<u8>, KeyError> {
    use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA512, digest};

    bounded(data)?;
    let standard = match algorithm {
        "sha-256" => &SHA256,
        "sha-512" => &SHA512,
        "sha-1" => &SHA1_FOR_LEGACY_USE_ONLY,
        "md5" => return Ok(Md5::digest(data)),
        #[cfg(feature = "national-crypto")]
        "sm3" => return Ok(super::national::sm3(data)),
        _ => return Err(KeyError::UnknownAlgorithm),
    };
    Ok(digest(standard, data).as_ref().to_vec())
}

fn bounded(data: &[u8]) -> Result<(), KeyError> {
    if data.len() > DATA_BYTES {
        return Err(KeyError::Invalid(format!(
            "more than {DATA_BYTES} bytes at once"
        )));
    }
    Ok(())
}

impl KeyHandle for SoftwareKey {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn sign<'a>(&'a self, data: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, KeyError>> {
        Box::pin(ready(bounded(data).and_then(|()| self.scheme.sign(data))))
    }

    fn verify<'a>(
        &'a self,
        data: &'a [u8],
        signature: &'a [u8],
    ) -> BoxFuture<'a, Result<bool, KeyError>> {
        Box::pin(ready(
            bounded(data).and_then(|()| self.scheme.verify(data, signature)),
        ))
    }

    fn mac<'a>(&'a self, data: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, KeyError>> {
        Box::pin(ready(bounded(data).and_then(|()| self.scheme.mac(data))))
    }

    fn verify_mac<'a>(
        &'a self,
        data: &'a [u8],
        mac: &'a [u8],
    ) -> BoxFuture<'a, Result<bool, KeyError>> {
        let made = bounded(data).and_then(|()| self.scheme.mac(data));
        let same =
            |made: Vec<u8>| aws_lc_rs::constant_time::verify_slices_are_equal(&made, mac).is_ok();
        Box::pin(ready(made.map(same)))
    }

    fn encrypt<'a>(
        &'a self,
        plaintext: &'a [u8],
        associated_data: &'a [u8],
    ) -> BoxFuture<'a, Result<Vec<u8>, KeyError>> {
        let checked = bounded(plaintext).and_then(|()| bounded(associated_data));
        Box::pin(ready(
            checked.and_then(|()| self.scheme.encrypt(plaintext, associated_data)),
        ))
    }

    fn decrypt<'a>(
        &'a self,
        ciphertext: &'a [u8],
        associated_data: &'a [u8],
    ) -> BoxFuture<'a, Result<Vec<u8>, KeyError>> {
        let checked = bounded(ciphertext).and_then(|()| bounded(associated_data));
        Box::pin(ready(
            checked.and_then(|()| self.scheme.decrypt(ciphertext, associated_data)),
        ))
    }
}

impl fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SoftwareKey({})", self.algorithm)
    }
}
