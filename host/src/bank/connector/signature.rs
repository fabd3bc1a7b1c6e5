//! HTTP message signatures (RFC 9421) with Content-Digest (RFC 9530), as far as
//! the bank's protocol needs them: one signature on each message, Ed25519 or
//! HMAC-SHA-256. Knows nothing of what the messages say.

mod input;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hyper::HeaderMap;
use hyper::header::HeaderName;

use input::{Component, Input};

/// What both sides sign beside the message, so that a signature of another
/// protocol counts for nothing here.
pub(super) const TAG: &str = "guichet-bank-1";
/// The label of this side's signatures.
const LABEL: &str = "guichet";

/// The digest of a body.
pub(super) const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");
/// What is signed.
pub(super) const SIGNATURE_INPUT: HeaderName = HeaderName::from_static("signature-input");
/// The signatures.
pub(super) const SIGNATURE: HeaderName = HeaderName::from_static("signature");
/// The order's reference once more, where proxies and people see it.
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A key of this side.
pub(super) enum SigningKey {
    Ed25519(Ed25519KeyPair),
    Hmac(Box<hmac::Key>),
}

/// A key of the bank's.
pub(super) enum VerifyingKey {
    Ed25519([u8; 32]),
    Hmac(Box<hmac::Key>),
}

impl SigningKey {
    const fn algorithm(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "ed25519",
            Self::Hmac(_) => "hmac-sha256",
        }
    }

    fn sign(&self, base: &[u8]) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.sign(base).as_ref().to_vec(),
            Self::Hmac(key) => hmac::sign(key, base).as_ref().to_vec(),
        }
    }
}

impl VerifyingKey {
    const fn algorithm(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "ed25519",
            Self::Hmac(_) => "hmac-sha256",
        }
    }

    fn verify(&self, base: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key)
                .verify(base, signature)
                .is_ok(),
            Self::Hmac(key) => hmac::verify(key, base, signature).is_ok(),
        }
    }
}

/// Why an answer's signature counts for nothing. For operators; quotes nothing
/// of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unsigned {
    #[error("the answer has no {0} header")]
    Missing(&'static str),
    #[error("the answer's {0} header does not read, or stands twice")]
    Form(&'static str),
    #[error("the answer's body is not the one that its Content-Digest names")]
    Digest,
    #[error("the answer is signed for another purpose, with another key or algorithm")]
    Key,
    #[error("the answer's signature does not cover {0}")]
    Uncovered(&'static str),
    #[error("the answer's signature covers something that this protocol does not know")]
    Component,
    #[error("the answer's signature is wrong")]
    Wrong,
}

/// A request as its signature covers it.
pub(super) struct Outgoing<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    pub(super) body: &'a [u8],
    /// Orders carry it, questions do not.
    pub(super) reference: Option<&'a str>,
}

/// The headers that sign a request.
pub(super) struct Signed {
    pub(super) content_digest: String,
    pub(super) input: String,
    pub(super) signature: String,
}

/// Signs with this side's key.
pub(super) struct Signer {
    pub(super) key_id: String,
    pub(super) key: SigningKey,
}

impl Signer {
    /// Signs a request that is made now, in seconds since 1970, under a number
    /// that no other request has.
    pub(super) fn sign(&self, request: &Outgoing<'_>, now: i64, nonce: &str) -> Signed {
        let content_digest = content_digest(request.body);
        let mut covered = vec![
            ("\"@method\"", request.method),
            ("\"@path\"", request.path),
            ("\"content-digest\"", content_digest.as_str()),
        ];
        if let Some(reference) = request.reference {
            covered.push(("\"idempotency-key\"", reference));
        }
        let names: Vec<&str> = covered.iter().map(|(name, _)| *name).collect();
        let parameters = format!(
            "({});created={now};nonce=\"{nonce}\";keyid=\"{}\";alg=\"{}\";tag=\"{TAG}\"",
            names.join(" "),
            self.key_id,
            self.key.algorithm(),
        );
        let mut base = String::new();
        for (name, value) in covered {
            base.push_str(&format!("{name}: {value}\n"));
        }
        base.push_str(&format!("\"@signature-params\": {parameters}"));
        let signature = BASE64_STANDARD.encode(self.key.sign(base.as_bytes()));
        Signed {
            content_digest,
            input: format!("{LABEL}={parameters}"),
            signature: format!("{LABEL}=:{signature}:"),
        }
    }
}

/// An answer as it came.
pub(super) struct Incoming<'a> {
    pub(super) status: u16,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
}

