//! HTTP message signatures (RFC 9421) from the bank's side: what a request must
//! be signed over, and how the answer is signed. Written from `docs/bank.md`, not
//! from Guichet's code, so that each side tries the other.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::request::Parts;

use crate::keys::{CORE_KEY_ID, GUICHET_KEY_ID, KeyFolder};

/// How far a request's time may be from the bank's.
const SKEW_SECONDS: i64 = 300;
const TAG: &str = "guichet-bank-1";

/// Why a request is not Guichet's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Foreign {
    #[error("the header {0} is missing, stands twice, or does not read")]
    Header(&'static str),
    #[error("the body is not the one that Content-Digest names")]
    Digest,
    #[error("the signature must cover {0}")]
    Uncovered(&'static str),
    #[error("the signature's key, algorithm or tag is not the agreed one")]
    Key,
    #[error("the request was signed more than 300 seconds ago, or ahead: set the clocks")]
    Time,
    #[error("the signature is wrong")]
    Wrong,
}

/// The signature of a request that was found good; its answer is signed over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestSignature(String);

/// The headers that sign an answer.
#[derive(Debug)]
pub(crate) struct SignedAnswer {
    pub(crate) content_digest: String,
    pub(crate) input: String,
    pub(crate) signature: String,
}

/// Checks that Guichet signed this request, now.
pub(crate) fn verify(
    keys: &KeyFolder,
    head: &Parts,
    body: &[u8],
    now: i64,
) -> Result<RequestSignature, Foreign> {
    let said = header(head, "content-digest")?;
    if said != content_digest(body) {
        return Err(Foreign::Digest);
    }
    let input = header(head, "signature-input")?;
    let parameters = input
        .strip_prefix("guichet=")
        .ok_or(Foreign::Header("signature-input"))?;
    let (covered, rest) = parameters
        .strip_prefix('(')
        .and_then(|text| text.split_once(')'))
        .ok_or(Foreign::Header("signature-input"))?;
    check_parameters(rest, now)?;
    let mut base = covered_values(head, covered, said)?;
    base.push_str(&format!("\"@signature-params\": {parameters}"));
    let signature = header(head, "signature")?
        .strip_prefix("guichet=")
        .ok_or(Foreign::Header("signature"))?;
    let bytes = signature
        .strip_prefix(':')
        .and_then(|text| text.strip_suffix(':'))
        .and_then(|text| BASE64_STANDARD.decode(text).ok())
        .ok_or(Foreign::Header("signature"))?;
    UnparsedPublicKey::new(&ED25519, &keys.guichet)
        .verify(base.as_bytes(), &bytes)
        .map_err(|_| Foreign::Wrong)?;
    Ok(RequestSignature(signature.to_owned()))
}

/// The agreed key, algorithm and tag, and a time that is now.
fn check_parameters(parameters: &str, now: i64) -> Result<(), Foreign> {
    let parameter = |name: &str| {
        parameters
            .split(';')
            .find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
            .map(|value| value.trim_matches('"'))
    };
    let agreed = parameter("keyid") == Some(GUICHET_KEY_ID)
        && parameter("alg") == Some("ed25519")
        && parameter("tag") == Some(TAG);
    if !agreed {
        return Err(Foreign::Key);
    }
    let created: i64 = parameter("created")
        .and_then(|text| text.parse().ok())
        .ok_or(Foreign::Header("signature-input"))?;
    if (now - created).abs() > SKEW_SECONDS {
        return Err(Foreign::Time);
    }
    Ok(())
}

/// The signature base's lines of what is covered, which must be all that counts.
fn covered_values(head: &Parts, covered: &str, digest: &str) -> Result<String, Foreign> {
    let mut needed = vec!["\"@method\"", "\"@path\"", "\"content-digest\""];
    if head.method == http::Method::POST {
        needed.push("\"idempotency-key\"");
    }
    let names: Vec<&str> = covered.split(' ').collect();
    for name in needed {
        if !names.contains(&name) {
            return Err(Foreign::Uncovered(name));
        }
    }
    let mut base = String::new();
    for name in names {
        let value = match name {
            "\"@method\"" => head.method.as_str(),
            "\"@path\"" => head.uri.path(),
            "\"content-digest\"" => digest,
            "\"idempotency-key\"" => header(head, "idempotency-key")?,
            _ => return Err(Foreign::Uncovered("nothing that this bank does not know")),
        };
        base.push_str(&format!("{name}: {value}\n"));
    }
    Ok(base)
}

/// Signs an answer to a request.
pub(crate) fn sign(
    key: &Ed25519KeyPair,
    request: &RequestSignature,
    status: u16,
    body: &[u8],
    now: i64,
) -> SignedAnswer {
    let content_digest = content_digest(body);
    let parameters = format!(
        "(\"@status\" \"content-digest\" \"signature\";req;key=\"guichet\");created={now};\
         keyid=\"{CORE_KEY_ID}\";alg=\"ed25519\";tag=\"{TAG}\""
    );
    let base = format!(
        "\"@status\": {status}\n\"content-digest\": {content_digest}\n\
         \"signature\";req;key=\"guichet\": {}\n\"@signature-params\": {parameters}",
        request.0
    );
    let signature = BASE64_STANDARD.encode(key.sign(base.as_bytes()));
    SignedAnswer {
        content_digest,
        input: format!("core={parameters}"),
        signature: format!("core=:{signature}:"),
    }
}

fn header<'a>(head: &'a Parts, name: &'static str) -> Result<&'a str, Foreign> {
    let mut values = head.headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().map_err(|_| Foreign::Header(name)),
        _ => Err(Foreign::Header(name)),
    }
}

fn content_digest(body: &[u8]) -> String {
    format!(
        "sha-256=:{}:",
        BASE64_STANDARD.encode(digest(&SHA256, body))
    )
}
