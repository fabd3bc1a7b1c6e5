//! The development keys that billers share with a package: derived from the
//! seed, but for two RSA pairs that lie beside this file. They protect nothing
//! and are told to anybody who asks `/_operator`. How each dialect uses them
//! stands in `wire` and `dialect`.

mod package;

use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256};
use sm2::dsa::signature::{Signer, Verifier};
use sm2::dsa::{Signature, SigningKey};
use sm3::{Digest, Sm3};

pub(crate) use package::PackageKeys;

const CLIENT_RSA: &[u8] = include_bytes!("client.pkcs8.der");
const CLIENT_RSA_PUBLIC: &[u8] = include_bytes!("client.spki.der");
const BILLER_RSA: &[u8] = include_bytes!("biller.pkcs8.der");
const BILLER_RSA_PUBLIC: &[u8] = include_bytes!("biller.spki.der");

/// The user id that SM2 signatures have unless another one is agreed
/// (GM/T 0009-2012, 7).
const SM2_USER: &str = "1234567812345678";

/// The billers' RSA pair, and the bank's public key.
#[derive(Debug)]
pub(crate) struct RsaKeys {
    biller: KeyPair,
    client: ParsedPublicKey,
    random: SystemRandom,
}

impl RsaKeys {
    /// Reads the built-in keys.
    pub(crate) fn built_in() -> Self {
        Self {
            biller: KeyPair::from_pkcs8(BILLER_RSA).expect("the built-in biller's key is sound"),
            client: ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, CLIENT_RSA_PUBLIC)
                .expect("the built-in client's public key is sound"),
            random: SystemRandom::new(),
        }
    }

    /// Signs in the biller's name.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.biller.public_modulus_len()];
        self.biller
            .sign(&RSA_PKCS1_SHA256, &self.random, message, &mut signature)
            .expect("a sound key signs into a buffer of its modulus' length");
        signature
    }

    /// Checks the bank's signature.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.client.verify_sig(message, signature).is_ok()
    }
}

/// An SM2 key of either side.
#[derive(Debug, Clone)]
pub(crate) struct Sm2Key(SigningKey);

impl Sm2Key {
    /// Derives the key that belongs to these names.
    pub(crate) fn derive(names: &[&str]) -> Self {
        // Nearly every digest is a lawful scalar; the counter covers the rest.
        let mut attempt = 0_u32;
        loop {
            let number = attempt.to_string();
            let mut parts = names.to_vec();
            parts.push(&number);
            if let Ok(key) = SigningKey::from_slice(SM2_USER, &derive(&parts)) {
                return Self(key);
            }
            attempt += 1;
        }
    }

    /// r then s.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signature: Signature = self.0.sign(message);
        signature.to_bytes().into()
    }

    /// Checks a signature made with this key.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.0.verifying_key().verify(message, &signature).is_ok())
    }

    /// The scalar, 32 bytes.
    pub(crate) fn private_bytes(&self) -> Vec<u8> {
        self.0.to_bytes().to_vec()
    }

    /// The uncompressed point, 65 bytes.
    pub(crate) fn public_bytes(&self) -> Vec<u8> {
        self.0.verifying_key().to_sec1_bytes().to_vec()
    }
}

/// 32 bytes that belong to these names.
fn derive(names: &[&str]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(b"guichet-city development key");
    for name in names {
        context.update(&[0]);
        context.update(name.as_bytes());
    }
    context
        .finish()
        .as_ref()
        .try_into()
        .expect("SHA-256 has 32 bytes")
}

/// HMAC-SM3 (RFC 2104 over GM/T 0004).
pub(crate) fn hmac_sm3(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; 64];
    if key.len() > block.len() {
        block[..32].copy_from_slice(&Sm3::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sm3::new()
        .chain_update(block.map(|byte| byte ^ 0x36))
        .chain_update(message);
    let outer = Sm3::new()
        .chain_update(block.map(|byte| byte ^ 0x5c))
        .chain_update(inner.finalize());
    outer.finalize().into()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// Reads hexadecimal of either case.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_sm3_agrees_with_openssl() {
        let message = b"<Head><TxCode>1001</TxCode><MsgId>n-00000001</MsgId>\
            <TxTime>20261121163000</TxTime></Head><Body><CustNo>3301000001</CustNo></Body>";
        assert_eq!(
            hex(&hmac_sm3(b"example-key", message)),
            "38f4859d35a155c08d176da2d3f094104e8674a0dfe62a86c7798f5fa5249850"
        );
    }

    #[test]
    fn sm2_keys_are_derived_and_verify_only_their_own() {
        let (one, other) = (Sm2Key::derive(&["a"]), Sm2Key::derive(&["b"]));
        let signature = one.sign(b"message");
        assert!(one.verify(b"message", &signature));
        assert!(!one.verify(b"massage", &signature));
        assert!(!other.verify(b"message", &signature));
        assert_eq!(one.public_bytes().len(), 65);
        assert_eq!(one.private_bytes(), Sm2Key::derive(&["a"]).private_bytes());
    }

    #[test]
    fn hexadecimal_is_read_back() {
        assert_eq!(unhex(&hex(b"\x00\xfe7")), Some(b"\x00\xfe7".to_vec()));
        assert_eq!(unhex("abc"), None);
        assert_eq!(unhex("zz"), None);
        assert_eq!(unhex("é"), None);
    }
}
