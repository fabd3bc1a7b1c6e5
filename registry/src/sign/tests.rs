//! A signature holds for one release, one key and one role, in both families.

use super::*;

fn development(name: &str) -> SigningKey {
    SigningKey::development(&name.parse().unwrap())
}

/// A key of each family.
fn keys() -> [SigningKey; 2] {
    SignatureAlgorithm::ALL.map(|algorithm| SigningKey::from_secret(algorithm, &[9; 32]).unwrap())
}

#[test]
fn a_signature_holds_for_one_release_one_key_and_one_role() {
    let (release, other) = (sha256(b"one"), sha256(b"two"));
    for key in keys() {
        let public = key.public();
        for (role, wrong_role) in [
            (Role::Publisher, Role::Registry),
            (Role::Registry, Role::Publisher),
        ] {
            let signature = key.sign(role, release);
            assert_eq!(key.sign(role, release), signature, "{public}");
            assert_eq!(public.verify(role, release, &signature), Ok(()));
            for (role, release) in [(wrong_role, release), (role, other)] {
                let refused = public.verify(role, release, &signature);
                assert_eq!(refused, Err(SignError::Mismatch), "{public}");
            }
            let stranger = development("else").public();
            let refused = stranger.verify(role, release, &signature);
            assert_eq!(refused, Err(SignError::Mismatch));
            let renamed = Signature {
                key: stranger,
                ..signature
            };
            assert!(renamed.verify(role, release).is_err());
        }
    }
}

#[test]
fn the_digests_algorithm_is_signed_too() {
    let [key, _] = keys();
    let signature = key.sign(Role::Publisher, sha256(b"one"));
    let same_bytes = Digest::new(DigestAlgorithm::Sm3, *sha256(b"one").as_bytes());
    assert!(signature.verify(Role::Publisher, same_bytes).is_err());
}

#[test]
fn signatures_survive_their_text_and_nothing_else_is_read() {
    for key in keys() {
        let signature = key.sign(Role::Publisher, sha256(b"one"));
        let text = signature.to_string();
        let parts: Vec<&str> = text.split(' ').collect();
        let [algorithm, key, bytes] = parts.as_slice() else {
            panic!("{text}")
        };
        assert_eq!(Signature::from_texts(algorithm, key, bytes), Ok(signature));
        let unknown = Signature::from_texts("rot13", key, bytes);
        assert_eq!(unknown, Err(SignError::Algorithm("rot13".to_owned())));
        for (key, bytes) in [
            (*key, bytes.to_uppercase()),
            (*key, bytes[2..].to_owned()),
            (&key[2..], (*bytes).to_owned()),
        ] {
            let refused = Signature::from_texts(algorithm, key, &bytes);
            assert!(
                matches!(refused, Err(SignError::Form { .. })),
                "{refused:?}"
            );
        }
    }
}

#[test]
fn keys_stand_alone_with_their_algorithm() {
    for key in keys() {
        let (public, text) = (key.public(), key.public().to_string());
        assert_eq!(text.parse(), Ok(public));
        assert!(text.starts_with(public.algorithm().as_str()));
        let json = serde_json::to_string(&public).unwrap();
        assert_eq!(serde_json::from_str::<PublicKey>(&json).unwrap(), public);
        let (_, digits) = text.split_once(':').unwrap();
        assert_eq!(digits.parse::<PublicKey>(), Err(SignError::Key));
    }
}

#[test]
fn a_point_off_the_curve_or_in_another_form_is_no_key() {
    let [_, key] = keys();
    let mut bytes = key.public().as_bytes().to_vec();
    bytes[64] ^= 1;
    let national = SignatureAlgorithm::Sm2Sm3;
    let no_key = Err(SignError::NoKey(national));
    assert_eq!(PublicKey::from_bytes(national, &bytes), no_key);
    bytes[64] ^= 1;
    for first in [0, 2, 3, 5, 6, 7] {
        bytes[0] = first;
        assert_eq!(PublicKey::from_bytes(national, &bytes), no_key, "{first}");
    }
    assert!(SigningKey::from_secret(national, &[0; 32]).is_err());
    assert!(SigningKey::from_secret(national, &[255; 32]).is_err());
}

#[test]
fn generated_keys_differ_and_survive_their_file() {
    for algorithm in SignatureAlgorithm::ALL {
        let key = SigningKey::generate(algorithm).unwrap();
        let other = SigningKey::generate(algorithm).unwrap();
        assert_ne!(key.public(), other.public());
        let pem = key_file::to_pem(&key);
        assert_eq!(key_file::from_pem(&pem).unwrap().public(), key.public());
        let windows = pem.replace('\n', "\r\n");
        assert!(key_file::from_pem(&windows).is_ok());
        for text in [
            &pem[1..],
            &pem.replacen('M', "N", 1),
            "",
            "-----BEGIN PRIVATE KEY-----",
        ] {
            assert_eq!(key_file::from_pem(text).unwrap_err(), SignError::KeyFile);
        }
        assert!(!format!("{key:?}").contains(&hex::write(key.secret())));
    }
}

#[test]
fn a_key_file_is_private_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("publisher.pem");
    let key = development("demo");
    key_file::create(&path, &key).unwrap();
    assert_eq!(key_file::read(&path).unwrap().public(), key.public());
    assert!(matches!(
        key_file::create(&path, &key),
        Err(key_file::KeyFileError::File(_))
    ));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

/// Files that another tool (OpenSSL 3) made, and what it says of them.
#[test]
fn key_files_of_other_tools_are_read() {
    for (pem, public) in FOREIGN_KEYS {
        assert_eq!(
            key_file::from_pem(pem).unwrap().public().to_string(),
            public
        );
    }
}

#[test]
fn digests_agree_with_the_standards() {
    let expected = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(sha256(b"abc").to_string(), expected);
    assert_eq!(sha256_parts(&[b"a", b"", b"bc"]).to_string(), expected);
    let sm3 = digest(DigestAlgorithm::Sm3, b"abc").unwrap();
    let expected = "sm3:66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
    assert_eq!(sm3.to_string(), expected);
}

const FOREIGN_KEYS: [(&str, &str); 2] = [
    (
        "-----BEGIN PRIVATE KEY-----\n\
MC4CAQAwBQYDK2VwBCIEIArftHNpXNX6oQHCp+AEiWTWu2BRhksFWduuFVQkXsPq\n\
-----END PRIVATE KEY-----",
        "ed25519:1f6f8fabd7902bcf90327dab6d9d27a5c59df6aa9e6dbb8635db9afbde4aa72e",
    ),
    (
        "-----BEGIN PRIVATE KEY-----\n\
MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgNVhtCnuUssbomf6o\n\
qP0wVFVRUtbdlpk78uIb5LDOb+GhRANCAARpNr20YxFyCTcleaQQ6QYvPNGr6C7k\n\
xZuXEMGO3QwSlGq2ZN/UXWaXYTnOob9JqdaGpjv99ZSS2uG3gWKJ12Y5\n\
-----END PRIVATE KEY-----",
        "sm2-sm3:046936bdb463117209372579a410e9062f3cd1abe82ee4c59b9710c18edd0c12946ab664dfd45d66976139cea1bf49a9d686a63bfdf59492dae1b7816289d76639",
    ),
];
