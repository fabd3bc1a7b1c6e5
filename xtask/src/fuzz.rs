//! `cargo xtask fuzz TARGET`: builds a fuzz target with coverage counters by the
//! ordinary compiler and runs it from lawful samples. What is asserted stands in
//! `registry/fuzz`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::workspace::{cargo, root, run, say, target};

/// What cargo-fuzz passes to the compiler, but for the sanitizers, which need a
/// nightly one: counters at every edge, and comparisons told to the fuzzer.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

/// The most samples to begin with, and the largest.
const SAMPLES_LIMIT: usize = 64;
const SAMPLE_LIMIT_BYTES: u64 = 256 << 10;

/// What `cargo xtask fuzz` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// `manifest`, `bundle`, `component` or `mapping`.
    target: String,
    /// How long it runs.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

/// Builds and runs a target; a crash or a hang is a failure.
pub(crate) fn command(arguments: &Arguments) -> Result<()> {
    let folder = target()?.join("fuzz");
    let name = &arguments.target;
    let (corpus, samples) = (
        folder.join("corpus").join(name),
        folder.join("samples").join(name),
    );
    let artifacts = folder.join("artifacts").join(name);
    for made in [&corpus, &samples, &artifacts] {
        std::fs::create_dir_all(made).with_context(|| made.display().to_string())?;
    }
    let count = gather(name, &samples)?;
    say(&format!(
        "fuzzing {name} from {count} samples for {} s",
        arguments.seconds
    ));
    // Named, so that build scripts and macros are built without counters.
    let machine = "x86_64-unknown-linux-gnu";
    run(cargo()
        .args(["build", "--release", "--target", machine, "--bin", name])
        .current_dir(root().join("registry/fuzz"))
        .env("CARGO_TARGET_DIR", &folder)
        .env("RUSTFLAGS", COVERAGE))?;
    let mut prefix = artifacts.into_os_string();
    prefix.push("/");
    let mut prefixed = std::ffi::OsString::from("-artifact_prefix=");
    prefixed.push(prefix);
    run(
        Command::new(folder.join(machine).join("release").join(name))
            .args([&corpus, &samples])
            .arg(format!("-max_total_time={}", arguments.seconds))
            .args(["-timeout=5", "-rss_limit_mb=2048", "-print_final_stats=1"])
            .arg(prefixed),
    )
}

/// Copies what lies about in this repository and its target folder.
fn gather(name: &str, samples: &Path) -> Result<usize> {
    let (root, target) = (root(), target()?);
    let (folder, ending) = match name {
        "manifest" => (root.join("plugins"), "toml"),
        "component" => (target.join("plugins"), "wasm"),
        "bundle" => (target.join("packages"), "guichet"),
        _ => (root.join("examples/city/mappings"), "json"),
    };
    let mut files = Vec::new();
    find(&folder, ending, 2, &mut files);
    files.sort();
    files.truncate(SAMPLES_LIMIT);
    for (index, file) in files.iter().enumerate() {
        std::fs::copy(file, samples.join(format!("{index}.{ending}")))?;
    }
    Ok(files.len())
}

fn find(folder: &Path, ending: &str, depth: u32, found: &mut Vec<PathBuf>) {
    // What was not built yet gives no samples; the fuzzer begins with nothing.
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let small = entry
            .metadata()
            .is_ok_and(|data| data.len() <= SAMPLE_LIMIT_BYTES);
        if path.is_dir() && depth > 0 {
            find(&path, ending, depth - 1, found);
        } else if small && path.extension().is_some_and(|found| found == ending) {
            found.push(path);
        }
    }
}
