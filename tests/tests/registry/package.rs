//! Makes later releases of the city's package: the installed bundle with another
//! version, recorded exchanges, and whatever a test changes.

use std::collections::BTreeMap;

use guichet_registry::bundle::{self, Bundle, BundleFile, BundleLimits};
use guichet_registry::sign::SigningKey;
use guichet_tests::target;

/// A package's files by path.
pub(super) struct Package(BTreeMap<String, Vec<u8>>);

impl Package {
    /// The installed one, as a later version that can be certified.
    pub(super) fn later(version: &str) -> Self {
        let path = target().join("packages/homes-json-hmac-0.1.0.guichet");
        let bytes = std::fs::read(&path).unwrap();
        let bundle = Bundle::read(&bytes, BundleLimits::default()).unwrap();
        let files = bundle.files();
        let mut files: BTreeMap<String, Vec<u8>> = files
            .map(|(path, bytes)| (path.as_str().to_owned(), bytes.to_vec()))
            .collect();
        let recorded = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../host/tests/certification/fixtures/json-hmac/tests/recorded.json"
        );
        files.insert(
            "tests/recorded.json".to_owned(),
            std::fs::read(recorded).unwrap(),
        );
        // The recorded exchanges stand for one flow only.
        let services = String::from_utf8(files["services.jsonl"].clone()).unwrap();
        let kept = services
            .lines()
            .filter(|line| !line.contains("second-step"));
        let kept: String = kept.map(|line| format!("{line}\n")).collect();
        files.insert("services.jsonl".to_owned(), kept.into_bytes());
        Self(files).replaced(
            "plugin.toml",
            "version = \"0.1.0\"",
            &format!("version = \"{version}\""),
        )
    }

    /// With a text in one of the files replaced; it must be there.
    pub(super) fn replaced(mut self, path: &str, from: &str, to: &str) -> Self {
        let file = self.0.get_mut(path).unwrap();
        let text = String::from_utf8(std::mem::take(file)).unwrap();
        assert!(text.contains(from), "{path} has no {from:?}");
        *file = text.replace(from, to).into_bytes();
        self
    }

    /// One that certification cannot tell from a good one: mapping and recorded
    /// exchanges agree on a path that the real biller does not have.
    pub(super) fn bad(version: &str) -> Self {
        let mut bad = Self::later(version)
            .replaced(
                "mapping.json",
                "/b/{context.service}/bills",
                "/b/{context.service}/billz",
            )
            .replaced("tests/recorded.json", "/bills\"", "/billz\"");
        // The path is signed, so recorded signatures would not fit any more.
        let recorded = &bad.0["tests/recorded.json"];
        let mut recorded: serde_json::Value = serde_json::from_slice(recorded).unwrap();
        for exchange in recorded["exchanges"].as_array_mut().unwrap() {
            exchange["request"]["headers"]["x-signature"] = "{{any}}".into();
        }
        let text = serde_json::to_vec(&recorded).unwrap();
        bad.0.insert("tests/recorded.json".to_owned(), text);
        bad
    }

    /// With these exchanges gone from the recording, and with them whatever they
    /// would have shown.
    pub(super) fn without_exchanges(mut self, names: &[&str]) -> Self {
        let recorded = &self.0["tests/recorded.json"];
        let mut recorded: serde_json::Value = serde_json::from_slice(recorded).unwrap();
        let exchanges = recorded["exchanges"].as_array_mut().unwrap();
        let before = exchanges.len();
        exchanges.retain(|one| !names.contains(&one["name"].as_str().unwrap()));
        assert_eq!(exchanges.len() + names.len(), before);
        for expected in ["status", "reversal"] {
            recorded["expect"].as_object_mut().unwrap().remove(expected);
        }
        let text = serde_json::to_vec(&recorded).unwrap();
        self.0.insert("tests/recorded.json".to_owned(), text);
        self
    }

    /// One of its files.
    pub(super) fn text(&self, path: &str) -> String {
        String::from_utf8(self.0[path].clone()).unwrap()
    }

    /// The bundle, signed with the publisher's development key.
    pub(super) fn bundle(self) -> Vec<u8> {
        let files = self.0.into_iter().map(|(path, bytes)| BundleFile {
            path: path.parse().unwrap(),
            bytes,
        });
        let key = SigningKey::development(&"guichet-demo".parse().unwrap());
        bundle::write(files.collect(), &key).unwrap().0
    }
}
