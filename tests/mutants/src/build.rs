//! Compiles all mutants into one test program. Those that do not compile are let
//! go, one round after another, until what is left does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::list::Mutant;
use crate::render::{ARM, Choice, Renderer, owner};
use crate::sites::{Found, Number, find};
use crate::tree::Tree;

/// Rounds of letting go.
const ROUNDS: usize = 40;
/// Errors of the compiler that are shown where no mutant is at fault.
const SHOWN: usize = 5;
/// The compiler's code for what a constant cannot call.
const NOT_CONSTANT: &str = "E0015";
/// And for a match that forgets a case.
const NOT_EXHAUSTIVE: &str = "E0004";
const SWITCH: &str = include_str!("../assets/switch.rs");

/// What is compiled.
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its folder in the workspace.
    pub folder: String,
}

/// A test program, and what became of the mutants that are not in it.
#[derive(Default)]
pub struct Built {
    /// The program.
    pub program: PathBuf,
    /// Compiled in.
    pub choice: Choice,
    /// Do not compile.
    pub unviable: BTreeSet<Number>,
    /// Change nothing where no mistake is planted.
    pub planted: BTreeSet<Number>,
    /// Stand in constants and the like.
    pub without: BTreeSet<Number>,
}

type Files = BTreeMap<String, (String, Found)>;

/// Writes the sources with the mutants in them and compiles them.
pub fn build(
    tree: &Tree,
    package: &Package,
    mutants: &BTreeMap<Number, Mutant>,
    say: &dyn Fn(&str),
) -> Result<Built> {
    let files = files(tree, mutants)?;
    let mut built = Built::default();
    for (_, found) in files.values() {
        built.planted.extend(&found.planted);
        built.without.extend(&found.without);
    }
    let is_in =
        |number: &&Number| !built.planted.contains(*number) && !built.without.contains(*number);
    built.choice.asleep = mutants.keys().filter(is_in).copied().collect();
    add_switch(tree, package)?;
    for round in 1..=ROUNDS {
        for (name, (text, found)) in &files {
            let written = Renderer::new(text, &found.sites, &built.choice).file();
            tree.write(name, written.as_bytes())?;
        }
        let (errors, program) = compile(tree, package)?;
        if let Some(program) = program {
            built.program = program;
            return Ok(built);
        }
        say(&format!("  round {round}: {} errors", errors.len()));
        let before = built.choice.asleep.len() + built.choice.constant.len();
        keep_constant(&errors, &files, &mut built);
        for number in guilty(tree, &errors)? {
            if built.choice.asleep.remove(&number) {
                built.unviable.insert(number);
            }
        }
        if before == built.choice.asleep.len() + built.choice.constant.len() {
            bail!("no mutant is at fault:\n{}", shown(&errors));
        }
    }
    bail!("after {ROUNDS} rounds there are mutants that do not compile")
}

/// Compiles a change that nobody could wake, by itself; none where it does not
/// compile.
pub fn build_alone(tree: &Tree, package: &Package, mutant: &Mutant) -> Result<Option<PathBuf>> {
    let text = tree.source(&mutant.file)?;
    let changed = mutant.apply(&text).context("a place is outside its file")?;
    tree.write(&mutant.file, changed.as_bytes())?;
    let built = compile(tree, package);
    tree.write(&mutant.file, text.as_bytes())?;
    Ok(built?.1)
}

/// Functions that constants are made with stay constant, and lose their mutants.
fn keep_constant(errors: &[Value], files: &Files, built: &mut Built) {
    for error in errors
        .iter()
        .filter(|error| error["code"]["code"] == NOT_CONSTANT)
    {
        let message = error["message"].as_str().unwrap_or_default();
        let named = message.split('`').nth(1).unwrap_or_default();
        let name = named.rsplit("::").next().unwrap_or_default();
        built.choice.constant.insert(name.to_owned());
        for number in files.values().flat_map(|(_, found)| found.within(name)) {
            if built.choice.asleep.remove(&number) {
                built.without.insert(number);
            }
        }
    }
}

fn shown(errors: &[Value]) -> String {
    let rendered = errors.iter().filter_map(|error| error["rendered"].as_str());
    rendered.take(SHOWN).collect()
}

/// The files that have mutants, with their places.
fn files(tree: &Tree, mutants: &BTreeMap<Number, Mutant>) -> Result<Files> {
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
fn guilty(tree: &Tree, errors: &[Value]) -> Result<BTreeSet<Number>> {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    let mut guilty = BTreeSet::new();
    for error in errors {
        let code = error["code"]["code"].as_str().unwrap_or_default();
        let parts: &[Value] = match code {
            NOT_CONSTANT => continue,
            // Where an arm would have to be added: behind the one that is gone.
            NOT_EXHAUSTIVE => error["children"].as_array().map_or(&[], Vec::as_slice),
            _ => std::slice::from_ref(error),
        };
        let spans = parts
            .iter()
            .flat_map(|part| part["spans"].as_array().into_iter().flatten());
        for span in spans.filter(|span| span["is_primary"] == true) {
            let span = outermost(span);
            let Some(name) = span["file_name"].as_str() else {
                continue;
            };
            let mut at = usize::try_from(span["byte_start"].as_u64().unwrap_or(0))?;
            if !texts.contains_key(name) {
                let text = tree.copied(name).unwrap_or_default();
                texts.insert(name.to_owned(), text);
            }
            let text = &texts[name];
            if code == NOT_EXHAUSTIVE {
                at = text[..at].rfind(ARM).unwrap_or(0);
            }
            guilty.extend(owner(text, at));
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