/// Checks with the bank's key.
pub(super) struct Verifier {
    pub(super) key_id: String,
    pub(super) key: VerifyingKey,
}

impl Verifier {
    /// Checks that the bank signed this whole answer to this very request.
    pub(super) fn verify(&self, answer: &Incoming<'_>, request: &Signed) -> Result<(), Unsigned> {
        check_digest(answer)?;
        let text = only(answer.headers, &SIGNATURE_INPUT, "Signature-Input")?;
        let input = Input::read(text).ok_or(Unsigned::Form("Signature-Input"))?;
        let fits = input.parameter("keyid") == Some(&self.key_id)
            && input.parameter("tag") == Some(TAG)
            && input
                .parameter("alg")
                .is_none_or(|name| name == self.key.algorithm());
        if !fits {
            return Err(Unsigned::Key);
        }
        for (needed, name) in [
            (Component::Status, "its status"),
            (Component::ContentDigest, "its Content-Digest"),
            (Component::RequestSignature, "the request's signature"),
        ] {
            if !input.components.iter().any(|(_, one)| *one == needed) {
                return Err(Unsigned::Uncovered(name));
            }
        }
        let mut base = String::new();
        for (text, component) in &input.components {
            let value = match component {
                Component::Status => answer.status.to_string(),
                Component::ContentDigest => {
                    only(answer.headers, &CONTENT_DIGEST, "Content-Digest")?.to_owned()
                }
                Component::RequestSignature => member(&request.signature, LABEL).to_owned(),
                Component::Unknown => return Err(Unsigned::Component),
            };
            base.push_str(&format!("{text}: {value}\n"));
        }
        base.push_str(&format!("\"@signature-params\": {}", input.parameters_text));
        let signature = only(answer.headers, &SIGNATURE, "Signature")?;
        let encoded = member(signature, input.label)
            .strip_prefix(':')
            .and_then(|rest| rest.strip_suffix(':'))
            .ok_or(Unsigned::Form("Signature"))?;
        let signature = BASE64_STANDARD.decode(encoded);
        let signature = signature.map_err(|_| Unsigned::Form("Signature"))?;
        if self.key.verify(base.as_bytes(), &signature) {
            Ok(())
        } else {
            Err(Unsigned::Wrong)
        }
    }
}

/// The value of the header's one member, where it has this label.
fn member<'a>(text: &'a str, label: &str) -> &'a str {
    text.strip_prefix(label)
        .and_then(|rest| rest.strip_prefix('='))
        .unwrap_or_default()
}

fn only<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
    written: &'static str,
) -> Result<&'a str, Unsigned> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().ok_or(Unsigned::Missing(written))?;
    if values.next().is_some() {
        return Err(Unsigned::Form(written));
    }
    value.to_str().map_err(|_| Unsigned::Form(written))
}

fn check_digest(answer: &Incoming<'_>) -> Result<(), Unsigned> {
    let text = only(answer.headers, &CONTENT_DIGEST, "Content-Digest")?;
    let expected = content_digest(answer.body);
    // Base64 has no comma: members of other algorithms are stepped over.
    let said = text.split(',').map(str::trim);
    let mut said = said.filter(|member| member.starts_with("sha-256="));
    match (said.next(), said.next()) {
        (Some(one), None) => verify_slices_are_equal(one.as_bytes(), expected.as_bytes())
            .map_err(|_| Unsigned::Digest),
        _ => Err(Unsigned::Form("Content-Digest")),
    }
}

fn content_digest(body: &[u8]) -> String {
    let encoded = BASE64_STANDARD.encode(digest(&SHA256, body));
    format!("sha-256=:{encoded}:")
}

#[cfg(test)]
mod tests;
