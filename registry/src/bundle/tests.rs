//! Every way in which bytes are no bundle, and that any bytes are survived.

use proptest::prelude::*;

use super::*;
use crate::sign::SigningKey;

fn key() -> SigningKey {
    SigningKey::development(&"demo".parse().unwrap())
}

fn file(path: &str, bytes: &[u8]) -> BundleFile {
    BundleFile {
        path: path.parse().unwrap(),
        bytes: bytes.to_vec(),
    }
}

fn sample() -> Vec<u8> {
    let files = vec![file("plugin.toml", b"x = 1\n"), file("a/empty", b"")];
    write(files, &key()).unwrap().0
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
    assert_eq!(
        key().public().verify(digest, &bundle.signatures()[0]),
        Ok(())
    );
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
    says(
        &altered("sign ed25519", "seal ed25519"),
        "must begin with `file`",
    );
    says(&altered("\n\n", "\nfile 0 x y\n\n"), "after the last file");
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
fn every_single_byte_change_is_noticed() {
    let bytes = sample();
    let digest = read(&bytes).unwrap().digest();
    for position in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[position] ^= 1;
        if let Ok(bundle) = read(&changed) {
            let whole = bundle
                .signatures()
                .iter()
                .any(|signature| key().public().verify(bundle.digest(), signature).is_ok());
            assert!(
                !whole,
                "byte {position}, digest {} then {digest}",
                bundle.digest()
            );
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _either = read(&bytes);
        let with_magic = [MAGIC.as_bytes(), DIGEST_LINE.as_bytes(), &bytes].concat();
        let _either = read(&with_magic);
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
