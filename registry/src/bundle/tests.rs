//! Every way in which bytes are no bundle, and that any bytes are survived.

use proptest::prelude::*;

use super::*;
use crate::sign::{SignatureAlgorithm, SigningKey};

fn key() -> SigningKey {
    SigningKey::development(&"demo".parse().unwrap())
}

fn file(path: &str, bytes: &[u8]) -> BundleFile {
    BundleFile {
        path: path.parse().unwrap(),
        bytes: bytes.to_vec(),
    }
}

fn files() -> Vec<BundleFile> {
    vec![file("plugin.toml", b"x = 1\n"), file("a/empty", b"")]
}

fn sample() -> Vec<u8> {
    write(files(), &key()).unwrap().0
}

/// A registry's key; every seed gives another.
fn registry(algorithm: SignatureAlgorithm, seed: u8) -> SigningKey {
    SigningKey::from_secret(algorithm, &[seed; 32]).unwrap()
}

/// A bundle of a family, signed and countersigned.
fn countersigned(algorithm: SignatureAlgorithm) -> Vec<u8> {
    let publisher = registry(algorithm, 1);
    let (bytes, _) = write(files(), &publisher).unwrap();
    countersign(&bytes, BundleLimits::default(), &registry(algorithm, 2)).unwrap()
}

fn read(bytes: &[u8]) -> Result<Bundle<'_>, BundleError> {
    Bundle::read(bytes, BundleLimits::default())
}

/// The sample with one text of its head replaced.
fn altered(from: &str, to: &str) -> BundleError {
    let bytes = sample();
    let text = std::str::from_utf8(&bytes).unwrap();
    assert!(text.contains(from), "{from:?} stands in\n{text}");
    read(text.replacen(from, to, 1).as_bytes()).unwrap_err()
}

fn says(error: &BundleError, text: &str) {
    assert!(error.to_string().contains(text), "{error}");
}

#[test]
fn what_was_written_is_read_and_the_order_given_does_not_matter() {
    let files = vec![file("b", b"two"), file("a", b"one")];
    let (bytes, digest) = write(files.clone(), &key()).unwrap();
    let turned = write(files.into_iter().rev().collect(), &key()).unwrap();
    assert_eq!((&bytes, digest), (&turned.0, turned.1));
    let bundle = read(&bytes).unwrap();
    assert_eq!(bundle.digest(), digest);
    assert_eq!(bundle.file("a"), Some(&b"one"[..]));
    assert_eq!(bundle.file("c"), None);
    let verified = verify(&bytes, BundleLimits::default()).unwrap();
    assert_eq!(verified.digest, digest);
    assert_eq!(verified.publisher, key().public());
    assert_eq!(verified.registries, []);
}

#[test]
fn the_writer_refuses_what_the_reader_would() {
    let twice = write(vec![file("a", b""), file("a", b"")], &key());
    assert_eq!(
        twice.unwrap_err(),
        BundleError::Twice {
            path: "a".to_owned()
        }
    );
    assert_eq!(write(Vec::new(), &key()).unwrap_err(), BundleError::Empty);
    for bad in [
        "", "/a", "a/", "../a", "a/../b", ".hidden", "a//b", "a b", "a\\b", "é",
    ] {
        assert_eq!(bad.parse::<BundlePath>(), Err(BundlePathError), "{bad}");
    }
}

#[test]
fn a_head_has_one_lawful_form() {
    assert_eq!(
        altered("guichet-bundle 1", "guichet-bundle 2"),
        BundleError::Magic
    );
    says(&altered("digest sha256", "digest md5"), "line 2");
    says(&altered("file 6 ", "file 06 "), "plain decimal");
    says(&altered("file 6 ", "file +6 "), "plain decimal");
    says(&altered("file 6 ", "file  6 "), "line 4");
    says(
        &altered("plugin.toml", "../plugin.toml"),
        "a path in a bundle",
    );
    says(&altered("a/empty", "z/empty"), "paths must ascend");
    says(&altered("a/empty", "plugin.toml"), "paths must ascend");
    says(&altered("sign ed25519", "sign rot13"), "sign with ed25519");
    for (from, to) in [
        ("sign ed25519", "seal ed25519"),
        ("sign ed25519", "countersign ed25519"),
        ("\n\n", "\nfile 0 x y\n\n"),
        ("\n\n", "\nsign ed25519 x y\n\n"),
        ("\n\n", "\n \n\n"),
    ] {
        says(&altered(from, to), "one `sign`, then `countersign` lines");
    }
    says(
        &altered("file 6 sha256:", "file 6 sm3:"),
        "must be of sha256",
    );
    says(&altered("digest sha256", "digest sm3"), "must be of sm3");
}

#[test]
fn content_must_be_whole_and_unaltered() {
    assert_eq!(
        altered("x = 1", "x = 2"),
        BundleError::Digest {
            path: "plugin.toml".to_owned()
        }
    );
    assert_eq!(altered("x = 1\n", "x = 1\n\n"), BundleError::Length);
    assert_eq!(altered("x = 1\n", "x = 1"), BundleError::Length);
    assert_eq!(altered("\n\n", "\n"), BundleError::Head);
    assert_eq!(altered("file 6 ", "file 99999999999 ").to_string(), {
        let limit = BundleLimits::default().file_bytes;
        BundleError::FileTooLarge {
            path: "plugin.toml".to_owned(),
            limit,
        }
        .to_string()
    });
}

