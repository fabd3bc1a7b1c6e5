//! A release of one marketplace goes live in another one: through a registry that
//! neither of them trusts, and through the second one's own door. What the first
//! one said of it is kept and opens nothing.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use guichet_registry::bundle::{self, BundleLimits};
use guichet_registry::sign::PublicKey;
use guichet_tests::{Client, Marketplace};
use hyper::StatusCode;
use serde_json::{Value, json};

use super::World;

const PACKAGE: &str = "acme/acme-water";
const BUNDLE: &str = "acme-water-0.1.0.guichet";
const SERVICE: &str = "/v1/services/acme-water-330100";

/// What Acme's own developer does, at whichever marketplace.
fn guichet(folder: &Path, market: &Marketplace, arguments: &str) -> Output {
    Command::new(guichet_tests::program("guichet"))
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .env("GUICHET_DATA", &market.data)
        .env("LANG", "en_US.UTF-8")
        .env_remove("LC_ALL")
        .output()
        .unwrap()
}

fn good(folder: &Path, market: &Marketplace, arguments: &str) -> String {
    let output = guichet(folder, market, arguments);
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments}: {wrong}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn bad(folder: &Path, market: &Marketplace, arguments: &str) -> String {
    let output = guichet(folder, market, arguments);
    assert!(!output.status.success(), "{arguments}");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

/// Olga writes a package at the first marketplace, and two reviewers let it in.
fn publish_at_the_first(world: &World) {
    let (folder, market) = (world.folder.path(), &world.market);
    let approve = format!("registry approve {PACKAGE} 0.1.0");
    for command in [
        "plugin key new acme.key",
        "plugin key enrol acme.key --publisher acme --as olga",
        "plugin new acme-water --template declarative --publisher acme",
        "plugin publish acme-water --key acme.key --as olga",
        &format!(
            "{approve} --endpoint biller={} --as rita",
            world.market.city_url
        ),
        &format!("{approve} --as rolf"),
    ] {
        good(folder, market, command);
    }
}

/// The second marketplace's people let it in, its biller too, and roll it out.
fn go_live(folder: &Path, market: &Marketplace) {
    let biller = json!({
        "biller": "b-acme-water", "names": {"zh-CN": "阿克米水务", "en": "Acme Water"},
        "legal_name": "阿克米水务有限公司", "credit_code": "91350100M000100Y43",
        "settlement": {"holder": "阿克米水务有限公司", "bank_code": "102331000007",
            "account": "1202020019900000003"},
        "authorisation": {"contract": "DK-1", "certification_accepted": "Olga, 2026-11-20"},
        "packages": [PACKAGE], "from": "2026-01-01T00:00:00Z", "until": "2036-01-01T00:00:00Z"
    });
    std::fs::write(folder.join("biller.json"), biller.to_string()).unwrap();
    let approve = format!("registry approve {PACKAGE} 0.1.0");
    let rita = format!("{approve} --endpoint biller={} --as rita", market.city_url);
    good(folder, market, &rita);
    good(folder, market, &format!("{approve} --as rolf"));
    let rollout = format!("registry rollout {PACKAGE} 0.1.0 --general --as mona");
    good(folder, market, &rollout);
    let admit = "registry biller admit biller.json --as bela --json";
    let admitted = good(folder, market, admit);
    let admitted: Value = serde_json::from_str(&admitted).unwrap();
    let agree = format!("registry agree {} --as bert", admitted["position"]);
    good(folder, market, &agree);
}

/// The keys that countersigned a bundle, each of which holds.
fn countersigned(bytes: &[u8]) -> Vec<String> {
    let verified = bundle::verify(bytes, BundleLimits::default()).unwrap();
    verified
        .registries
        .iter()
        .map(PublicKey::to_string)
        .collect()
}

/// The registry's own key, as its log's first entry names it.
async fn key_of(market: &Marketplace) -> String {
    let auda = market.person("auda").unwrap();
    let entries = auda.get("/v1/log/entries?from=0").await.unwrap().json();
    let first = entries["items"][0]["entry"].as_str().unwrap();
    let first: Value = serde_json::from_str(first).unwrap();
    assert_eq!(first["act"]["act"], "founded", "{first}");
    first["act"]["key"].as_str().unwrap().to_owned()
}

/// Where a node keeps the bundle of a release.
fn kept(market: &Marketplace, release: &Value) -> PathBuf {
    let name = release.as_str().unwrap().replace(':', "-");
    let bundles = market.data.join("objects/bundles");
    bundles.join(format!("{name}.guichet"))
}

/// Whether the service is at the counter; nodes follow the log within a second.
async fn is_served(api: &Client) -> bool {
    for _ in 0..20 {
        if api.get(SERVICE).await.unwrap().status == StatusCode::OK {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_of_one_marketplace_goes_live_in_another_by_its_own_door() {
    let world = World::start(None);
    let folder = world.folder.path();
    publish_at_the_first(&world);
    let reference = world.reference("acme-water");
    let pushed = world.good(&["push", PACKAGE, "0.1.0", &reference]);

    // The operator of the second one takes it from the foreign registry.
    let data = folder.join("second");
    let mut second = Marketplace::start_with(&data, &[]).unwrap();
    let (first_key, second_key) = (key_of(&world.market).await, key_of(&second).await);
    assert_ne!(first_key, second_key);
    let pulled = world.exchange_of(&data, &["pull", &reference]);
    assert!(pulled.status.success());
    let pulled: Value = serde_json::from_slice(&pulled.stdout).unwrap();
    assert_eq!(pulled["registry_keys"], json!([first_key]), "{pulled}");
    let foreign_only = std::fs::read(folder.join(BUNDLE)).unwrap();

    // The first registry's word opens no door here, and neither does a stranger's.
    let publish = format!("plugin publish {BUNDLE} --as olga");
    let refused = bad(folder, &second, &publish);
    assert!(refused.contains("not enrolled"), "{refused}");
    let enrol = "plugin key enrol acme.key --publisher acme --as olga";
    good(folder, &second, enrol);
    let rita = bad(
        folder,
        &second,
        &format!("plugin publish {BUNDLE} --as rita"),
    );
    assert!(rita.contains("no member of acme"), "{rita}");
    let said = good(folder, &second, &publish);
    assert!(said.contains("waiting"), "{said}");
    let seen = format!("/v1/packages/{PACKAGE}/releases/0.1.0");
    let rita = second.person("rita").unwrap();
    let seen = rita.get(&seen).await.unwrap().json();
    assert_eq!(seen["persons"], 2, "{seen}");
    assert_eq!(seen["report"]["verdict"], "passed", "certified again here");

    // Both countersignatures are kept; this registry's own is the one it adds.
    let bundle = kept(&second, &pushed["release"]);
    let whole = std::fs::read(&bundle).unwrap();
    assert_eq!(
        countersigned(&whole),
        [first_key.clone(), second_key.clone()]
    );
    go_live(folder, &second);
    assert!(is_served(&second.api).await);

    // Passed on from here, it carries both.
    let passed_on = world.reference("acme-water-of-the-second");
    let push = ["push", PACKAGE, "0.1.0", &passed_on];
    assert!(world.exchange_of(&data, &push).status.success());
    let again = world.good(&["pull", &passed_on, "--out", "again.guichet"]);
    assert_eq!(again["registry_keys"], json!([first_key, second_key]));

    // A bundle with the foreign countersignature alone serves nobody here.
    assert_eq!(second.terminate().unwrap(), Some(0));
    let verify = "registry verify";
    good(folder, &second, verify);
    std::fs::write(&bundle, &foreign_only).unwrap();
    let named = bad(folder, &second, verify);
    assert!(named.contains("has not countersigned"), "{named}");
    let second = Marketplace::start_with(&data, &[]).unwrap();
    assert!(!is_served(&second.api).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_that_is_countersigned_here_already_or_by_too_many_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let market = Marketplace::start().unwrap();
    for command in [
        "plugin key new acme.key",
        "plugin key enrol acme.key --publisher acme --as olga",
        "plugin new acme-water --template declarative --publisher acme",
        "plugin build acme-water --key acme.key --out acme.guichet",
    ] {
        good(folder, &market, command);
    }
    let mut bytes = std::fs::read(folder.join("acme.guichet")).unwrap();
    for _ in 0..7 {
        let key = foreign_registry();
        bytes = bundle::countersign(&bytes, BundleLimits::default(), &key).unwrap();
    }
    std::fs::write(folder.join("many.guichet"), &bytes).unwrap();
    let refused = bad(folder, &market, "plugin publish many.guichet --as olga");
    assert!(refused.contains("seven registries"), "{refused}");
    // This registry's own, lost from its log and found again elsewhere.
    let own = market.data.join("registry.key");
    let own = guichet_registry::sign::key_file::read(&own).unwrap();
    let bytes = std::fs::read(folder.join("acme.guichet")).unwrap();
    let bytes = bundle::countersign(&bytes, BundleLimits::default(), &own).unwrap();
    std::fs::write(folder.join("own.guichet"), &bytes).unwrap();
    let said = good(folder, &market, "plugin publish own.guichet --as olga");
    assert!(said.contains("waiting"), "{said}");
}

fn foreign_registry() -> guichet_registry::sign::SigningKey {
    use guichet_registry::sign::{SignatureAlgorithm, SigningKey};
    SigningKey::generate(SignatureAlgorithm::Ed25519).unwrap()
}
