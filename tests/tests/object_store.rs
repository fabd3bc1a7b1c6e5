//! A marketplace whose bundles and reports lie in a store that speaks S3.

use std::path::PathBuf;

use guichet_tests::Marketplace;
use guichet_tests::foreign::{self, Server};

const KEYS: (&str, &str) = ("AKIDTEST", "a-secret-of-this-test");

fn place(store: &Server) -> String {
    format!(
        "s3://guichet/prod?endpoint=http://{}&region=test-1",
        store.host
    )
}

fn environment(secret: &'static str) -> [(&'static str, &'static str); 2] {
    [
        ("AWS_ACCESS_KEY_ID", KEYS.0),
        ("AWS_SECRET_ACCESS_KEY", secret),
    ]
}

#[tokio::test]
async fn bundles_lie_in_the_bucket_and_are_read_from_there() {
    let store = foreign::object_store("guichet", KEYS).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let objects = place(&store);
    let start = || {
        let arguments = ["--objects", &objects];
        Marketplace::start_in(&data, &arguments, &environment(KEYS.1)).unwrap()
    };
    let market = start();
    assert!(!market.search("水费", "").await.unwrap().is_empty());
    let bundles: Vec<PathBuf> = std::fs::read_dir(store.storage().join("guichet/prod/bundles"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "guichet")
        })
        .collect();
    assert!(bundles.len() > 60, "{}", bundles.len());
    assert!(
        !data.join("objects").exists(),
        "nothing lies in the data folder"
    );
    drop(market);
    // Whatever was altered in the bucket serves nobody after the next start.
    for path in &bundles {
        let mut bytes = std::fs::read(path).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(path, bytes).unwrap();
    }
    let market = start();
    assert!(market.search("水费", "").await.unwrap().is_empty());
}

#[test]
fn a_store_that_cannot_be_used_is_refused_at_start_with_the_reason() {
    let store = foreign::object_store("guichet", KEYS).unwrap();
    let good = place(&store);
    let folder = tempfile::tempdir().unwrap();
    let nobody = "s3://guichet?endpoint=http://127.0.0.1:1&region=test-1".to_owned();
    let cases = [
        (&good, "another-secret", "correct AWS_ACCESS_KEY_ID"),
        (&good, "", "AWS_SECRET_ACCESS_KEY is missing"),
        (&nobody, KEYS.1, "cannot be reached"),
    ];
    for (number, (place, secret, says)) in cases.into_iter().enumerate() {
        let data = folder.path().join(format!("data-{number}"));
        let arguments = ["--objects", place.as_str()];
        let started = Marketplace::start_in(&data, &arguments, &environment(secret));
        let Err(error) = started else {
            panic!("{place} was taken");
        };
        let error = error.to_string();
        assert!(error.contains(says), "{place}: {error}");
        assert!(!error.contains(KEYS.1), "{error}");
    }
}
