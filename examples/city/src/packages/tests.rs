//! The whole catalogue goes through the registry's own door, with empty
//! components of the right kinds in the plugins' place.

use std::path::Path;

use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

use super::*;
use crate::catalogue::country;

/// A component that offers a world of the contract and does nothing.
fn component(world: &str) -> Vec<u8> {
    let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit/0.1.0");
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(contract).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    let mangling = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let mut module = dummy_module(&resolve, world, mangling);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default()
        .module(&module)
        .unwrap()
        .encode()
        .unwrap()
}

/// Dummies import everything, so the plugins' own manifests, which ask for what
/// their code really needs, are left to the packaging command.
fn sources(folder: &Path) -> Sources {
    for (name, world) in [
        ("http-biller", "declarative-plugin"),
        ("prepaid-power", "bill-payment-plugin"),
        ("traffic-fine", "bill-payment-plugin"),
        ("provident-fund", "inquiry-plugin"),
        ("credit-report", "inquiry-plugin"),
        ("medical-insurance-code", "credential-plugin"),
    ] {
        std::fs::write(folder.join(format!("{name}.wasm")), component(world)).unwrap();
        std::fs::create_dir_all(folder.join(name)).unwrap();
        std::fs::write(folder.join(name).join("plugin.toml"), EVERYTHING).unwrap();
    }
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/http-biller/plugin.toml");
    std::fs::copy(own, folder.join("http-biller/plugin.toml")).unwrap();
    Sources {
        components: folder.to_owned(),
        plugins: folder.to_owned(),
        mappings: Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings"),
    }
}

/// Asks for every interface.
const EVERYTHING: &str = r#"
package = "someone/else"

[endpoints.biller]
routes = [{ methods = ["POST"], path_prefix = "/b/", intent = "declared" }]
reason = { "zh-CN" = "测试", en = "Test" }

[keys.mac]
algorithm = "hmac-sha256"
uses = ["mac"]
reason = { "zh-CN" = "测试", en = "Test" }

[permissions.kv]
quota_bytes = 1024
reason = { "zh-CN" = "测试", en = "Test" }

[permissions.data."identity.number"]
reason = { "zh-CN" = "测试", en = "Test" }
"#;

#[test]
fn every_package_is_admitted_and_comes_out_the_same_again() {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let sources = sources(folder.path());
    let regions = Regions::new();
    let make = || packages(&country(), &regions, &sources).unwrap();
    let first = publish(&make(), out.path()).unwrap();
    assert_eq!(first.services, country().services().len());
    assert_eq!(first.written, first.bundles);
    std::fs::write(out.path().join("stale-0.1.0.guichet"), b"stale").unwrap();
    let second = publish(&make(), out.path()).unwrap();
    assert_eq!((second.digest, second.written), (first.digest, 0));
    assert_eq!(
        std::fs::read_dir(out.path()).unwrap().count(),
        first.bundles
    );
}

#[test]
fn a_service_that_the_registry_refuses_is_not_published() {
    let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let sources = sources(folder.path());
    let mut packages = packages(&country(), &Regions::new(), &sources).unwrap();
    let services = packages
        .iter_mut()
        .flat_map(|package| &mut package.files)
        .find(|file| file.path.as_str() == "services.jsonl")
        .unwrap();
    let text = String::from_utf8(services.bytes.clone()).unwrap();
    services.bytes = text
        .replacen("\"regions\":[\"", "\"regions\":[\"999999\",\"", 1)
        .into_bytes();
    let error = publish(&packages, out.path()).unwrap_err().to_string();
    assert!(error.contains("999999"), "{error}");
}

#[test]
fn blanks_go_but_texts_stay() {
    let json = b"{ \"a b\" : \"x \\\" y\\\\\" ,\n\t\"c\": [1, 2] }";
    assert_eq!(
        without_blanks(json),
        b"{\"a b\":\"x \\\" y\\\\\",\"c\":[1,2]}"
    );
}
