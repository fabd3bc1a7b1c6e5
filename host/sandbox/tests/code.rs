//! Compiled code: made by a child, kept, sealed, mapped lazily.

mod support;

use std::ffi::OsString;
use std::path::Path;

use guichet_domain::grant::Grant;
use guichet_sandbox::{CallError, Compiler, LoadError, Sandbox, compile_main, digest_of};
use support::guest::asking;
use support::{House, binding, said, settings};

fn guest() -> Vec<u8> {
    asking(
        "(call $tell_number (i32.const 7)) (call $query_other (global.get $at) (global.get $length))",
    )
}

/// This test binary as the compiler: the test `compiler_child`, which takes the
/// last two arguments as its files.
fn child() -> Compiler {
    let arguments = ["--exact", "compiler_child", "--ignored", "--nocapture"];
    Compiler::Child {
        program: std::env::current_exe().unwrap(),
        arguments: arguments.map(OsString::from).to_vec(),
    }
}

#[test]
#[ignore = "runs as the compiling child of the other tests"]
fn compiler_child() {
    let arguments: Vec<String> = std::env::args().collect();
    let [.., input, output] = arguments.as_slice() else {
        return;
    };
    if !input.ends_with(".wasm") {
        return;
    }
    if let Err(error) = compile_main(Path::new(input), Path::new(output)) {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

#[tokio::test]
async fn a_limited_child_compiles() {
    let house = House::with(|settings| settings.compiler = child());
    let report = house.query(&guest(), binding(Grant::default())).await;
    assert_eq!(said(&report), "!7");
}

#[tokio::test]
async fn the_child_says_why_it_refused() {
    let house = House::with(|settings| settings.compiler = child());
    let junk = b"\0asm\x0d\0\x01\0 truncated";
    let refused = house.sandbox.load(digest_of(junk), junk).await;
    assert!(matches!(refused, Err(LoadError::Compile(_))), "{refused:?}");
    let left = std::fs::read_dir(house.folder.path().join("code"))
        .unwrap()
        .count();
    assert_eq!(left, 0, "scratch files are removed");
}

#[tokio::test]
async fn kept_code_is_mapped_by_the_next_start() {
    let house = House::new();
    let component = guest();
    let digest = digest_of(&component);
    assert!(matches!(
        house.sandbox.load_precompiled(digest),
        Err(LoadError::NotCompiled(_))
    ));
    house.load(&component).await;
    let mut next = settings(house.folder.path());
    next.compiler = Compiler::Child {
        program: "/nonexistent".into(),
        arguments: Vec::new(),
    };
    let next = Sandbox::start(next).unwrap();
    let plugin = next.load_precompiled(digest).unwrap();
    assert_eq!(plugin.kinds().len(), 1);
    assert!(
        next.load(digest, &component).await.is_ok(),
        "nothing is compiled again"
    );
}

#[tokio::test]
async fn code_with_a_broken_seal_never_runs() {
    let house = House::new();
    let component = guest();
    let digest = digest_of(&component);
    house.load(&component).await;
    let seal = std::fs::read_dir(house.folder.path().join("code"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|ending| ending == "seal"))
        .unwrap();
    std::fs::write(&seal, [0; 32]).unwrap();
    let plugin = house.sandbox.load_precompiled(digest).unwrap();
    let binding = std::sync::Arc::new(guichet_sandbox::Binding::new(binding(Grant::default())));
    let ports = guichet_sandbox::ports::Ports::in_memory();
    let report = house
        .sandbox
        .call(&plugin, &binding, &ports, support::query_bills())
        .await;
    assert!(
        matches!(report.result, Err(CallError::Code(_))),
        "{:?}",
        report.result
    );
    // With the component at hand it is made anew.
    assert_eq!(
        said(
            &house
                .query(&component, support::binding(Grant::default()))
                .await
        ),
        "!7"
    );
}