#[test]
fn limits_hold() {
    let bytes = sample();
    let limits = BundleLimits::default();
    let small = BundleLimits {
        bundle_bytes: 10,
        ..limits
    };
    assert_eq!(
        Bundle::read(&bytes, small).unwrap_err(),
        BundleError::TooLarge { limit: 10 }
    );
    let few = BundleLimits { files: 1, ..limits };
    assert_eq!(
        Bundle::read(&bytes, few).unwrap_err(),
        BundleError::TooManyFiles { limit: 1 }
    );
}

#[test]
fn a_bundle_is_signed_exactly_once() {
    let bytes = sample();
    let text = String::from_utf8(bytes).unwrap();
    let (before, rest) = text.split_once("sign ").unwrap();
    let (line, after) = rest.split_once('\n').unwrap();
    let unsigned = format!("{before}{after}");
    assert_eq!(
        read(unsigned.as_bytes()).unwrap_err(),
        BundleError::NotSigned
    );
    let twice = format!("{before}sign {line}\nsign {line}\n{after}");
    assert!(matches!(
        read(twice.as_bytes()).unwrap_err(),
        BundleError::Line { line: 6, .. }
    ));
    // The publisher's signature does not pass for a registry's.
    let passed = format!("{before}sign {line}\ncountersign {line}\n{after}");
    let refused = verify(passed.as_bytes(), BundleLimits::default()).unwrap_err();
    assert!(matches!(refused, BundleError::Signature { line: 6, .. }));
    assert_eq!(refused.finding().line, Some(6));
}

#[test]
fn countersigning_adds_a_line_and_nothing_else() {
    let limits = BundleLimits::default();
    let mut bytes = sample();
    let digest = read(&bytes).unwrap().digest();
    for seed in 2..=8 {
        let algorithm = SignatureAlgorithm::ALL[usize::from(seed % 2)];
        let key = registry(algorithm, seed);
        let made = countersign(&bytes, limits, &key).unwrap();
        assert_eq!(made, countersign(&bytes, limits, &key).unwrap());
        let line = made.len() - bytes.len();
        let head = read(&bytes).unwrap().head_bytes;
        let without = [&made[..head], &made[head + line..]].concat();
        assert_eq!(without, bytes);
        let verified = verify(&made, limits).unwrap();
        assert_eq!(verified.digest, digest);
        assert_eq!(verified.registries.last(), Some(&key.public()));
        let again = countersign(&made, limits, &key);
        assert_eq!(again, Err(BundleError::CountersignedAlready));
        bytes = made;
    }
    let eighth = countersign(&bytes, limits, &key());
    assert_eq!(eighth, Err(BundleError::CountersignatureLimit));
}

#[test]
fn national_bundles_carry_national_digests() {
    let bytes = countersigned(SignatureAlgorithm::Sm2Sm3);
    let bundle = read(&bytes).unwrap();
    assert!(bundle.digest().to_string().starts_with("sm3:"));
    let file = bundle.file_digest("plugin.toml").unwrap();
    assert_eq!(file.algorithm(), bundle.digest().algorithm());
    assert!(bytes.starts_with(b"guichet-bundle 1\ndigest sm3\n"));
}

#[test]
fn every_single_byte_change_is_noticed() {
    for algorithm in SignatureAlgorithm::ALL {
        let bytes = countersigned(algorithm);
        for position in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[position] ^= 1;
            let verified = verify(&changed, BundleLimits::default());
            assert!(verified.is_err(), "{algorithm}, byte {position}");
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _either = read(&bytes);
        let with_magic = [MAGIC.as_bytes(), b"digest sha256\n", &bytes].concat();
        let _either = read(&with_magic);
    }

    #[test]
    fn any_other_byte_anywhere_is_refused(
        national in any::<bool>(),
        contents in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 1..4),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), 1_u8..), 8),
    ) {
        let algorithm = SignatureAlgorithm::ALL[usize::from(national)];
        let files = contents.iter().enumerate().map(|(index, bytes)| file(&format!("f{index}"), bytes));
        let (bytes, _) = write(files.collect(), &registry(algorithm, 3)).unwrap();
        let bytes = countersign(&bytes, BundleLimits::default(), &registry(algorithm, 4)).unwrap();
        for (position, difference) in changes {
            let mut changed = bytes.clone();
            changed[position.index(bytes.len())] ^= difference;
            prop_assert!(verify(&changed, BundleLimits::default()).is_err());
        }
    }

    #[test]
    fn mutated_bundles_are_survived(edits in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..8)) {
        let mut bytes = sample();
        for (position, byte) in edits {
            let position = usize::from(position) % bytes.len();
            bytes[position] = byte;
        }
        let _either = read(&bytes);
    }

    #[test]
    fn what_is_read_is_written_again_byte_for_byte(contents in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 1..10)) {
        let files: Vec<BundleFile> = contents
            .iter()
            .enumerate()
            .map(|(index, bytes)| file(&format!("f{index}"), bytes))
            .collect();
        let (bytes, _) = write(files, &key()).unwrap();
        let bundle = read(&bytes).unwrap();
        let again = bundle
            .files()
            .map(|(path, bytes)| BundleFile { path: path.clone(), bytes: bytes.to_vec() })
            .collect();
        prop_assert_eq!(write(again, &key()).unwrap().0, bytes.clone());
    }
}
