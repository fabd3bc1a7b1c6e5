//! What one side signs the other one believes, and nothing that was touched on
//! the way. The bank's half is written out here by hand.

use hyper::header::HeaderValue;

use super::*;

const STATUS: u16 = 200;
const BODY: &[u8] = br#"{"state":"done"}"#;
const COVERED: &str = r#"("@status" "content-digest" "signature";req;key="guichet")"#;
const PARAMETERS: &str = r#";created=1763800001;keyid="core";alg="ed25519";tag="guichet-bank-1""#;

fn bank_key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[9; 32]).unwrap()
}

fn verifier() -> Verifier {
    use aws_lc_rs::signature::KeyPair as _;
    let public = bank_key().public_key().as_ref().try_into().unwrap();
    Verifier {
        key_id: "core".to_owned(),
        key: VerifyingKey::Ed25519(public),
    }
}

fn request() -> Signed {
    let signer = Signer {
        key_id: "guichet-1".to_owned(),
        key: SigningKey::Ed25519(Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()),
    };
    let outgoing = Outgoing {
        method: "POST",
        path: "/core/orders",
        body: b"{}",
        reference: Some("pay_1:hold"),
    };
    signer.sign(&outgoing, 1_763_800_000, "00ff")
}

/// The bank's answer with this signature input, over these values.
fn answer(input: &str, request: &Signed, status: u16, body: &[u8]) -> HeaderMap {
    let digest = content_digest(body);
    let signature = request.signature.strip_prefix("guichet=").unwrap();
    let mut base = String::new();
    for (name, value) in [
        ("\"@status\"", status.to_string()),
        ("\"content-digest\"", digest.clone()),
        ("\"signature\";req;key=\"guichet\"", signature.to_owned()),
    ] {
        if input.contains(name) {
            base.push_str(&format!("{name}: {value}\n"));
        }
    }
    base.push_str(&format!("\"@signature-params\": {input}"));
    let made = BASE64_STANDARD.encode(bank_key().sign(base.as_bytes()));
    let mut headers = HeaderMap::new();
    let mut put = |name, text: String| headers.insert(name, HeaderValue::try_from(text).unwrap());
    put(CONTENT_DIGEST, digest);
    put(SIGNATURE_INPUT, format!("bank={input}"));
    put(SIGNATURE, format!("bank=:{made}:"));
    headers
}

fn good() -> HeaderMap {
    answer(&format!("{COVERED}{PARAMETERS}"), &request(), STATUS, BODY)
}

fn verify(headers: &HeaderMap, status: u16, body: &[u8]) -> Result<(), Unsigned> {
    let incoming = Incoming {
        status,
        headers,
        body,
    };
    verifier().verify(&incoming, &request())
}

#[test]
fn a_request_is_signed_over_all_that_counts() {
    use aws_lc_rs::signature::KeyPair as _;
    let signed = request();
    assert_eq!(
        signed.input,
        "guichet=(\"@method\" \"@path\" \"content-digest\" \"idempotency-key\");created=1763800000\
         ;nonce=\"00ff\";keyid=\"guichet-1\";alg=\"ed25519\";tag=\"guichet-bank-1\""
    );
    // SHA-256 of `{}`, as RFC 9530 writes it.
    let digest = "sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:";
    assert_eq!(signed.content_digest, digest);
    let base = format!(
        "\"@method\": POST\n\"@path\": /core/orders\n\"content-digest\": {digest}\n\
         \"idempotency-key\": pay_1:hold\n\"@signature-params\": {}",
        signed.input.strip_prefix("guichet=").unwrap()
    );
    let encoded = signed.signature.strip_prefix("guichet=:").unwrap();
    let bytes = BASE64_STANDARD.decode(encoded.strip_suffix(':').unwrap());
    let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let key = UnparsedPublicKey::new(&ED25519, key.public_key().as_ref().to_vec());
    key.verify(base.as_bytes(), &bytes.unwrap()).unwrap();
}

#[test]
fn an_answer_to_this_request_is_believed() {
    assert_eq!(verify(&good(), STATUS, BODY), Ok(()));
    let turned = r#"("signature";req;key="guichet" "content-digest" "@status")"#;
    let headers = answer(&format!("{turned}{PARAMETERS}"), &request(), STATUS, BODY);
    // Signed in another order than the header says.
    assert_eq!(verify(&headers, STATUS, BODY), Err(Unsigned::Wrong));
}

