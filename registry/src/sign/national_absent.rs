//! What a build without national cryptography says to every use of it.

use super::SignError;
use super::public_key::SM2_BYTES;

pub(super) fn sm3(_bytes: &[u8]) -> Result<[u8; 32], SignError> {
    Err(SignError::National)
}

pub(super) fn check_point(_point: &[u8; SM2_BYTES]) -> Result<(), SignError> {
    Err(SignError::National)
}

pub(super) fn verify(
    _point: &[u8; SM2_BYTES],
    _message: &[u8],
    _signature: &[u8; 64],
) -> Result<(), SignError> {
    Err(SignError::National)
}

/// A key that cannot be had.
pub(super) enum Private {}

impl Private {
    pub(super) fn from_scalar(_scalar: &[u8; 32]) -> Result<Self, SignError> {
        Err(SignError::National)
    }

    pub(super) fn point(&self) -> [u8; SM2_BYTES] {
        match *self {}
    }

    pub(super) fn sign(&self, _message: &[u8]) -> [u8; 64] {
        match *self {}
    }
}
