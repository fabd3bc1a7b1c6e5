//! Randomness, as the host's transcript records it.

use crate::{encoding, host};

/// At most 1,024 random bytes; more ends the call.
#[must_use]
pub fn bytes(length: u32) -> Vec<u8> {
    host::random::bytes(length)
}

/// A fresh nonce of 32 hexadecimal digits.
#[must_use]
pub fn nonce() -> String {
    encoding::hex(&bytes(16))
}
