//! Keys of the fake host. Message authentication and digests are the real ones,
//! because their values stand in the other side's documentation; asymmetric
//! schemes are stand-ins without any secrecy.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha512};
use sm3::Sm3;

use crate::keys::Error;

#[derive(Clone)]
pub(super) enum Key {
    Sha256(Vec<u8>),
    Sha512(Vec<u8>),
    Sm3(Vec<u8>),
    Signing,
    Cipher,
}

/// The signature that the fake host makes with, and accepts for, the key of
/// this name, whichever half of the pair it is.
#[must_use]
pub fn signature(key: &str, data: &[u8]) -> Vec<u8> {
    Sha256::new()
        .chain_update(key)
        .chain_update([0])
        .chain_update(data)
        .finalize()
        .to_vec()
}

pub(super) fn digest(algorithm: &str, data: &[u8]) -> Result<Vec<u8>, Error> {
    match algorithm {
        "sha-256" => Ok(Sha256::digest(data).to_vec()),
        "sha-512" => Ok(Sha512::digest(data).to_vec()),
        "sm3" => Ok(Sm3::digest(data).to_vec()),
        "md5" | "sha-1" => Err(Error::Denied("legacy".to_owned())),
        _ => Err(Error::UnknownAlgorithm),
    }
}

fn mac<M: Mac + KeyInit>(material: &[u8], data: &[u8]) -> Vec<u8> {
    let mac = <M as KeyInit>::new_from_slice(material).expect("HMAC takes keys of any length");
    mac.chain_update(data).finalize().into_bytes().to_vec()
}

impl Key {
    pub(super) fn mac(algorithm: &str, material: &[u8]) -> Self {
        let material = material.to_owned();
        match algorithm {
            "hmac-sha256" => Self::Sha256(material),
            "hmac-sha512" => Self::Sha512(material),
            "hmac-sm3" => Self::Sm3(material),
            other => panic!("the fake host has no {other}"),
        }
    }

    pub(super) fn authenticate(&self, data: &[u8]) -> Result<Vec<u8>, Error> {
        match self {
            Self::Sha256(material) => Ok(mac::<Hmac<Sha256>>(material, data)),
            Self::Sha512(material) => Ok(mac::<Hmac<Sha512>>(material, data)),
            Self::Sm3(material) => Ok(mac::<Hmac<Sm3>>(material, data)),
            Self::Signing | Self::Cipher => Err(Error::UnsuitableKey),
        }
    }

    pub(super) fn sign(&self, name: &str, data: &[u8]) -> Result<Vec<u8>, Error> {
        match self {
            Self::Signing => Ok(signature(name, data)),
            _ => Err(Error::UnsuitableKey),
        }
    }

    /// The bytes turned over, and a tag that binds key and associated data.
    pub(super) fn encrypt(
        &self,
        name: &str,
        plain: &[u8],
        associated: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let Self::Cipher = self else {
            return Err(Error::UnsuitableKey);
        };
        let mut bytes: Vec<u8> = plain.iter().map(|byte| !byte).collect();
        bytes.extend(signature(name, &[plain, associated].concat()));
        Ok(bytes)
    }

    pub(super) fn decrypt(
        &self,
        name: &str,
        cipher: &[u8],
        associated: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let wrong = || Error::Invalid("authentication failed".to_owned());
        let length = cipher.len().checked_sub(32).ok_or_else(wrong)?;
        let plain: Vec<u8> = cipher[..length].iter().map(|byte| !byte).collect();
        if self.encrypt(name, &plain, associated)? == cipher {
            Ok(plain)
        } else {
            Err(wrong())
        }
    }
}
