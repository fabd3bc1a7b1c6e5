//! A digest as a name for content, with the algorithm that made it. Computing it
//! is the caller's work: this crate carries no cryptography.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// Algorithms of digests; their names stand here and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DigestAlgorithm {
    /// FIPS 180-4.
    Sha256,
    /// GB/T 32905, for operators who must use national cryptography.
    Sm3,
}

impl DigestAlgorithm {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Sha256, Self::Sm3];

    /// Its name in front of the digits, and in bundles.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sm3 => "sm3",
        }
    }

    /// The algorithm of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str() == name)
    }
}

impl fmt::Display for DigestAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Thirty-two bytes and their algorithm, written `sha256:` or `sm3:` and 64
/// hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(into = "String")]
pub struct Digest {
    algorithm: DigestAlgorithm,
    bytes: [u8; 32],
}

impl Digest {
    /// A SHA-256 digest from its raw bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self::new(DigestAlgorithm::Sha256, bytes)
    }

    /// A digest of an algorithm from its raw bytes.
    #[must_use]
    pub const fn new(algorithm: DigestAlgorithm, bytes: [u8; 32]) -> Self {
        Self { algorithm, bytes }
    }

    /// What made it.
    #[must_use]
    pub const fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// The raw bytes, without the algorithm.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// The hexadecimal digits alone, for file names.
    #[must_use]
    pub fn hex(&self) -> String {
        use fmt::Write as _;
        self.bytes
            .iter()
            .fold(String::with_capacity(64), |mut text, byte| {
                let _infallible = write!(text, "{byte:02x}");
                text
            })
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm, self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Not the name of an algorithm and 64 hexadecimal digits in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a digest is written sha256: or sm3: and 64 hexadecimal digits in lower case")]
pub struct DigestError;

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let (name, digits) = text.split_once(':').ok_or(DigestError)?;
        let algorithm = DigestAlgorithm::from_name(name).ok_or(DigestError)?;
        let digits = digits.as_bytes();
        if digits.len() != 64 {
            return Err(DigestError);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Ok(Self::new(algorithm, bytes))
    }
}

fn nibble(digit: u8) -> Result<u8, DigestError> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(DigestError),
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes_agree_both_ways() {
        let bytes = std::array::from_fn(|index| index as u8 * 7);
        for algorithm in DigestAlgorithm::ALL {
            let digest = Digest::new(algorithm, bytes);
            let text = digest.to_string();
            assert_eq!(text.parse(), Ok(digest));
            assert_eq!(Digest::new(digest.algorithm(), *digest.as_bytes()), digest);
            assert_eq!(text.to_uppercase().parse::<Digest>(), Err(DigestError));
        }
        for text in ["sha256:00", "sha256", "md5:00", ""] {
            assert_eq!(text.parse::<Digest>(), Err(DigestError), "{text}");
        }
    }

    #[test]
    fn the_same_bytes_by_another_algorithm_are_another_digest() {
        let other = Digest::new(DigestAlgorithm::Sm3, [7; 32]);
        assert_ne!(Digest::from_bytes([7; 32]), other);
        assert!(other.to_string().starts_with("sm3:0707"));
    }
}
