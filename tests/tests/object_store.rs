//! A marketplace whose bundles and reports lie in a store that speaks S3.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

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

/// `guichet registry verify` over a node's folder and the bucket.
fn verify(data: &Path, objects: &str, secret: &'static str) -> Output {
    Command::new(guichet_tests::program("guichet"))
        .args(["registry", "verify", "--json", "--objects", objects])
        .arg("--data")
        .arg(data)
        .envs(environment(secret))
        .output()
        .unwrap()
}

#[tokio::test]
async fn an_object_that_was_altered_in_the_bucket_is_named() {
    let store = foreign::object_store("guichet", KEYS).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let objects = place(&store);
    let arguments = ["--objects", objects.as_str()];
    let mut market = Marketplace::start_in(&data, &arguments, &environment(KEYS.1)).unwrap();
    assert_eq!(market.terminate().unwrap(), Some(0));
    let told = |output: Output| -> (Option<i32>, serde_json::Value) {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let read = serde_json::from_slice(&output.stdout);
        (
            output.status.code(),
            read.unwrap_or_else(|error| panic!("{error}: {said}")),
        )
    };
    let (code, good) = told(verify(&data, &objects, KEYS.1));
    assert_eq!((code, &good["good"]), (Some(0), &true.into()), "{good}");
    let bundles = store.storage().join("guichet/prod/bundles");
    let marked = b"guichet-demo/homes-json-hmac";
    let bundle = std::fs::read_dir(bundles)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "guichet"))
        .find(|path| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(marked.len()).any(|window| window == marked)
        })
        .unwrap();
    let whole = std::fs::read(&bundle).unwrap();
    let mut altered = whole;
    let last = altered.len() - 1;
    altered[last] ^= 1;
    std::fs::write(&bundle, altered).unwrap();
    let (code, bad) = told(verify(&data, &objects, KEYS.1));
    assert_eq!(code, Some(1), "{bad}");
    let named = bad["altered"].as_array().unwrap();
    assert_eq!(named.len(), 1, "{bad}");
    let name = "bundle of guichet-demo/homes-json-hmac 0.1.0";
    assert_eq!(named[0]["object"], name, "{bad}");
    // One that is gone is named too; a store that does not answer proves nothing.
    std::fs::remove_file(&bundle).unwrap();
    let (code, gone) = told(verify(&data, &objects, KEYS.1));
    assert_eq!(code, Some(1), "{gone}");
    let problem = gone["altered"][0]["problem"].as_str().unwrap();
    assert!(problem.contains("is missing"), "{gone}");
    let refused = verify(&data, &objects, "another-secret");
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("the object store"), "{said}");
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
