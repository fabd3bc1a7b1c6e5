//! Private keys. They are never shown; only a key file holds one in writing.

use std::fmt;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use guichet_domain::Digest;
use guichet_domain::id::PublisherName;
use zeroize::Zeroizing;

use super::{PublicKey, Role, SignError, Signature, SignatureAlgorithm, national, sha256};

/// A private key.
pub struct SigningKey {
    private: Private,
    public: PublicKey,
    /// What a key file holds: the seed of RFC 8032, or the scalar of SM2.
    secret: Zeroizing<[u8; 32]>,
}

enum Private {
    Ed25519(Ed25519KeyPair),
    Sm2Sm3(national::Private),
}

impl SigningKey {
    /// A new key from the system's randomness.
    pub fn generate(algorithm: SignatureAlgorithm) -> Result<Self, SignError> {
        // Nearly every 32 bytes are a scalar of SM2; the rest is drawn again.
        let mut tries = 0..8;
        loop {
            let mut secret = Zeroizing::new([0; 32]);
            aws_lc_rs::rand::fill(secret.as_mut_slice())
                .expect("the library's generator was seeded at start");
            match Self::from_secret(algorithm, &secret) {
                Err(SignError::NoKey(_)) if tries.next().is_some() => {}
                settled => return settled,
            }
        }
    }

    /// From the 32 secret bytes: the seed of RFC 8032, or the scalar of SM2.
    pub fn from_secret(
        algorithm: SignatureAlgorithm,
        secret: &[u8; 32],
    ) -> Result<Self, SignError> {
        match algorithm {
            SignatureAlgorithm::Ed25519 => Ok(Self::from_seed(secret)),
            SignatureAlgorithm::Sm2Sm3 => {
                let private = national::Private::from_scalar(secret)?;
                Ok(Self {
                    public: PublicKey::from_bytes(algorithm, &private.point())?,
                    private: Private::Sm2Sm3(private),
                    secret: Zeroizing::new(*secret),
                })
            }
        }
    }

    /// An Ed25519 key from the 32 secret bytes of RFC 8032.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let pair =
            Ed25519KeyPair::from_seed_unchecked(seed).expect("every 32 bytes are a lawful seed");
        let public = pair.public_key().as_ref();
        Self {
            public: PublicKey::from_bytes(SignatureAlgorithm::Ed25519, public)
                .expect("an Ed25519 public key has 32 bytes"),
            private: Private::Ed25519(pair),
            secret: Zeroizing::new(*seed),
        }
    }

    /// The development key of a publisher. Everybody can work it out from the
    /// name, so it proves nothing; only a development policy accepts it.
    #[must_use]
    pub fn development(publisher: &PublisherName) -> Self {
        let text = format!("guichet development key, proves nothing: {publisher}");
        Self::from_seed(sha256(text.as_bytes()).as_bytes())
    }

    /// Its algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> SignatureAlgorithm {
        self.public.algorithm()
    }

    /// Its public half.
    #[must_use]
    pub const fn public(&self) -> PublicKey {
        self.public
    }

    /// Signs a release in a role. The same key and release always give the same
    /// signature.
    #[must_use]
    pub fn sign(&self, role: Role, release: Digest) -> Signature {
        self.sign_message(role.message(release).as_bytes())
    }

    pub(crate) fn sign_message(&self, message: &[u8]) -> Signature {
        let bytes = match &self.private {
            Private::Ed25519(pair) => pair
                .sign(message)
                .as_ref()
                .try_into()
                .expect("an Ed25519 signature has 64 bytes"),
            Private::Sm2Sm3(private) => private.sign(message),
        };
        Signature::from_bytes(self.public, bytes)
    }

    pub(super) fn secret(&self) -> &[u8; 32] {
        &self.secret
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.public).finish()
    }
}
