//! HMAC and AES-GCM by aws-lc-rs, which erases their keys itself.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hmac;

use super::software::Scheme;
use super::{Algorithm, KeyError, MaterialError};

/// HMAC with SHA-256 or SHA-512.
pub(super) struct Hmac {
    key: hmac::Key,
}

impl Hmac {
    pub(super) fn read(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, MaterialError> {
        check_mac_key(algorithm, bytes)?;
        let standard = match algorithm {
            Algorithm::HmacSha512 => hmac::HMAC_SHA512,
            _ => hmac::HMAC_SHA256,
        };
        Ok(Self {
            key: hmac::Key::new(standard, bytes),
        })
    }
}

/// An empty key authenticates nothing.
pub(super) fn check_mac_key(algorithm: Algorithm, bytes: &[u8]) -> Result<(), MaterialError> {
    const EXPECTED: &str = "1 to 1,024 raw bytes";
    if bytes.is_empty() || bytes.len() > 1_024 {
        return Err(MaterialError {
            algorithm: algorithm.name(),
            expected: EXPECTED,
        });
    }
    Ok(())
}

impl Scheme for Hmac {
    fn mac(&self, data: &[u8]) -> Result<Vec<u8>, KeyError> {
        Ok(hmac::sign(&self.key, data).as_ref().to_vec())
    }
}

/// AES-256 in Galois/counter mode: nonce, ciphertext and tag in one.
pub(super) struct AesGcm {
    key: RandomizedNonceKey,
}

impl AesGcm {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, MaterialError> {
        let wrong = MaterialError {
            algorithm: Algorithm::Aes256Gcm.name(),
            expected: "32 raw bytes",
        };
        Ok(Self {
            key: RandomizedNonceKey::new(&AES_256_GCM, bytes).map_err(|_| wrong)?,
        })
    }
}

impl Scheme for AesGcm {
    fn encrypt(&self, plaintext: &[u8], associated: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut sealed = plaintext.to_vec();
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(associated), &mut sealed)
            .map_err(|_| KeyError::Holder("encrypting failed".to_owned()))?;
        Ok([nonce.as_ref().as_slice(), &sealed].concat())
    }

    fn decrypt(&self, ciphertext: &[u8], associated: &[u8]) -> Result<Vec<u8>, KeyError> {
        let failed = || KeyError::Invalid("the ciphertext is not authentic".to_owned());
        let (nonce, sealed) = ciphertext.split_at_checked(NONCE_LEN).ok_or_else(failed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| failed())?;
        let mut opened = sealed.to_vec();
        let plaintext = self
            .key
            .open_in_place(nonce, Aad::from(associated), &mut opened)
            .map_err(|_| failed())?;
        Ok(plaintext.to_vec())
    }
}
