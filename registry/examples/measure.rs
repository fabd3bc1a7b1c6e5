//! Measures admission and search with 6,300 generated services. Prints one line
//! of JSON; judges nothing.

#![expect(clippy::print_stdout, reason = "its output is its purpose")]

use std::time::{Duration, Instant};

use guichet_registry::admit::{AdmissionPolicy, Shelf};
use guichet_registry::bundle::{self, BundleFile};
use guichet_registry::catalogue::{Catalogue, Entry, Filter};
use guichet_registry::sign::SigningKey;
use guichet_registry::taxonomy::{RegionLevel, Taxonomy};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

const SERVICES: usize = 6_300;
const MANIFEST: &str = r#"package = "demo/water"
version = "1.0.0"
contract = "0.1.0"
licence = "Apache-2.0"
publisher = { zh-CN = "示范", en = "Demonstration" }
titles = { zh-CN = "缴费", en = "Bills" }
descriptions = { zh-CN = "缴费", en = "Bills" }
component = { file = "component.wasm" }

[endpoints.biller]
reason = { zh-CN = "查询", en = "Asks" }
routes = [{ methods = ["POST"], path_prefix = "/b/", intent = "declared" }]
"#;

fn main() {
    let key = SigningKey::development(&"demo".parse().expect("a lawful name"));
    let file = |path: &str, bytes: Vec<u8>| BundleFile {
        path: path.parse().expect("a lawful path"),
        bytes,
    };
    let files = vec![
        file("plugin.toml", MANIFEST.into()),
        file("services.jsonl", services().into()),
        file("component.wasm", component()),
    ];
    let (bytes, _) = bundle::write(files, &key).expect("a lawful bundle");
    let begun = Instant::now();
    let mut shelf = Shelf::default();
    let mut results = shelf.admit_all(&[&bytes], &AdmissionPolicy::development());
    let admit = begun.elapsed();
    let admission = match results.remove(0) {
        Ok(admission) => admission,
        Err(error) => {
            println!("{error}");
            return;
        }
    };
    let begun = Instant::now();
    let taxonomy = Taxonomy::embedded();
    let catalogue = Catalogue::build(Entry::of(&admission, 1), [], [], taxonomy);
    let build = begun.elapsed();
    let search = ["杭州 水费", "water", "hangzhou gas", "我要交水费", "费", ""].map(|words| {
        let filter = Filter {
            words: words.into(),
            limit: 20,
            ..Filter::default()
        };
        let took = median(|| drop(catalogue.search(&filter)));
        format!("\"{words}\":{}", took.as_micros())
    });
    println!(
        "{{\"bundle_bytes\":{},\"admit_ms\":{},\"build_ms\":{},\"search_us\":{{{}}}}}",
        bytes.len(),
        admit.as_millis(),
        build.as_millis(),
        search.join(",")
    );
}

/// A component of the contract's shape that does nothing and asks for `http`.
fn component() -> Vec<u8> {
    let host = include_str!("../../wit/0.1.0/deps/host/host.wit");
    let service = include_str!("../../wit/0.1.0/service.wit").replace(
        "include guichet:host/imports@0.1.0;",
        "import guichet:host/http@0.1.0;",
    );
    let mut resolve = Resolve::default();
    resolve
        .push_source("host.wit", host)
        .expect("the contract is lawful");
    let package = resolve
        .push_source("service.wit", &service)
        .expect("the contract is lawful");
    let world = resolve.select_world(&[package], Some("bill-payment-plugin"));
    let world = world.expect("the contract has this world");
    let mangling = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let mut module = dummy_module(&resolve, world, mangling);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
        .expect("the world fits the module");
    let mut encoder = ComponentEncoder::default()
        .module(&module)
        .expect("the module is lawful");
    encoder.encode().expect("the module is lawful")
}

fn median(work: impl Fn()) -> Duration {
    let mut times: Vec<Duration> = (0..101)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[50]
}

fn services() -> String {
    let kinds = [
        ("water", "水费", "Water bill"),
        ("gas", "燃气费", "Gas bill"),
    ];
    let regions: Vec<_> = Taxonomy::embedded()
        .regions()
        .iter()
        .filter(|region| region.level >= RegionLevel::City)
        .collect();
    let line = |index: usize| {
        let region = regions[index % regions.len()];
        let (category, chinese, english) = kinds[index / regions.len() % kinds.len()];
        let text =
            |chinese: &str, english: &str| serde_json::json!({"zh-CN": chinese, "en": english});
        let company = format!("{}模拟{chinese}公司", region.name);
        serde_json::json!({
            "code": format!("{category}-{}-{index}", region.code),
            "kind": "bill-payment",
            "biller": {"id": format!("b-{index}"),
                "names": text(&company, &format!("Simulated {} {english} Company", region.english))},
            "category": category,
            "regions": [region.code],
            "titles": text(&format!("{}{chinese}", region.name), &format!("{} {english}", region.english)),
            "descriptions": text("查询并缴纳", "Find and pay your bill at the counter"),
            "keywords": ["自来水", "shuifei"],
            "inputs": {"type": "object", "required": ["account"], "properties": {"account": {
                "type": "string", "pattern": "^[0-9]{10}$", "x-guichet": {
                    "label": text("户号", "Account number"), "keyboard": "digits",
                    "help": text("见纸质账单右上角", "At the upper right of your paper bill")}}}},
            "payment": {"flow": "query-then-pay", "selection": "any",
                "capabilities": {"deduplicates": true, "status": {"is": "authoritative", "after_seconds": 60}}},
            "config": {"account_digits": 10, "company": company}
        })
        .to_string()
            + "\n"
    };
    (0..SERVICES).map(line).collect()
}
