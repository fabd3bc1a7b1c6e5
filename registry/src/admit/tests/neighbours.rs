//! A package beside those that are there already.

use super::*;

#[test]
fn a_code_belongs_to_one_package() {
    let mut shelf = Shelf::default();
    let policy = AdmissionPolicy::development();
    let first = bundle(package(MANIFEST, SERVICE_LINE));
    shelf.add(&admit(&first, &policy, &shelf).unwrap());
    assert!(
        admit(&first, &policy, &shelf).is_ok(),
        "a new release of the same package"
    );
    let other = MANIFEST.replace("demo/water", "demo/other");
    let other = bundle(package(&other, SERVICE_LINE));
    let text = admit(&other, &policy, &shelf).unwrap_err().to_string();
    has(
        &text,
        &["services.jsonl:1: ", "belongs to the package demo/water"],
    );
}

#[test]
fn a_package_renames_its_own_billers_and_no_others() {
    let renamed = service(|value| value["biller"]["names"]["en"] = json!("Water plc"));
    let mut shelf = Shelf::default();
    shelf.add(&enter(&bundle(package(MANIFEST, SERVICE_LINE))).unwrap());
    let enter = |manifest: &str, line: &str| {
        let bytes = bundle(package(manifest, line));
        admit(&bytes, &AdmissionPolicy::development(), &shelf)
    };
    let next = MANIFEST.replace("1.0.0", "1.0.1");
    enter(&next, &renamed).unwrap();
    let other = MANIFEST.replace("demo/water", "demo/other");
    let line = renamed.replace("water-330100-1\"", "water-330100-2\"");
    let error = enter(&other, &line).unwrap_err().to_string();
    has(&error, &["has another name elsewhere"]);
    assert!(!error.contains("the code"), "{error}");
}
