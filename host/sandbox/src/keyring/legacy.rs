//! Schemes that are broken but still in use: 3DES and MD5 by RustCrypto. Only
//! under the permission `legacy-crypto`, which is checked in `imports::keys`.

use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use des::TdesEde3;
use md5::Digest as _;
use zeroize::Zeroizing;

use super::software::Scheme;
use super::{Algorithm, KeyError, MaterialError};

const KEY_BYTES: usize = 24;
const BLOCK_BYTES: usize = 8;

/// Triple DES in cipher block chaining mode with PKCS#7 padding: the
/// initialisation vector stands before the ciphertext.
pub(super) struct TripleDes {
    key: Zeroizing<[u8; KEY_BYTES]>,
}

impl TripleDes {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, MaterialError> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        match bytes.len() {
            KEY_BYTES => key.copy_from_slice(bytes),
            // Two keys: the first one again in third place.
            16 => {
                key[..16].copy_from_slice(bytes);
                key[16..].copy_from_slice(&bytes[..8]);
            }
            _ => {
                let algorithm = Algorithm::TripleDesCbc.name();
                return Err(MaterialError {
                    algorithm,
                    expected: "24 or 16 raw bytes",
                });
            }
        }
        Ok(Self { key })
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

impl Scheme for TripleDes {
    fn encrypt(&self, plaintext: &[u8], associated: &[u8]) -> Result<Vec<u8>, KeyError> {
        no_associated_data(associated)?;
        let mut vector = [0; BLOCK_BYTES];
        aws_lc_rs::rand::fill(&mut vector)
            .map_err(|_| KeyError::Holder("no randomness".to_owned()))?;
        let cipher = cbc::Encryptor::<TdesEde3>::new((&*self.key).into(), (&vector).into());
        let mut sealed = vector.to_vec();
        sealed.extend(cipher.encrypt_padded_vec::<Pkcs7>(plaintext));
        Ok(sealed)
    }

    fn decrypt(&self, ciphertext: &[u8], associated: &[u8]) -> Result<Vec<u8>, KeyError> {
        no_associated_data(associated)?;
        let failed = || KeyError::Invalid("the ciphertext cannot be decrypted".to_owned());
        let (vector, sealed) = ciphertext
            .split_first_chunk::<BLOCK_BYTES>()
            .ok_or_else(failed)?;
        let cipher = cbc::Decryptor::<TdesEde3>::new((&*self.key).into(), vector.into());
        cipher
            .decrypt_padded_vec::<Pkcs7>(sealed)
            .map_err(|_| failed())
    }
}

/// MD5, a digest without security.
pub(super) struct Md5;

impl Md5 {
    pub(super) fn digest(data: &[u8]) -> Vec<u8> {
        md5::Md5::digest(data).to_vec()
    }
}
