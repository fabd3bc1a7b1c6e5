//! The lawful packages that the storm begins with.

use std::sync::LazyLock;

use guichet_registry::bundle::{self, BundleFile};
use guichet_registry::sign::SigningKey;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, WorldId};

const HOST: &str = include_str!("../../wit/0.1.0/deps/host/host.wit");
const SERVICE: &str = include_str!("../../wit/0.1.0/service.wit");

/// Manifest of a package that only brings code: it asks for nothing.
pub const CODE_MANIFEST: &str = r#"package = "demo/storm"
version = "1.0.0"
contract = "0.1.0"
licence = "Apache-2.0"
publisher = { zh-CN = "示范发布方", en = "Demonstration publisher" }
titles = { zh-CN = "水费", en = "Water bills" }
descriptions = { zh-CN = "查询并缴纳水费", en = "Finds and pays water bills" }
component = { file = "component.wasm" }
"#;

/// What a package with a service asks for besides.
const PERMISSIONS: &str = r#"
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

[limits]
deadline_ms = 10000

[config]
mapping = { file = "mapping.json" }
retries = 3
"#;

const SERVICE_LINE: &str = r#"{"code":"water-330100-1","kind":"bill-payment","biller":{"id":"b-330100-water-1","names":{"zh-CN":"杭州市模拟供水一公司","en":"Simulated Hangzhou Water Company 1"}},"category":"water","regions":["330100"],"titles":{"zh-CN":"水费","en":"Water bill"},"descriptions":{"zh-CN":"查询并缴纳水费","en":"Find and pay your water bill"},"keywords":["自来水","shuifei"],"inputs":{"type":"object","properties":{"account":{"type":"string","pattern":"^[0-9]{10}$","x-guichet":{"label":{"zh-CN":"户号","en":"Account number"},"keyboard":"digits"}}},"required":["account"]},"payment":{"flow":"query-then-pay","selection":"any","amount":{"rule":{"is":"between","minimum":1,"maximum":500000}}},"schedule":{"hours":[{"from":"00:30","to":"23:30"}]},"config":{"company":"one"}}"#;

/// A world of the contract with the core module that fits it and does nothing.
pub struct World {
    resolve: Resolve,
    id: WorldId,
    /// The empty module: its imports and exports are those a plugin may have.
    pub shape: Vec<u8>,
}

/// Every world whose plugins are let in.
pub static WORLDS: LazyLock<Vec<World>> = LazyLock::new(|| {
    let names = [
        "bill-payment-plugin",
        "inquiry-plugin",
        "credential-plugin",
        "declarative-plugin",
    ];
    names.into_iter().map(world).collect()
});

fn world(name: &str) -> World {
    let mut resolve = Resolve::default();
    resolve
        .push_source("host.wit", HOST)
        .expect("the contract is tested");
    let package = resolve
        .push_source("service.wit", SERVICE)
        .expect("the contract is tested");
    let id = resolve
        .select_world(&[package], Some(name))
        .expect("the contract has these worlds");
    let mangling = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let shape = dummy_module(&resolve, id, mangling);
    World { resolve, id, shape }
}

impl World {
    /// A component around a core module; none where the module does not fit.
    pub fn component(&self, mut module: Vec<u8>) -> Option<Vec<u8>> {
        embed_component_metadata(&mut module, &self.resolve, self.id, StringEncoding::UTF8).ok()?;
        let mut encoder = ComponentEncoder::default().module(&module).ok()?;
        encoder.encode().ok()
    }
}

/// A component that is let in.
pub static COMPONENT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let world = &WORLDS[0];
    world
        .component(world.shape.clone())
        .expect("an empty module fits its world")
});

/// The files of a whole package.
pub fn files() -> Vec<BundleFile> {
    let manifest = format!("{CODE_MANIFEST}{PERMISSIONS}");
    vec![
        file("plugin.toml", manifest.as_bytes()),
        file("services.jsonl", SERVICE_LINE.as_bytes()),
        file("mapping.json", b"{\"a\":[1,{\"b\":\"{account}\"}]}"),
        file("component.wasm", &COMPONENT),
    ]
}

/// The files of a package that only brings code.
pub fn code_files(component: &[u8]) -> Vec<BundleFile> {
    vec![
        file("plugin.toml", CODE_MANIFEST.as_bytes()),
        file("component.wasm", component),
    ]
}

/// One file.
pub fn file(path: &str, bytes: &[u8]) -> BundleFile {
    BundleFile {
        path: path.parse().expect("these paths are lawful"),
        bytes: bytes.to_vec(),
    }
}

/// A bundle with the publisher's signature; none where the writer refuses.
pub fn signed(files: Vec<BundleFile>) -> Option<Vec<u8>> {
    let publisher = "demo".parse().expect("the name is lawful");
    let key = SigningKey::development(&publisher);
    bundle::write(files, &key).ok().map(|(bytes, _)| bytes)
}
