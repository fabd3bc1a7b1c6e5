//! Components, manifests and services for tests.

use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

const HOST: &str = include_str!("../../wit/0.1.0/deps/host/host.wit");
const SERVICE: &str = include_str!("../../wit/0.1.0/service.wit");

/// A component that offers a world of the contract, edited, and does nothing.
pub(crate) fn component(world: &str, edit: impl Fn(&str) -> String) -> Vec<u8> {
    let mut resolve = Resolve::default();
    resolve.push_source("host.wit", HOST).unwrap();
    let package = resolve.push_source("service.wit", &edit(SERVICE)).unwrap();
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

/// A component from its text.
pub(crate) fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

/// A manifest for a component of the world `bill-payment-plugin`.
pub(crate) const MANIFEST: &str = r#"package = "demo/water"
version = "1.0.0"
contract = "0.1.0"
licence = "Apache-2.0"
publisher = { zh-CN = "示范发布方", en = "Demonstration publisher" }
titles = { zh-CN = "水费", en = "Water bills" }
descriptions = { zh-CN = "查询并缴纳水费", en = "Finds and pays water bills" }
component = { file = "component.wasm" }
data_class = "full"

[endpoints.biller]
reason = { zh-CN = "查询账单并销账", en = "Finds bills and writes them off" }
request_headers = ["accept", "content-type", "x-signature"]
suggested_origin = "https://water.example.test"
routes = [
    { methods = ["POST"], path_prefix = "/b/", intent = "declared" },
]

[keys.biller-mac]
algorithm = "hmac-sha256"
uses = ["mac"]
reason = { zh-CN = "签名请求", en = "Signs requests" }

[permissions.kv]
quota_bytes = 65536
reason = { zh-CN = "保存令牌", en = "Keeps a session token" }

[permissions.data."identity.name"]
reason = { zh-CN = "核对户名", en = "Compares the holder's name" }

[config]
mapping = { file = "mapping.json" }
retries = 3
"#;

/// A water service of Hangzhou as one line.
pub(crate) const SERVICE_LINE: &str = concat!(
    r#"{"code":"water-330100-1","kind":"bill-payment","#,
    r#""biller":{"id":"b-330100-water-1","names":{"zh-CN":"杭州市模拟供水一公司","en":"Simulated Hangzhou Water Company 1"}},"#,
    r#""category":"water","regions":["330100"],"#,
    r#""titles":{"zh-CN":"水费","en":"Water bill"},"#,
    r#""descriptions":{"zh-CN":"查询并缴纳水费","en":"Find and pay your water bill"},"#,
    r#""keywords":["自来水","shuifei"],"#,
    r#""inputs":{"type":"object","properties":{"account":{"type":"string","pattern":"^[0-9]{10}$","#,
    r#""x-guichet":{"label":{"zh-CN":"户号","en":"Account number"},"keyboard":"digits"}}},"required":["account"]},"#,
    r#""payment":{"flow":"query-then-pay","selection":"any"},"#,
    r#""config":{"company":"one"}}"#,
);

/// Another service like the sample.
pub(crate) fn service(edit: impl FnOnce(&mut serde_json::Value)) -> String {
    let mut value: serde_json::Value = serde_json::from_str(SERVICE_LINE).unwrap();
    edit(&mut value);
    value.to_string()
}

/// The component that goes with the sample manifest.
pub(crate) static COMPONENT: std::sync::LazyLock<Vec<u8>> =
    std::sync::LazyLock::new(|| component("bill-payment-plugin", str::to_owned));

/// Files of a package, by path.
pub(crate) fn package(manifest: &str, services: &str) -> Vec<crate::bundle::BundleFile> {
    let files: [(&str, &[u8]); 4] = [
        ("plugin.toml", manifest.as_bytes()),
        ("services.jsonl", services.as_bytes()),
        ("mapping.json", b"{\"a\":1}"),
        ("component.wasm", &COMPONENT),
    ];
    files.map(|(path, bytes)| file(path, bytes)).into()
}

/// One file of a package.
pub(crate) fn file(path: &str, bytes: &[u8]) -> crate::bundle::BundleFile {
    crate::bundle::BundleFile {
        path: path.parse().unwrap(),
        bytes: bytes.to_vec(),
    }
}

/// A bundle signed with the development key of `demo`.
pub(crate) fn bundle(files: Vec<crate::bundle::BundleFile>) -> Vec<u8> {
    let key = crate::sign::SigningKey::development(&"demo".parse().unwrap());
    crate::bundle::write(files, &key).unwrap().0
}
