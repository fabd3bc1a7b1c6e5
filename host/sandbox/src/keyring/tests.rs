//! Known answers, round trips, and what each algorithm refuses.

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::signature::KeyPair as _;

use super::*;

fn key(algorithm: &str, material: impl Into<Vec<u8>>) -> SoftwareKey {
    SoftwareKey::new(algorithm.parse().unwrap(), &Secret::new(material)).unwrap()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).unwrap())
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn digests_have_their_known_answers() {
    for (algorithm, known) in [
        ("md5", "900150983cd24fb0d6963f7d28e17f72"),
        ("sha-1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "sha-256",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
    ] {
        assert_eq!(
            hex(&digest(algorithm, b"abc").unwrap()),
            known,
            "{algorithm}"
        );
    }
    assert_eq!(digest("sha-512", b"abc").unwrap().len(), 64);
    assert_eq!(digest("crc32", b"abc"), Err(KeyError::UnknownAlgorithm));
    assert!(matches!(
        digest("sha-256", &vec![0; 2 << 20]),
        Err(KeyError::Invalid(_))
    ));
}

#[tokio::test]
async fn hmac_has_its_known_answer() {
    // RFC 4231, test case 2.
    let mac = key("hmac-sha256", "Jefe");
    let made = mac.mac(b"what do ya want for nothing?").await.unwrap();
    assert_eq!(
        hex(&made),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
    assert_eq!(
        mac.verify_mac(b"what do ya want for nothing?", &made).await,
        Ok(true)
    );
    assert_eq!(
        mac.verify_mac(b"what do ya want for nothing!", &made).await,
        Ok(false)
    );
    assert_eq!(
        mac.verify_mac(b"what do ya want for nothing?", &made[1..])
            .await,
        Ok(false)
    );
    assert_eq!(mac.sign(b"x").await, Err(KeyError::Unsuitable));
    assert!(SoftwareKey::new(Algorithm::HmacSha512, &Secret::new("")).is_err());
}

/// Signs with the private key, verifies with the public one.
async fn signs_and_verifies(algorithm: &str, private: Vec<u8>, public: Vec<u8>) {
    let (ours, theirs) = (key(algorithm, private), key(algorithm, public));
    let signature = ours.sign("水费".as_bytes()).await.unwrap();
    assert_eq!(
        theirs.verify("水费".as_bytes(), &signature).await,
        Ok(true),
        "{algorithm}"
    );
    assert_eq!(
        theirs.verify("电费".as_bytes(), &signature).await,
        Ok(false),
        "{algorithm}"
    );
    assert_eq!(
        theirs.verify("水费".as_bytes(), b"short").await,
        Ok(false),
        "{algorithm}"
    );
    assert_eq!(
        theirs.sign(b"x").await,
        Err(KeyError::Unsuitable),
        "{algorithm}"
    );
    assert_eq!(
        ours.mac(b"x").await,
        Err(KeyError::Unsuitable),
        "{algorithm}"
    );
    assert!(SoftwareKey::new(algorithm.parse().unwrap(), &Secret::new("junk")).is_err());
}

#[tokio::test]
async fn signatures_are_verified_by_the_public_key() {
    let rsa = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let private =
        aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&rsa).unwrap();
    let public: PublicKeyX509Der<'_> = rsa.public_key().as_der().unwrap();
    for algorithm in ["rsa-pkcs1-sha256", "rsa-pss-sha256"] {
        signs_and_verifies(
            algorithm,
            private.as_ref().to_vec(),
            public.as_ref().to_vec(),
        )
        .await;
    }
    let ecdsa = aws_lc_rs::signature::EcdsaKeyPair::generate(
        &aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED_SIGNING,
    )
    .unwrap();
    let private = ecdsa.to_pkcs8v1().unwrap().as_ref().to_vec();
    let public: PublicKeyX509Der<'_> = ecdsa.public_key().as_der().unwrap();
    signs_and_verifies(
        "ecdsa-p256-sha256",
        private.clone(),
        public.as_ref().to_vec(),
    )
    .await;
    assert_eq!(
        key("ecdsa-p256-sha256", private)
            .sign(b"x")
            .await
            .unwrap()
            .len(),
        64
    );
    let ed25519 = aws_lc_rs::signature::Ed25519KeyPair::generate().unwrap();
    let private = ed25519.to_pkcs8().unwrap().as_ref().to_vec();
    signs_and_verifies("ed25519", private, ed25519.public_key().as_ref().to_vec()).await;
}

#[tokio::test]
async fn sha_1_signatures_are_only_verified_and_md5_ones_not_at_all() {
    let rsa = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let private =
        aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&rsa).unwrap();
    for algorithm in ["rsa-pkcs1-sha1", "rsa-pkcs1-md5"] {
        let ours = key(algorithm, private.as_ref());
        assert_eq!(
            ours.sign(b"x").await,
            Err(KeyError::Unsuitable),
            "{algorithm}"
        );
    }
}

