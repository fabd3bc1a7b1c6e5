//! `guichet-mutants`: compiles all mutants of a room into one test program, and
//! wakes one at a time. Where they are and what they change is cargo-mutants'.

mod build;
mod list;
mod render;
mod sites;
mod suite;
#[cfg(test)]
mod tests;
mod tree;
mod trial;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Parser;

use build::{Built, Package};
use list::Mutant;
use sites::Number;
use suite::{ASLEEP, End, Suite, Test};
use tree::Tree;
use verdict::{Verdict, Verdicts};

/// How the program ends where too few are caught.
const TOO_FEW: u8 = 2;

/// The longest that all tests may take with a change that is compiled by itself.
const LONGEST_ALONE: Duration = Duration::from_secs(1_800);

/// What is tried, and with what.
#[derive(Debug, Parser)]
#[command(name = "guichet-mutants")]
struct Arguments {
    /// The mutants, as `cargo mutants --list --json` tells them.
    #[arg(long, value_name = "FILE")]
    list: PathBuf,
    /// The workspace.
    #[arg(long, value_name = "FOLDER")]
    root: PathBuf,
    /// The copy of it that mutants are written into.
    #[arg(long, value_name = "FOLDER")]
    copy: PathBuf,
    /// Keeps what was found, and goes on from it.
    #[arg(long, value_name = "FILE")]
    verdicts: PathBuf,
    /// The package.
    #[arg(long)]
    package: String,
    /// Its folder in the workspace.
    #[arg(long, value_name = "FOLDER")]
    folder: String,
    /// Only every Nth mutant, beginning with the Kth: `K/N`, K from zero.
    #[arg(long, value_name = "K/N", value_parser = share)]
    share: Option<(usize, usize)>,
    /// Only tests whose name begins with one of these words.
    #[arg(long, value_name = "WORD")]
    test: Vec<String>,
    /// None whose name begins with one of these.
    #[arg(long, value_name = "WORD")]
    without: Vec<String>,
    /// What has to be caught, in percent.
    #[arg(long, default_value_t = 95)]
    wanted: usize,
    /// Also tries what stands in constants, each compiled by itself.
    #[arg(long)]
    constants: bool,
    /// Tests, or mutants, at the same time.
    #[arg(long, default_value_t = 2)]
    jobs: usize,
}

fn share(text: &str) -> Result<(usize, usize), String> {
    let (which, of) = text.split_once('/').ok_or("write K/N")?;
    match (which.parse(), of.parse()) {
        (Ok(which), Ok(of)) if which < of => Ok((which, of)),
        _ => Err("write K/N with K from zero and below N".to_owned()),
    }
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let mut verdicts = Verdicts::read(&arguments.verdicts)?;
    let mutants = wanted(&arguments, &mut verdicts)?;
    if !mutants.is_empty() {
        try_all(&arguments, &mutants, &mut verdicts)?;
        verdicts.write(&arguments.verdicts)?;
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", verdicts.told())?;
    Ok(if verdicts.are_enough_caught(arguments.wanted) {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(TOO_FEW)
    })
}

/// The mutants that are still to be tried. What was found about others that are no
/// longer there is forgotten.
fn wanted(arguments: &Arguments, verdicts: &mut Verdicts) -> Result<BTreeMap<Number, Mutant>> {
    let list = list::read(&arguments.list)?;
    let names: BTreeSet<&str> = list.iter().map(|mutant| mutant.name.as_str()).collect();
    verdicts.0.retain(|name, _| names.contains(name.as_str()));
    let mut mutants = BTreeMap::new();
    for (position, mutant) in list.iter().enumerate() {
        let is_ours = arguments
            .share
            .is_none_or(|(which, of)| position % of == which);
        if is_ours && !verdicts.is_settled(&mutant.name) {
            mutants.insert(Number::try_from(position + 1)?, mutant.clone());
        }
    }
    Ok(mutants)
}

fn try_all(
    arguments: &Arguments,
    mutants: &BTreeMap<Number, Mutant>,
    verdicts: &mut Verdicts,
) -> Result<()> {
    say(&format!("{} mutants into one build", mutants.len()));
    let tree = Tree::copy(&arguments.root, &arguments.copy)?;
    let package = Package {
        name: arguments.package.clone(),
        folder: arguments.folder.clone(),
    };
    let built = build::build(&tree, &package, mutants, &say)?;
    note_outsiders(&built, mutants, verdicts);
    let suite = Suite::new(&built.program, &tree.folder().join(&arguments.folder));
    let names = suite.names(&arguments.test, &arguments.without)?;
    say(&format!("{} tests, each by itself", names.len()));
    let folder = arguments.copy.parent().context("the copy has no parent")?;
    let tests = trial::learn(&suite, &names, folder, arguments.jobs, &say)?;
    say(&format!(
        "{} mutants, one at a time, with {} tests",
        built.choice.asleep.len(),
        tests.len()
    ));
    let keep = |found: &BTreeMap<Number, Verdict>| -> Result<()> {
        for (number, verdict) in found {
            let name = mutants[number].name.clone();
            verdicts.0.insert(name, verdict.clone());
        }
        verdicts.write(&arguments.verdicts)
    };
    trial::try_all(
        &suite,
        &tests,
        &built.choice.asleep,
        arguments.jobs,
        keep,
        &say,
    )?;
    if arguments.constants {
        say(&format!("{} mutants, each in a build", built.without.len()));
        for number in &built.without {
            let mutant = &mutants[number];
            let verdict = try_alone(&tree, &package, mutant, &tests)?;
            verdicts.0.insert(mutant.name.clone(), verdict);
            verdicts.write(&arguments.verdicts)?;
        }
    }
    Ok(())
}

/// A change that is compiled by itself, with all tests that pass without it.
fn try_alone(tree: &Tree, package: &Package, mutant: &Mutant, tests: &[Test]) -> Result<Verdict> {
    let Some(program) = build::build_alone(tree, package, mutant)? else {
        return Ok(Verdict::Unviable);
    };
    let suite = Suite::new(&program, &tree.folder().join(&package.folder));
    let tests: Vec<&Test> = tests.iter().collect();
    Ok(match suite.try_mutant(ASLEEP, &tests, LONGEST_ALONE)? {
        End::Passed => Verdict::Lives,
        End::Failed(by) => Verdict::Caught(by.unwrap_or_else(|| "one of all tests".to_owned())),
        End::TooLong => Verdict::Caught("one of all tests (ran on)".to_owned()),
    })
}

/// Those that are not in the build.
fn note_outsiders(built: &Built, mutants: &BTreeMap<Number, Mutant>, verdicts: &mut Verdicts) {
    for (numbers, verdict) in [
        (&built.unviable, Verdict::Unviable),
        (&built.planted, Verdict::Planted),
        (&built.without, Verdict::Untried),
    ] {
        for number in numbers {
            let name = mutants[number].name.clone();
            verdicts.0.insert(name, verdict.clone());
        }
    }
}

fn say(text: &str) {
    // A closed standard error is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{text}");
}
