//! Releases leave for a real OCI registry and come back; another tool reads
//! what was pushed; what was altered on the way is refused.

mod import;
mod referrers;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use guichet_registry::Manifest;
use guichet_registry::bundle::{self, Bundle, BundleLimits};
use guichet_registry::manifest::{COMPONENT_FILE, MANIFEST_FILE};
use guichet_registry::sign::sha256;
use guichet_tests::foreign::{self, Server};
use guichet_tests::{Marketplace, target};
use serde_json::Value;

/// One package with code of its own, and one that uses it.
const WITH_CODE: &str = "http-biller";
const WITHOUT_CODE: &str = "communication-form";
const VERSION: &str = "0.1.0";
/// The user `river` with the password of the same test, as `htpasswd -B` has it.
const USERS: &str = "river:$2b$04$2709Mj9KCkUP7ISejpxbe.WLdMc/jeO5bHR1sozbLGqM5tvdS0Mbm\n";
const PASSWORD: &str = "correct horse";

/// A bundle as it was installed.
fn installed(stem: &str) -> Vec<u8> {
    let name = format!("{stem}-{VERSION}.guichet");
    std::fs::read(target().join("packages").join(name)).unwrap()
}

fn package(stem: &str) -> String {
    let bytes = installed(stem);
    let bundle = Bundle::read(&bytes, BundleLimits::default()).unwrap();
    let manifest = std::str::from_utf8(bundle.file(MANIFEST_FILE).unwrap()).unwrap();
    Manifest::read(manifest).unwrap().package.to_string()
}

/// The code of the package that has some.
fn component() -> Vec<u8> {
    let bytes = installed(WITH_CODE);
    let bundle = Bundle::read(&bytes, BundleLimits::default()).unwrap();
    bundle.file(COMPONENT_FILE).unwrap().to_vec()
}

/// A marketplace, a foreign registry and a folder for what comes.
struct World {
    market: Marketplace,
    registry: Server,
    folder: tempfile::TempDir,
    environment: Vec<(&'static str, String)>,
}

impl World {
    fn start(users: Option<&str>) -> Self {
        Self {
            market: Marketplace::start().unwrap(),
            registry: foreign::registry(users).unwrap(),
            folder: tempfile::tempdir().unwrap(),
            environment: Vec::new(),
        }
    }

