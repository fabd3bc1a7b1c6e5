//! Statements that are not releases: texts that an installation signs for others
//! to keep. What a statement says is its maker's matter.

use super::{PublicKey, SignError, Signature, SigningKey};

/// What is being said. The messages differ, so that no statement passes for one
/// of another kind, nor for a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatementKind {
    /// A payment's receipt.
    Receipt,
    /// The short form of a receipt that fits into a QR code.
    ReceiptCode,
}

impl StatementKind {
    fn message(self, text: &str) -> String {
        let prefix = match self {
            Self::Receipt => "guichet receipt 1",
            Self::ReceiptCode => "guichet receipt code 1",
        };
        format!("{prefix}\n{text}\n")
    }
}

impl SigningKey {
    /// Signs a statement. The same key and text always give the same signature.
    #[must_use]
    pub fn sign_statement(&self, kind: StatementKind, text: &str) -> Signature {
        self.sign_message(kind.message(text).as_bytes())
    }
}

impl Signature {
    /// A key's signature in 128 hexadecimal digits.
    pub fn of_key(key: PublicKey, digits: &str) -> Result<Self, SignError> {
        let algorithm = key.algorithm();
        let bytes = super::hex::read(digits).ok_or(SignError::Form { algorithm })?;
        Ok(Self::from_bytes(key, bytes))
    }

    /// Checks that its key signed this statement.
    pub fn verify_statement(&self, kind: StatementKind, text: &str) -> Result<(), SignError> {
        let message = kind.message(text);
        self.key.verify_message(message.as_bytes(), self.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::SignatureAlgorithm;

    #[test]
    fn a_statement_holds_for_its_kind_text_and_key_alone() {
        for algorithm in SignatureAlgorithm::ALL {
            let key = SigningKey::from_secret(algorithm, &[5; 32]).unwrap();
            let made = key.sign_statement(StatementKind::Receipt, "{}");
            let read = Signature::of_key(key.public(), &made.hex()).unwrap();
            assert_eq!(read.verify_statement(StatementKind::Receipt, "{}"), Ok(()));
            for (kind, text) in [
                (StatementKind::ReceiptCode, "{}"),
                (StatementKind::Receipt, "{ }"),
            ] {
                let refused = read.verify_statement(kind, text);
                assert_eq!(refused, Err(SignError::Mismatch));
            }
            let other = SigningKey::from_secret(algorithm, &[6; 32]).unwrap();
            let strange = Signature::of_key(other.public(), &made.hex()).unwrap();
            assert!(
                strange
                    .verify_statement(StatementKind::Receipt, "{}")
                    .is_err()
            );
        }
    }
}