/// Encrypts, decrypts, and refuses what was changed.
async fn seals_and_opens(sealing: &SoftwareKey, opening: &SoftwareKey, associated: &[u8]) {
    let name = sealing.algorithm();
    let sealed = sealing
        .encrypt("户号 3301".as_bytes(), associated)
        .await
        .unwrap();
    let again = sealing
        .encrypt("户号 3301".as_bytes(), associated)
        .await
        .unwrap();
    assert_ne!(sealed, again, "{name}");
    assert_eq!(
        opening.decrypt(&sealed, associated).await.as_deref(),
        Ok("户号 3301".as_bytes()),
        "{name}"
    );
    let mut changed = sealed.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert_ne!(
        opening.decrypt(&changed, associated).await.as_deref(),
        Ok("户号 3301".as_bytes()),
        "{name}"
    );
    assert!(matches!(
        opening.decrypt(&sealed[..5], associated).await,
        Err(KeyError::Invalid(_))
    ));
    assert!(opening.decrypt(&sealed, b"other").await.is_err(), "{name}");
}

#[tokio::test]
async fn ciphers_go_both_ways() {
    let aes = key("aes-256-gcm", [7; 32]);
    seals_and_opens(&aes, &aes, b"context").await;
    assert!(SoftwareKey::new(Algorithm::Aes256Gcm, &Secret::new([7; 16])).is_err());
    let triple = key("3des-cbc", (1..=24).collect::<Vec<u8>>());
    seals_and_opens(&triple, &triple, b"").await;
    // Two keys are three with the first one repeated.
    let two: Vec<u8> = (1..=16).collect();
    let three: Vec<u8> = (1..=16).chain(1..=8).collect();
    let sealed = key("3des-cbc", two).encrypt(b"x", b"").await.unwrap();
    assert_eq!(
        key("3des-cbc", three).decrypt(&sealed, b"").await.unwrap(),
        b"x"
    );
}

#[cfg(feature = "national-crypto")]
#[tokio::test]
async fn national_schemes_go_both_ways() {
    // GB/T 32905, example 1.
    let known = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
    assert_eq!(hex(&digest("sm3", b"abc").unwrap()), known);
    let sm4 = key("sm4-gcm", [3; 16]);
    seals_and_opens(&sm4, &sm4, b"context").await;
    assert_eq!(key("hmac-sm3", "key").mac(b"data").await.unwrap().len(), 32);
    let scalar = unhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8");
    let private = sm2::SecretKey::from_slice(&scalar).unwrap();
    let point = sm2::elliptic_curve::sec1::ToSec1Point::to_sec1_point(&private.public_key(), false)
        .as_bytes()
        .to_vec();
    signs_and_verifies("sm2-sm3", scalar.clone(), point.clone()).await;
    seals_and_opens(&key("sm2", point), &key("sm2", scalar), b"").await;
}

/// RFC 8998, appendix A.1.
#[cfg(feature = "national-crypto")]
#[tokio::test]
async fn sm4_gcm_has_its_known_answer() {
    let sealed = unhex(concat!(
        "00001234567800000000abcd",
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735",
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d",
        "83de3541e4c2b58177e065a9bf7b62ec",
    ));
    let key = key("sm4-gcm", unhex("0123456789abcdeffedcba9876543210"));
    let associated = unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    let opened = key.decrypt(&sealed, &associated).await.unwrap();
    assert_eq!(hex(&opened[..16]), "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb");
    assert_eq!(opened.len(), 64);
}

#[test]
fn nothing_of_a_key_is_printed() {
    let mut ring = Keyring::default();
    ring.insert(
        KeyName::new("mac").unwrap(),
        Arc::new(key("hmac-sha256", "top-secret")),
    );
    let shown = format!("{ring:?} {:?}", key("hmac-sha256", "top-secret"));
    assert!(!shown.contains("top-secret") && shown.contains("hmac-sha256"));
}
