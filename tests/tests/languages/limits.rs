//! The same limits for every language: a plugin that never ends is stopped by its
//! fuel, one that wants all memory by its memory. The samples are built once more
//! for that, in copies that misbehave when they are asked about a certain account.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use guichet_domain::grant::Grant;
use guichet_sandbox::contract::types::Failure;
use guichet_sandbox::keyring::Secret;
use guichet_sandbox::ports::Ports;
use guichet_sandbox::{
    Answer, Binding, Call, CallError, Compiler, Limits, Plugin, Question, Report, Sandbox, Settings,
};
use guichet_tests::calls::{bound, context};

use crate::build;
use crate::tools::{componentize_py, copy_of};

/// A sandbox with one plugin under the limits of an ordinary one.
struct Bench {
    sandbox: Sandbox,
    plugin: Plugin,
    binding: Arc<Binding>,
    ports: Ports,
    _folder: tempfile::TempDir,
}

impl Bench {
    async fn of(package: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::new(
            folder.path().join("code"),
            Secret::new(vec![7; 32]),
            Compiler::InThisProcess,
        );
        let sandbox = Sandbox::start(settings).unwrap();
        let component = std::fs::read(package.join("component.wasm")).unwrap();
        let begun = Instant::now();
        let digest = guichet_sandbox::digest_of(&component);
        let plugin = sandbox.load(digest, &component).await.unwrap();
        println!("compiled {} B in {:?}", component.len(), begun.elapsed());
        let binding = bound("sample", Grant::default(), Limits::standard());
        Self {
            sandbox,
            plugin,
            binding,
            ports: Ports::in_memory(),
            _folder: folder,
        }
    }

    async fn ask(&self, name: &str, value: &str) -> (Report, Duration) {
        let call = Call {
            context: context(),
            question: Question::QueryBills {
                inputs: vec![(name.to_owned(), value.to_owned())],
            },
        };
        let begun = Instant::now();
        let report = self
            .sandbox
            .call(&self.plugin, &self.binding, &self.ports, call);
        (report.await, begun.elapsed())
    }

    /// Well first, then for ever, then without bound, then well again.
    async fn is_stopped(&self, input: &str, well: &str, bad: [&str; 2]) {
        let (report, took) = self.ask(input, well).await;
        assert!(unavailable(&report), "{:?}", report.result);
        println!("a good call: {took:?}");
        let (report, took) = self.ask(input, bad[0]).await;
        let fuel = Limits::standard().fuel;
        assert_eq!(report.result.unwrap_err(), CallError::OutOfFuel(fuel));
        println!("a loop: stopped after {took:?}");
        let (report, took) = self.ask(input, bad[1]).await;
        // A language that notices that nothing is left may still say so.
        let stopped = matches!(
            report.result,
            Err(CallError::Memory(_) | CallError::Trap(_))
        );
        assert!(stopped || unavailable(&report), "{:?}", report.result);
        println!("a hoard: {:?} after {took:?}", report.result.err());
        assert!(unavailable(&self.ask(input, well).await.0));
    }
}

/// Without any grant no request leaves, which a good plugin calls unavailable.
fn unavailable(report: &Report) -> bool {
    matches!(&report.result, Ok(Answer::Query(answer))
        if matches!(answer.as_ref(), Err(Failure::Unavailable(_))))
}

/// Puts lines behind one that stands in a file once.
fn insert(file: &Path, after: &str, lines: &str) {
    let text = std::fs::read_to_string(file).unwrap();
    assert_eq!(
        text.matches(after).count(),
        1,
        "{}: {after}",
        file.display()
    );
    std::fs::write(file, text.replace(after, &format!("{after}\n{lines}"))).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c_is_stopped_at_its_limits() {
    let package = copy_of("c");
    insert(
        &package.path().join("plugin.c"),
        "    contract_string_t account = input(inputs, \"account\");",
        "    static volatile int never;\n\
         while (is(account, \"99999998\") && !never) {}\n\
         while (is(account, \"99999999\")) { ((volatile char *)malloc(65536))[0] = 1; }",
    );
    build(package.path(), "");
    let bench = Bench::of(package.path()).await;
    bench
        .is_stopped("account", "20268842", ["99999998", "99999999"])
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn python_is_stopped_at_its_limits() {
    let Some(path) = componentize_py() else {
        return;
    };
    let package = copy_of("python");
    insert(
        &package.path().join("app.py"),
        "        home = dict(inputs)[\"home\"]",
        "        while home == \"9-998\":\n            pass\n        hoard = []\n        \
         while home == \"9-999\":\n            hoard.append(bytearray(65536))",
    );
    build(package.path(), &path);
    let bench = Bench::of(package.path()).await;
    bench.is_stopped("home", "3-1202", ["9-998", "9-999"]).await;
}
