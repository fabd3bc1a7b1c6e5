//! Components made from the contract's own worlds, and everything refused.

use proptest::prelude::*;

use super::*;
use crate::samples::{component, wat};

fn whole(world: &str) -> Vec<u8> {
    component(world, str::to_owned)
}

fn refusal(bytes: &[u8]) -> String {
    inspect(bytes).unwrap_err().to_string()
}

#[test]
fn imports_and_exports_are_read_from_the_component() {
    let facts = inspect(&whole("declarative-plugin")).unwrap();
    assert_eq!(
        facts.kinds,
        [ServiceKind::BillPayment, ServiceKind::Inquiry].into()
    );
    assert_eq!(facts.imports.len(), 9);
    assert_eq!(facts.contract, "0.1.0");
    let facts = inspect(&whole("credential-plugin")).unwrap();
    assert_eq!(facts.kinds, [ServiceKind::Credential].into());
}

#[test]
fn foreign_imports_are_refused_with_the_mend() {
    let text = refusal(&wat(
        r#"(component (import "wasi:cli/environment@0.2.0" (instance)))"#,
    ));
    assert!(
        text.contains("wasi:cli/environment@0.2.0") && text.contains("guichet:host"),
        "{text}"
    );
    let unknown = r#"(component (import "guichet:host/files@0.1.0" (instance)))"#;
    assert!(refusal(&wat(unknown)).contains("guichet:host/files"));
    let function = r#"(component (import "anything" (func)))"#;
    assert!(refusal(&wat(function)).contains("it imports anything"));
}

#[test]
fn foreign_exports_and_versions_are_refused() {
    assert!(refusal(&wat("(component)")).contains("exports no service kind"));
    let export = r#"(component (instance $i) (export "guichet:service/wine@0.1.0" (instance $i)))"#;
    assert!(refusal(&wat(export)).contains("guichet:service/wine"));
    let version = r#"(component (import "guichet:host/http@9.0.0" (instance)))"#;
    assert!(refusal(&wat(version)).contains("contract version 9.0.0"));
}

#[test]
fn an_export_with_other_types_is_refused() {
    let altered = component("credential-plugin", |text| {
        let changed = text.replace("seconds-to-live: u32", "seconds-to-live: u64");
        assert_ne!(changed, text);
        changed
    });
    assert!(refusal(&altered).contains("its credential does not have the functions and types"));
    let hollow =
        r#"(component (instance $i) (export "guichet:service/inquiry@0.1.0" (instance $i)))"#;
    assert!(refusal(&wat(hollow)).contains("its inquiry does not have"));
}

#[test]
fn what_is_no_component_is_refused() {
    assert!(refusal(b"").contains("no valid component"));
    assert!(refusal(b"MZ").contains("no valid component"));
    assert!(refusal(&wat("(module)")).contains("core module"));
    let threads = "(component (core module (memory 1 1 shared)))";
    assert!(refusal(&wat(threads)).contains("without threads"));
    let collected = "(component (core module (table 1 externref)))";
    assert!(refusal(&wat(collected)).contains("garbage collection"));
    let tables = "(component (core module (table 1 funcref) (table 1 funcref)))";
    assert!(refusal(&wat(tables)).contains("defines 2 tables"));
    let mut cut = whole("inquiry-plugin");
    cut.truncate(cut.len() / 2);
    assert!(refusal(&cut).contains("no valid component"));
}

#[test]
fn what_does_not_fit_into_a_place_is_refused() {
    let module = "(core module $m (memory 1) (table 1 funcref))";
    let several = |count| {
        let instances = "(core instance (instantiate $m))".repeat(count);
        refusal(&wat(&format!("(component {module} {instances})")))
    };
    assert!(several(4).contains("exports no service kind"));
    assert!(several(5).contains("needs 5 memories"));
    let bare = "(core instance (instantiate $b))".repeat(65);
    let bare = format!("(component (core module $b) {bare})");
    assert!(refusal(&wat(&bare)).contains("needs 65 core instances"));
    let large = "(component (core module (memory 4097)))";
    assert!(refusal(&wat(large)).contains("more than 256 MiB"));
    let wide = "(component (core module (table 100001 funcref)))";
    assert!(refusal(&wat(wide)).contains("more than 100000 elements"));
    for nested in [
        format!("(component (component {module}))"),
        format!(
            "(component {module} (component $c (import \"m\" (core module $i)) \
             (core instance (instantiate $i))) (instance (instantiate $c (with \"m\" (core module $m)))))"
        ),
        format!("(component {module} (component (alias outer 1 0 (core module $o))))"),
    ] {
        let refusal = refusal(&wat(&nested));
        assert!(
            refusal.contains("a component inside it"),
            "{nested}: {refusal}"
        );
    }
}

static SAMPLE: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| whole("inquiry-plugin"));

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn mutated_components_are_survived(
        edits in proptest::collection::vec((any::<u32>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = SAMPLE.clone();
        for (position, byte) in edits {
            let position = position as usize % bytes.len();
            bytes[position] = byte;
        }
        let _either = inspect(&bytes);
    }
}
