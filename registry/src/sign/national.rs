//! SM2 and SM3 by RustCrypto. These libraries were not audited; an operator who
//! must use certified modules signs with one and checks here.

use sm2::dsa::signature::{Signer as _, Verifier as _};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm3::Digest as _;

use super::public_key::SM2_BYTES;
use super::{SignError, SignatureAlgorithm};

/// The user id that GB/T 35276 names where two sides agreed on none.
const USER_ID: &str = "1234567812345678";
const NO_KEY: SignError = SignError::NoKey(SignatureAlgorithm::Sm2Sm3);

pub(super) fn sm3(bytes: &[u8]) -> Result<[u8; 32], SignError> {
    Ok(sm3::Sm3::digest(bytes).into())
}

/// Whether a point is uncompressed and lies on the curve.
pub(super) fn check_point(point: &[u8; SM2_BYTES]) -> Result<(), SignError> {
    read_point(point).map(|_| ())
}

pub(super) fn verify(
    point: &[u8; SM2_BYTES],
    message: &[u8],
    signature: &[u8; 64],
) -> Result<(), SignError> {
    let signature = Signature::from_bytes(signature.into()).map_err(|_| SignError::Mismatch)?;
    read_point(point)?
        .verify(message, &signature)
        .map_err(|_| SignError::Mismatch)
}

fn read_point(point: &[u8; SM2_BYTES]) -> Result<VerifyingKey, SignError> {
    // Other first bytes stand for other forms of the same point: one is lawful.
    if point[0] != 4 {
        return Err(NO_KEY);
    }
    VerifyingKey::from_sec1_bytes(USER_ID, point).map_err(|_| NO_KEY)
}

/// A private scalar.
pub(super) struct Private(SigningKey);

impl Private {
    pub(super) fn from_scalar(scalar: &[u8; 32]) -> Result<Self, SignError> {
        let key = SigningKey::from_slice(USER_ID, scalar).map_err(|_| NO_KEY)?;
        Ok(Self(key))
    }

    pub(super) fn point(&self) -> [u8; SM2_BYTES] {
        let point = self.0.as_nonzero_scalar();
        let public = sm2::PublicKey::from_secret_scalar(point);
        let encoded = sm2::elliptic_curve::sec1::ToSec1Point::to_sec1_point(&public, false);
        encoded
            .as_bytes()
            .try_into()
            .expect("an uncompressed point has 65 bytes")
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signature = self
            .0
            .try_sign(message)
            .expect("a scalar within the curve's order signs every message");
        signature.to_bytes().into()
    }
}
