//! Compiles all mutants into one test program. Those that do not compile are let
//! go, one round after another, until what is left does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::list::Mutant;
use crate::render::{Renderer, owner};
use crate::sites::{Found, Number, find};
use crate::tree::Tree;

/// Rounds of letting go.
const ROUNDS: usize = 40;
/// Errors of the compiler that are shown where no mutant is at fault.
const SHOWN: usize = 5;
const SWITCH: &str = include_str!("../assets/switch.rs");

/// What is compiled.
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its folder in the workspace.
    pub folder: String,
}

/// A test program, and what became of the mutants that are not in it.
pub struct Built {
    /// The program.
    pub program: PathBuf,
    /// Compiled in and asleep.
    pub asleep: BTreeSet<Number>,
    /// Do not compile.
    pub unviable: BTreeSet<Number>,
    /// Change nothing where no mistake is planted.
    pub planted: BTreeSet<Number>,
    /// Stand in constants and the like.
    pub without: BTreeSet<Number>,
}

/// Writes the sources with the mutants in them and compiles them.
pub fn build(
    tree: &Tree,
    package: &Package,
    mutants: &BTreeMap<Number, Mutant>,
    say: &dyn Fn(&str),
) -> Result<Built> {
    let files = files(tree, mutants)?;
    let mut built = Built {
        program: PathBuf::new(),
        asleep: mutants.keys().copied().collect(),
        unviable: BTreeSet::new(),
        planted: BTreeSet::new(),
        without: BTreeSet::new(),
    };
    for (_, found) in files.values() {
        built.planted.extend(&found.planted);
        built.without.extend(&found.without);
    }
    for number in built.planted.iter().chain(&built.without) {
        built.asleep.remove(number);
    }
    add_switch(tree, package)?;
    for round in 1..=ROUNDS {
        for (name, (text, found)) in &files {
            let is_in = |number: Number| built.asleep.contains(&number);
            let written = Renderer::new(text, &found.sites, &is_in).file();
            tree.write(name, written.as_bytes())?;
        }
        let (errors, program) = compile(tree, package)?;
        if let Some(program) = program {
            built.program = program;
            return Ok(built);
        }
        let guilty = guilty(tree, &errors, &built.asleep)?;
        say(&format!(
            "  round {round}: {} errors, {} mutants do not compile",
            errors.len(),
            guilty.len()
        ));
        if guilty.is_empty() {
            let shown: Vec<&str> = errors
                .iter()
                .take(SHOWN)
                .filter_map(|error| error["rendered"].as_str())
                .collect();
            bail!("no mutant is at fault:\n{}", shown.join("\n"));
        }
        for number in guilty {
            built.asleep.remove(&number);
            built.unviable.insert(number);
        }
    }
    bail!("after {ROUNDS} rounds there are mutants that do not compile")
}

/// The files that have mutants, with their places.
fn files(
    tree: &Tree,
    mutants: &BTreeMap<Number, Mutant>,
) -> Result<BTreeMap<String, (String, Found)>> {
    let mut of_file: BTreeMap<&str, Vec<(Number, &Mutant)>> = BTreeMap::new();
    for (number, mutant) in mutants {
        let list = of_file.entry(&mutant.file).or_default();
        list.push((*number, mutant));
    }
    let mut files = BTreeMap::new();
    for (name, list) in of_file {
        let text = tree.source(name)?;
        let found = find(&text, &list).with_context(|| name.to_owned())?;
        files.insert(name.to_owned(), (text, found));
    }
    Ok(files)
}

fn add_switch(tree: &Tree, package: &Package) -> Result<()> {
    let folder = format!("{}/src", package.folder);
    tree.write(&format!("{folder}/mutant_switch.rs"), SWITCH.as_bytes())?;
    let library = format!("{folder}/lib.rs");
    let text = tree.source(&library)?;
    tree.write(&library, format!("{text}\nmod mutant_switch;\n").as_bytes())
}

/// The errors, or the program where there are none.
fn compile(tree: &Tree, package: &Package) -> Result<(Vec<Value>, Option<PathBuf>)> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["test", "--no-run", "--lib", "--quiet", "--package"])
        .arg(&package.name)
        .args(["--message-format", "json", "--manifest-path"])
        .arg(tree.folder().join("Cargo.toml"))
        .current_dir(tree.folder())
        .env("CARGO_INCREMENTAL", "1")
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .env_remove("CARGO_MANIFEST_DIR")
        .stderr(Stdio::inherit())
        .output()
        .context("cargo test --no-run")?;
    let mut errors = Vec::new();
    let mut program = None;
    for line in output.stdout.split(|byte| *byte == b'\n') {
        let Ok(told) = serde_json::from_slice::<Value>(line) else {
            continue;
        };
        if told["message"]["level"] == "error" {
            errors.push(told["message"].clone());
        }
        if told["profile"]["test"] == true && told["executable"].is_string() {
            program = told["executable"].as_str().map(PathBuf::from);
        }
    }
    let is_told = !errors.is_empty() || output.status.success();
    ensure!(is_told, "cargo test --no-run: {}", output.status);
    Ok((errors, program.filter(|_| output.status.success())))
}

/// The mutants at whose places the compiler stumbles.
fn guilty(tree: &Tree, errors: &[Value], asleep: &BTreeSet<Number>) -> Result<BTreeSet<Number>> {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    let mut guilty = BTreeSet::new();
    for error in errors {
        let spans = error["spans"].as_array().into_iter().flatten();
        for span in spans.filter(|span| span["is_primary"] == true) {
            let span = outermost(span);
            let Some(name) = span["file_name"].as_str() else {
                continue;
            };
            let at = span["byte_start"].as_u64().unwrap_or(0);
            if !texts.contains_key(name) {
                let text = tree.copied(name).unwrap_or_default();
                texts.insert(name.to_owned(), text);
            }
            let found = owner(&texts[name], usize::try_from(at)?);
            guilty.extend(found.filter(|number| asleep.contains(number)));
        }
    }
    Ok(guilty)
}

/// Where the macro was called, for what stands in a macro.
fn outermost(span: &Value) -> &Value {
    let mut span = span;
    while span["expansion"]["span"].is_object() {
        span = &span["expansion"]["span"];
    }
    span
}
