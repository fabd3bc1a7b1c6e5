//! SM2, SM3 and SM4 by RustCrypto. These libraries were not audited; a bank that
//! must use certified modules serves the keys by a handle of its own.

use std::convert::Infallible;

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use hmac::Mac as _;
use sm2::dsa::signature::{Signer as _, Verifier as _};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm2::elliptic_curve::rand_core::{TryCryptoRng, TryRng};
use sm2::pke::{DecryptingKey, EncryptingKey};
use sm3::Digest as _;

use super::software::Scheme;
use super::symmetric::check_mac_key;
use super::{Algorithm, KeyError, MaterialError};

/// The user id that GB/T 35276 names where two sides agreed on none.
const USER_ID: &str = "1234567812345678";
const NONCE_BYTES: usize = 12;
/// Larger plaintexts belong under SM4.
const PLAINTEXT_BYTES: usize = 64 << 10;

type Sm4Gcm = aes_gcm::AesGcm<sm4::Sm4, aes_gcm::aead::consts::U12>;

pub(super) fn read(algorithm: Algorithm, bytes: &[u8]) -> Result<Box<dyn Scheme>, MaterialError> {
    let wrong = |expected| MaterialError {
        algorithm: algorithm.name(),
        expected,
    };
    let curve_key = || wrong("a private scalar of 32 bytes or an uncompressed point of 65 bytes");
    Ok(match algorithm {
        Algorithm::Sm2Sm3 => Box::new(Sm2Signature::read(bytes).ok_or_else(curve_key)?),
        Algorithm::Sm2 => Box::new(Sm2Encryption::read(bytes).ok_or_else(curve_key)?),
        Algorithm::Sm4Gcm => {
            let cipher = Sm4Gcm::new_from_slice(bytes).map_err(|_| wrong("16 raw bytes"))?;
            Box::new(Sm4 { cipher })
        }
        _ => {
            check_mac_key(algorithm, bytes)?;
            let key = hmac::Hmac::<sm3::Sm3>::new_from_slice(bytes)
                .map_err(|_| wrong("1 to 1,024 raw bytes"))?;
            Box::new(HmacSm3 { key })
        }
    })
}

/// The SM3 digest.
pub(super) fn sm3(data: &[u8]) -> Vec<u8> {
    sm3::Sm3::digest(data).to_vec()
}

struct Sm2Signature {
    private: Option<SigningKey>,
    public: VerifyingKey,
}

impl Sm2Signature {
    fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.len() == 32 {
            let private = SigningKey::from_slice(USER_ID, bytes).ok()?;
            let public = private.verifying_key().clone();
            return Some(Self {
                private: Some(private),
                public,
            });
        }
        let public = VerifyingKey::from_sec1_bytes(USER_ID, bytes).ok()?;
        Some(Self {
            private: None,
            public,
        })
    }
}

impl Scheme for Sm2Signature {
    fn sign(&self, data: &[u8]) -> Result<Vec<u8>, KeyError> {
        let private = self.private.as_ref().ok_or(KeyError::Unsuitable)?;
        let signature = private
            .try_sign(data)
            .map_err(|_| KeyError::Holder("signing failed".to_owned()))?;
        Ok(signature.to_bytes().to_vec())
    }

    fn verify(&self, data: &[u8], signature: &[u8]) -> Result<bool, KeyError> {
        let Ok(signature) = Signature::from_slice(signature) else {
            return Ok(false);
        };
        Ok(self.public.verify(data, &signature).is_ok())
    }
}

enum Sm2Encryption {
    Private(DecryptingKey),
    Public(EncryptingKey),
}

impl Sm2Encryption {
    fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.len() == 32 {
            return DecryptingKey::from_slice(bytes).ok().map(Self::Private);
        }
        EncryptingKey::from_sec1_bytes(bytes).ok().map(Self::Public)
    }
}

impl Scheme for Sm2Encryption {
    fn encrypt(&self, plaintext: &[u8], associated: &[u8]) -> Result<Vec<u8>, KeyError> {
        let Self::Public(key) = self else {
            return Err(KeyError::Unsuitable);
        };
        no_associated_data(associated)?;
        if plaintext.is_empty() || plaintext.len() > PLAINTEXT_BYTES {
            return Err(KeyError::Invalid(format!(
                "1 to {PLAINTEXT_BYTES} bytes of plaintext"
            )));
        }
        key.encrypt(&mut HostRandom, plaintext)
            .map_err(|_| KeyError::Holder("encrypting failed".to_owned()))
    }

    fn decrypt(&self, ciphertext: &[u8], associated: &[u8]) -> Result<Vec<u8>, KeyError> {
        let Self::Private(key) = self else {
            return Err(KeyError::Unsuitable);
        };
        no_associated_data(associated)?;
        key.decrypt(ciphertext)
            .map_err(|_| KeyError::Invalid("the ciphertext is not authentic".to_owned()))
    }
}

fn no_associated_data(associated: &[u8]) -> Result<(), KeyError> {
    if associated.is_empty() {
        return Ok(());
    }
    Err(KeyError::Invalid(
        "this algorithm takes no associated data".to_owned(),
    ))
}

struct Sm4 {
    cipher: Sm4Gcm,
}

impl Scheme for Sm4 {
    fn encrypt(&self, plaintext: &[u8], associated: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut nonce = [0; NONCE_BYTES];
        aws_lc_rs::rand::fill(&mut nonce)
            .map_err(|_| KeyError::Holder("no randomness".to_owned()))?;
        let payload = Payload {
            msg: plaintext,
            aad: associated,
        };
        let sealed = self
            .cipher
            .encrypt((&nonce).into(), payload)
            .map_err(|_| KeyError::Holder("encrypting failed".to_owned()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn decrypt(&self, ciphertext: &[u8], associated: &[u8]) -> Result<Vec<u8>, KeyError> {
        let failed = || KeyError::Invalid("the ciphertext is not authentic".to_owned());
        let (nonce, sealed) = ciphertext
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or_else(failed)?;
        let payload = Payload {
            msg: sealed,
            aad: associated,
        };
        self.cipher
            .decrypt(nonce.into(), payload)
            .map_err(|_| failed())
    }
}

struct HmacSm3 {
    key: hmac::Hmac<sm3::Sm3>,
}

impl Scheme for HmacSm3 {
    fn mac(&self, data: &[u8]) -> Result<Vec<u8>, KeyError> {
        Ok(self
            .key
            .clone()
            .chain_update(data)
            .finalize()
            .into_bytes()
            .to_vec())
    }
}

/// The host's generator in the shape that RustCrypto asks for.
struct HostRandom;

impl TryRng for HostRandom {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        aws_lc_rs::rand::fill(bytes).expect("the library's generator was seeded at start");
        Ok(())
    }
}

impl TryCryptoRng for HostRandom {}
