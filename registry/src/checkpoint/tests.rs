//! One lawful text, one lawful signer, and agreement with the published format.

use guichet_domain::merkle::leaf_hash;
use proptest::prelude::*;

use super::*;
use crate::sign::sha256;

fn origin() -> LogOrigin {
    "registry.example.test/log".parse().unwrap()
}

fn key(algorithm: SignatureAlgorithm) -> SigningKey {
    SigningKey::from_secret(algorithm, &[5; 32]).unwrap()
}

fn sample() -> Checkpoint {
    let mut tree = Tree::new(sha256_parts);
    for entry in 0..3_u8 {
        tree.append(leaf_hash(sha256_parts, &[entry]));
    }
    Checkpoint::of(origin(), &tree).unwrap()
}

#[test]
fn what_was_signed_is_read_and_verified() {
    for algorithm in SignatureAlgorithm::ALL {
        let key = key(algorithm);
        let text = sample().sign(&key);
        assert_eq!(text, sample().sign(&key));
        let signed = SignedCheckpoint::parse(&text).unwrap();
        let verified = signed.verify(&origin(), &key.public());
        assert_eq!(verified, Ok(&sample()), "{algorithm}");
        let stranger = SigningKey::from_secret(algorithm, &[6; 32]).unwrap();
        let refused = signed.verify(&origin(), &stranger.public());
        assert_eq!(refused, Err(CheckpointError::Key));
        let elsewhere = "other.example.test/log".parse().unwrap();
        let refused = signed.verify(&elsewhere, &key.public());
        assert_eq!(refused, Err(CheckpointError::Origin));
    }
}

#[test]
fn every_single_byte_change_is_noticed() {
    for algorithm in SignatureAlgorithm::ALL {
        let key = key(algorithm);
        let text = sample().sign(&key).into_bytes();
        for position in 0..text.len() {
            for bit in 0..8 {
                let mut changed = text.clone();
                changed[position] ^= 1 << bit;
                let Ok(changed) = String::from_utf8(changed) else {
                    continue;
                };
                let taken = SignedCheckpoint::parse(&changed)
                    .is_ok_and(|signed| signed.verify(&origin(), &key.public()).is_ok());
                assert!(!taken, "{algorithm}, byte {position}, bit {bit}");
            }
        }
    }
}

#[test]
fn there_is_one_lawful_text() {
    let text = sample().sign(&key(SignatureAlgorithm::Ed25519));
    for (from, to) in [
        ("\n3\n", "\n03\n"),
        ("\n3\n", "\n+3\n"),
        ("\n3\n", "\n-3\n"),
        ("\n3\n", "\n3 \n"),
        ("\n3\n", "\n3\nextension\n"),
        ("=\n\n", "\n\n"),
        ("=\n\n", "=\n\n\n"),
        ("— ", "- "),
        ("— registry.", "— other."),
        ("registry", "Registry"),
        ("\n", "\r\n"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from:?}");
        assert_eq!(
            SignedCheckpoint::parse(&changed),
            Err(CheckpointError::Form),
            "{to:?}"
        );
    }
    for changed in [
        text[..text.len() - 1].to_owned(),
        format!("{text}\n"),
        format!("{text}{}", text.lines().last().unwrap()),
        String::new(),
        "x".repeat(5_000),
    ] {
        assert_eq!(
            SignedCheckpoint::parse(&changed),
            Err(CheckpointError::Form)
        );
    }
}

/// The example of C2SP tlog-checkpoint is read, and written again as it stands.
#[test]
fn the_published_example_is_read() {
    let text = "example.com/behind-the-sofa\n20852163\n\
        CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
        — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
    let signed = SignedCheckpoint::parse(text).unwrap();
    assert_eq!(signed.text(), text);
    assert_eq!(signed.checkpoint.size(), 20_852_163);
}

/// Go's sumdb: its published key and the id within it agree with the formula.
#[test]
fn key_ids_agree_with_a_known_log() {
    let known = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
    let bytes = STANDARD
        .decode(known.splitn(3, '+').last().unwrap())
        .unwrap();
    let key = PublicKey::from_bytes(SignatureAlgorithm::Ed25519, &bytes[1..]).unwrap();
    assert_eq!(
        verifier_key(&"sum.golang.org".parse().unwrap(), &key),
        known
    );
}

#[test]
fn roots_of_another_family_are_refused() {
    let root = Digest::new(DigestAlgorithm::Sm3, *sha256(b"").as_bytes());
    let refused = Checkpoint::new(origin(), 0, root);
    assert_eq!(refused, Err(CheckpointError::Root));
    for name in ["", "a b", "a+b", "A", "é", "a\n"] {
        assert_eq!(name.parse::<LogOrigin>(), Err(LogOriginError), "{name:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_survived_and_what_is_read_is_written_again(text in "[a-z/—\n 0-9A-Za-z+=]{0,200}") {
        if let Ok(signed) = SignedCheckpoint::parse(&text) {
            prop_assert_eq!(signed.text(), text);
        }
    }
}