#[test]
fn a_touched_answer_is_not_believed() {
    assert_eq!(verify(&good(), 201, BODY), Err(Unsigned::Wrong));
    assert_eq!(verify(&good(), STATUS, b"{}"), Err(Unsigned::Digest));
    assert_eq!(verify(&good(), STATUS, b""), Err(Unsigned::Digest));
    for name in [CONTENT_DIGEST, SIGNATURE_INPUT, SIGNATURE] {
        let mut missing = good();
        missing.remove(&name);
        let refused = verify(&missing, STATUS, BODY);
        assert!(matches!(refused, Err(Unsigned::Missing(_))), "{name}");
        let mut doubled = good();
        let value = doubled[&name].clone();
        doubled.append(&name, value);
        let refused = verify(&doubled, STATUS, BODY);
        assert!(matches!(refused, Err(Unsigned::Form(_))), "{name}");
    }
    let whole = good()[&SIGNATURE].to_str().unwrap().to_owned();
    for position in "bank=:".len()..whole.len() {
        let mut bytes = whole.clone().into_bytes();
        bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
        let mut touched = good();
        touched.insert(SIGNATURE, HeaderValue::from_bytes(&bytes).unwrap());
        assert!(verify(&touched, STATUS, BODY).is_err(), "{position}");
    }
}

#[test]
fn an_answer_to_another_request_is_not_believed() {
    let mut other = request();
    other.signature = "guichet=:AAAA:".to_owned();
    let headers = answer(&format!("{COVERED}{PARAMETERS}"), &other, STATUS, BODY);
    assert_eq!(verify(&headers, STATUS, BODY), Err(Unsigned::Wrong));
}

#[test]
fn what_does_not_cover_everything_or_has_another_key_is_not_believed() {
    for (covered, missing) in [
        (
            r#"("content-digest" "signature";req;key="guichet")"#,
            "its status",
        ),
        (
            r#"("@status" "signature";req;key="guichet")"#,
            "its Content-Digest",
        ),
        (r#"("@status" "content-digest")"#, "the request's signature"),
    ] {
        let headers = answer(&format!("{covered}{PARAMETERS}"), &request(), STATUS, BODY);
        let refused = verify(&headers, STATUS, BODY);
        assert_eq!(refused, Err(Unsigned::Uncovered(missing)));
    }
    for (from, to) in [
        ("\"core\"", "\"other\""),
        ("guichet-bank-1", "guichet-bank-2"),
        ("ed25519", "hmac-sha256"),
        (";keyid=\"core\"", ""),
        (";tag=\"guichet-bank-1\"", ""),
    ] {
        let parameters = PARAMETERS.replace(from, to);
        let headers = answer(&format!("{COVERED}{parameters}"), &request(), STATUS, BODY);
        assert_eq!(verify(&headers, STATUS, BODY), Err(Unsigned::Key), "{to}");
    }
    let unnamed = PARAMETERS.replace(";alg=\"ed25519\"", "");
    let headers = answer(&format!("{COVERED}{unnamed}"), &request(), STATUS, BODY);
    assert_eq!(verify(&headers, STATUS, BODY), Ok(()));
    let strange = COVERED.replace('(', "(\"@method\";req ");
    let headers = answer(&format!("{strange}{PARAMETERS}"), &request(), STATUS, BODY);
    assert_eq!(verify(&headers, STATUS, BODY), Err(Unsigned::Component));
}

#[test]
fn a_shared_secret_serves_as_well() {
    let key = || Box::new(hmac::Key::new(hmac::HMAC_SHA256, &[3; 32]));
    assert!(VerifyingKey::Hmac(key()).verify(b"base", &SigningKey::Hmac(key()).sign(b"base")));
    let other = Box::new(hmac::Key::new(hmac::HMAC_SHA256, &[4; 32]));
    assert!(!VerifyingKey::Hmac(other).verify(b"base", &SigningKey::Hmac(key()).sign(b"base")));
    assert_eq!(SigningKey::Hmac(key()).algorithm(), "hmac-sha256");
}
