//! RSA, ECDSA on P-256 and Ed25519 by aws-lc-rs. A private key signs and also
//! verifies its own signatures; a public key only verifies.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair,
    Ed25519KeyPair, KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256,
    RsaEncoding, VerificationAlgorithm,
};

use super::software::Scheme;
use super::{Algorithm, KeyError, MaterialError};

const EXPECTED: &str = "a private key as PKCS#8 DER or a public key as SubjectPublicKeyInfo DER";

/// RSA in one padding.
pub(super) struct Rsa {
    private: Option<RsaKeyPair>,
    public: ParsedPublicKey,
    /// None where this library only verifies (SHA-1).
    signing: Option<&'static dyn RsaEncoding>,
}

impl Rsa {
    pub(super) fn read(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, MaterialError> {
        let wrong = MaterialError {
            algorithm: algorithm.name(),
            expected: EXPECTED,
        };
        let (verifying, signing): (&'static dyn VerificationAlgorithm, _) = match algorithm {
            Algorithm::RsaPssSha256 => (
                &RSA_PSS_2048_8192_SHA256,
                Some(&RSA_PSS_SHA256 as &dyn RsaEncoding),
            ),
            Algorithm::RsaPkcs1Sha1 => (&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, None),
            _ => (
                &RSA_PKCS1_2048_8192_SHA256,
                Some(&RSA_PKCS1_SHA256 as &dyn RsaEncoding),
            ),
        };
        let private = RsaKeyPair::from_pkcs8(bytes).ok();
        let public = match &private {
            Some(pair) => ParsedPublicKey::new(verifying, pair.public_key().as_ref()),
            None => ParsedPublicKey::new(verifying, bytes),
        };
        Ok(Self {
            private,
            public: public.map_err(|_| wrong)?,
            signing,
        })
    }
}

impl Scheme for Rsa {
    fn sign(&self, data: &[u8]) -> Result<Vec<u8>, KeyError> {
        let (Some(pair), Some(encoding)) = (&self.private, self.signing) else {
            return Err(KeyError::Unsuitable);
        };
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(encoding, &SystemRandom::new(), data, &mut signature)
            .map_err(|_| KeyError::Holder("signing failed".to_owned()))?;
        Ok(signature)
    }

    fn verify(&self, data: &[u8], signature: &[u8]) -> Result<bool, KeyError> {
        Ok(self.public.verify_sig(data, signature).is_ok())
    }
}

/// ECDSA on P-256, signatures as r then s.
pub(super) struct Ecdsa {
    private: Option<EcdsaKeyPair>,
    public: ParsedPublicKey,
}

impl Ecdsa {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, MaterialError> {
        let wrong = MaterialError {
            algorithm: Algorithm::EcdsaP256Sha256.name(),
            expected: EXPECTED,
        };
        let private = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes).ok();
        let public = match &private {
            Some(pair) => {
                ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref())
            }
            None => ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bytes),
        };
        Ok(Self {
            private,
            public: public.map_err(|_| wrong)?,
        })
    }
}

impl Scheme for Ecdsa {
    fn sign(&self, data: &[u8]) -> Result<Vec<u8>, KeyError> {
        let pair = self.private.as_ref().ok_or(KeyError::Unsuitable)?;
        let signature = pair
            .sign(&SystemRandom::new(), data)
            .map_err(|_| KeyError::Holder("signing failed".to_owned()))?;
        Ok(signature.as_ref().to_vec())
    }

    fn verify(&self, data: &[u8], signature: &[u8]) -> Result<bool, KeyError> {
        Ok(self.public.verify_sig(data, signature).is_ok())
    }
}

/// Ed25519.
pub(super) struct Ed25519 {
    private: Option<Ed25519KeyPair>,
    public: ParsedPublicKey,
}

impl Ed25519 {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, MaterialError> {
        let wrong = MaterialError {
            algorithm: Algorithm::Ed25519.name(),
            expected: EXPECTED,
        };
        let private = Ed25519KeyPair::from_pkcs8(bytes).ok();
        let public = match &private {
            Some(pair) => ParsedPublicKey::new(&ED25519, pair.public_key().as_ref()),
            None => ParsedPublicKey::new(&ED25519, bytes),
        };
        Ok(Self {
            private,
            public: public.map_err(|_| wrong)?,
        })
    }
}

impl Scheme for Ed25519 {
    fn sign(&self, data: &[u8]) -> Result<Vec<u8>, KeyError> {
        let pair = self.private.as_ref().ok_or(KeyError::Unsuitable)?;
        Ok(pair.sign(data).as_ref().to_vec())
    }

    fn verify(&self, data: &[u8], signature: &[u8]) -> Result<bool, KeyError> {
        Ok(self.public.verify_sig(data, signature).is_ok())
    }
}
