//! Cryptography with keys that the host holds. A plugin names a key and never
//! sees it; the algorithm belongs to the key.

use crate::host::keys as imports;

pub use crate::bindings::shared::guichet::host::keys::Error;

/// Signs with a private key.
pub fn sign(key: &str, data: &[u8]) -> Result<Vec<u8>, crate::Error> {
    Ok(imports::sign(key, data)?)
}

/// Checks the other side's signature; a wrong one is an unreadable answer.
pub fn verify(key: &str, data: &[u8], signature: &[u8]) -> Result<(), crate::Error> {
    match imports::verify(key, data, signature) {
        Ok(true) => Ok(()),
        // A signature of the wrong length is as wrong as any other.
        Ok(false) | Err(Error::Invalid(_)) => Err(crate::Error::answer("the signature is wrong")),
        Err(error) => Err(error.into()),
    }
}

/// Message authentication.
pub fn mac(key: &str, data: &[u8]) -> Result<Vec<u8>, crate::Error> {
    Ok(imports::mac(key, data)?)
}

/// Checks the other side's message authentication; a wrong one is an
/// unreadable answer.
pub fn verify_mac(key: &str, data: &[u8], mac: &[u8]) -> Result<(), crate::Error> {
    match imports::verify_mac(key, data, mac) {
        Ok(true) => Ok(()),
        Ok(false) | Err(Error::Invalid(_)) => Err(crate::Error::answer("the mac is wrong")),
        Err(error) => Err(error.into()),
    }
}

/// Encrypts; the shape of the result is that of the key's algorithm.
pub fn encrypt(key: &str, plaintext: &[u8], associated: &[u8]) -> Result<Vec<u8>, crate::Error> {
    Ok(imports::encrypt(key, plaintext, associated)?)
}

/// Decrypts the same shapes.
pub fn decrypt(key: &str, ciphertext: &[u8], associated: &[u8]) -> Result<Vec<u8>, crate::Error> {
    Ok(imports::decrypt(key, ciphertext, associated)?)
}

/// A plain digest: `sha-256`, `sha-512`, `sm3`.
pub fn digest(algorithm: &str, data: &[u8]) -> Result<Vec<u8>, crate::Error> {
    Ok(imports::digest(algorithm, data)?)
}