    fn reference(&self, stem: &str) -> String {
        format!("{}/acme/{stem}:{VERSION}", self.registry.host)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn exchange(&self, arguments: &[&str]) -> Output {
        self.exchange_of(&self.market.data, arguments)
    }

    /// `guichet exchange …` of the operator whose node has this folder.
    fn exchange_of(&self, data: &Path, arguments: &[&str]) -> Output {
        let environment = self.environment.iter();
        Command::new(guichet_tests::program("guichet"))
            .args(["exchange", "--json", "--data"])
            .arg(data)
            .args(arguments)
            .current_dir(self.folder.path())
            // Nobody's own passwords.
            .env("HOME", self.folder.path())
            .env_remove("DOCKER_CONFIG")
            .envs(environment.map(|(name, value)| (*name, value.as_str())))
            .output()
            .unwrap()
    }

    /// The same, which must end well; its answer.
    fn good(&self, arguments: &[&str]) -> Value {
        let output = self.exchange(arguments);
        let wrong = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {wrong}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The same, which must be refused with this exit code; why.
    fn bad(&self, arguments: &[&str], code: i32) -> String {
        let output = self.exchange(arguments);
        let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {wrong}");
        wrong
    }

    fn push(&self, stem: &str) -> Value {
        self.good(&["push", &package(stem), VERSION, &self.reference(stem)])
    }

    /// Every file of the registry's storage that holds pushed bytes.
    fn blobs(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        walk(
            &self.registry.storage().join("docker/registry/v2/blobs"),
            &mut found,
        );
        assert!(!found.is_empty());
        found
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn a_release_leaves_and_comes_back_whole_and_others_read_its_component() {
    let world = World::start(None);
    for stem in [WITH_CODE, WITHOUT_CODE] {
        let pushed = world.push(stem);
        assert_eq!(pushed["component"], sha256(&component()).to_string());
        assert_eq!(world.push(stem)["manifest"], pushed["manifest"], "again");
        let reference = world.reference(stem);
        let pulled = world.good(&["pull", &reference]);
        assert_eq!(pulled["package"], package(stem));
        assert_eq!(pulled["own_code"], stem == WITH_CODE);
        let came = std::fs::read(world.path(&format!("{stem}-{VERSION}.guichet"))).unwrap();
        let came = bundle::verify(&came, BundleLimits::default()).unwrap();
        let own = bundle::verify(&installed(stem), BundleLimits::default()).unwrap();
        assert_eq!((came.digest, came.publisher), (own.digest, own.publisher));
        assert_eq!(
            came.registries.len(),
            1,
            "the registry has countersigned it"
        );
        // By digest, which cannot be given to another artifact.
        let manifest = pushed["manifest"].as_str().unwrap();
        let pinned = format!("{}/acme/{stem}@{manifest}", world.registry.host);
        world.good(&["pull", &pinned, "--out", "pinned.guichet"]);
        std::fs::remove_file(world.path("pinned.guichet")).unwrap();
        // Another people's tool finds the component where it expects it.
        let read = world.path(&format!("{stem}.wasm"));
        let output = Command::new(foreign::wkg().unwrap())
            .args([
                "oci",
                "pull",
                &reference,
                "--insecure",
                &world.registry.host,
            ])
            .arg("--output")
            .arg(&read)
            .env("HOME", world.folder.path())
            .output()
            .unwrap();
        let wrong = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "wkg: {wrong}");
        assert!(std::fs::read(read).unwrap() == component(), "{stem}");
    }
    // Another file of the same name stays as it is.
    std::fs::write(world.path("mine"), "mine").unwrap();
    let refused = world.bad(&["pull", &world.reference(WITH_CODE), "--out", "mine"], 2);
    assert!(refused.contains("--out"), "{refused}");
    assert_eq!(std::fs::read(world.path("mine")).unwrap(), b"mine");
}

#[test]
fn what_was_altered_in_the_foreign_registry_is_not_written() {
    let world = World::start(None);
    world.push(WITH_CODE);
    let reference = world.reference(WITH_CODE);
    let pull = ["pull", &reference, "--out", "came.guichet"];
    world.good(&pull);
    let whole = std::fs::read(world.path("came.guichet")).unwrap();
    std::fs::remove_file(world.path("came.guichet")).unwrap();
    let mut refused = 0;
    let mut altered_bundle = String::new();
    for blob in world.blobs() {
        let bytes = std::fs::read(&blob).unwrap();
        let mut altered = bytes.clone();
        let middle = altered.len() / 2;
        altered[middle] ^= 1;
        std::fs::write(&blob, altered).unwrap();
        let output = world.exchange(&pull);
        if output.status.success() {
            // The signatures and the report stand beside the bundle for others.
            let came = std::fs::read(world.path("came.guichet")).unwrap();
            assert!(came == whole, "{} was believed", blob.display());
            std::fs::remove_file(world.path("came.guichet")).unwrap();
        } else {
            refused += 1;
            assert!(!world.path("came.guichet").exists());
            if bytes.starts_with(b"guichet-bundle") && bytes.len() == whole.len() {
                altered_bundle = String::from_utf8_lossy(&output.stderr).into_owned();
            }
        }
        std::fs::write(&blob, bytes).unwrap();
    }
    // The bundle, its manifest and the artifact's manifest at least.
    assert!(refused >= 3, "{refused}");
    assert!(altered_bundle.contains("was altered"), "{altered_bundle}");
    world.good(&pull);
}

#[test]
fn a_password_is_shown_to_the_registry_and_to_nobody_else() {
    let mut world = World::start(Some(USERS));
    let package = package(WITH_CODE);
    let reference = world.reference(WITH_CODE);
    let push = ["push", &package, VERSION, &reference];
    let refused = world.bad(&push, 1);
    assert!(refused.contains("--credentials"), "{refused}");
    let known = |password: &str| {
        vec![
            ("GUICHET_EXCHANGE_USER", "river".to_owned()),
            ("GUICHET_EXCHANGE_PASSWORD", password.to_owned()),
            ("RUST_LOG", "trace".to_owned()),
        ]
    };
    world.environment = known("wrong horse");
    let refused = world.bad(&push, 1);
    assert!(!refused.contains("wrong horse"), "{refused}");
    world.environment = known(PASSWORD);
    let output = world.exchange(&push);
    assert!(output.status.success());
    let said = [output.stdout, output.stderr].concat();
    assert!(!String::from_utf8_lossy(&said).contains(PASSWORD));
    // From a file as other tools write it: base64 of `river:correct horse`.
    world.environment.clear();
    let file = format!(
        r#"{{"auths": {{"{}": {{"auth": "cml2ZXI6Y29ycmVjdCBob3JzZQ=="}}}}}}"#,
        world.registry.host
    );
    std::fs::write(world.path("login.json"), file).unwrap();
    world.bad(&["pull", &reference], 1);
    world.good(&["pull", &reference, "--credentials", "login.json"]);
}

#[test]
fn what_cannot_leave_or_come_is_told_why() {
    let world = World::start(None);
    let package = package(WITH_CODE);
    let reference = world.reference(WITH_CODE);
    let cases = [
        (
            vec!["push", &package, "9.9.9", &reference],
            1,
            "no release 9.9.9",
        ),
        (
            vec!["push", &package, VERSION, "acme/water"],
            2,
            "no reference",
        ),
        (vec!["pull", &reference], 1, "is not there"),
        (
            vec!["pull", "registry.example.test/a:1"],
            4,
            "cannot be reached",
        ),
        (vec!["pull", "127.0.0.1:1/a:1"], 4, "cannot be reached"),
    ];
    for (arguments, code, says) in cases {
        let refused = world.bad(&arguments, code);
        assert!(refused.contains(says), "{arguments:?}: {refused}");
    }
}
