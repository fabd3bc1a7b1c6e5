//! Bytes that are no component of the contract: refused when they are loaded,
//! with a reason, and nothing runs.

use crate::bench::{Bench, bare};
use crate::guest::Guest;

async fn refused(bytes: &[u8]) -> String {
    match Bench::new().load(bytes).await {
        Ok(_) => panic!("it was loaded"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn noise_and_core_modules_are_refused() {
    refused(b"").await;
    refused(&[0xff; 4_096]).await;
    refused(b"\0asm\x0d\0\x01\0\xff\xff\xff\xff").await;
    let core = wat::parse_str(Guest::default().text()).unwrap();
    refused(&core).await;
}

#[tokio::test]
async fn truncated_components_are_refused() {
    let whole = Guest::default().component();
    for part in 1..16 {
        refused(&whole[..whole.len() * part / 16]).await;
    }
}

#[tokio::test]
async fn an_undeclared_import_is_refused_with_its_name() {
    let wasi = wat::parse_str(
        "(component (import \"wasi:clocks/wall-clock@0.2.0\" (instance
            (export \"now\" (func (result u64))))))",
    );
    let error = refused(&wasi.unwrap()).await;
    assert!(error.contains("wasi:clocks/wall-clock"), "{error}");
}

#[tokio::test]
async fn an_export_of_another_shape_cannot_be_called() {
    let other = wat::parse_str(
        "(component
            (core module $m (func (export \"f\") (result i32) (i32.const 1)))
            (core instance $i (instantiate $m))
            (func $f (result u32) (canon lift (core func $i \"f\")))
            (instance $e (export \"query-bills\" (func $f)))
            (export \"guichet:service/bill-payment@0.1.0\" (instance $e)))",
    );
    // Admission compares types; whatever slips past it still cannot be called.
    let bench = Bench::new();
    let component = other.unwrap();
    if bench.load(&component).await.is_ok() {
        let (report, _) = bench.query(&component, &bare("hostile")).await;
        report.result.expect_err("a foreign export has no answer");
    }
}

#[tokio::test]
async fn features_beyond_the_engine_are_refused() {
    let threads = Guest {
        fields: "(func (drop (i32.atomic.load (i32.const 0))))".into(),
        ..Guest::default()
    };
    // The tool that wraps it may refuse first; then there is nothing to load.
    let built = std::panic::catch_unwind(|| threads.component());
    if let Ok(component) = built {
        refused(&component).await;
    }
    let memory64 = wat::parse_str("(component (core module (memory i64 1)))").unwrap();
    refused(&memory64).await;
}
