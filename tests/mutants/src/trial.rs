//! Wakes one mutant after another and runs the tests that come by it: the quick
//! ones by themselves, the rest of them together. The first failure ends it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;

use crate::sites::Number;
use crate::suite::{End, Suite, Test};
use crate::verdict::Verdict;

/// So many of the quickest tests are run by themselves.
const ALONE: usize = 4;
/// So many of the next ones together.
const TOGETHER: usize = 16;
/// A test that takes so many times as long as without a mutant has failed.
const TIMES: u32 = 10;
/// The least that a run may take: the machine may be busy.
const LEAST: Duration = Duration::from_secs(20);
/// After so many mutants what was found is kept.
const KEPT_AFTER: usize = 20;

/// Runs every test by itself with all mutants asleep. Those that fail so are left
/// out, and named. Quick ones come first.
pub fn learn(
    suite: &Suite,
    names: &[String],
    folder: &Path,
    jobs: usize,
    say: &(dyn Fn(&str) + Sync),
) -> Result<Vec<Test>> {
    let waiting: Mutex<VecDeque<&String>> = Mutex::new(names.iter().collect());
    let learned = Mutex::new(Vec::new());
    in_parallel(jobs, |worker| {
        let diary = folder.join(format!("seen-{worker}"));
        while let Some(name) = next(&waiting) {
            if let Some(test) = suite.learn(name, &diary)? {
                lock(&learned).push(test);
            } else {
                say(&format!("  fails by itself: {name}"));
            }
        }
        Ok(())
    })?;
    let mut tests = learned.into_inner().unwrap_or_else(PoisonError::into_inner);
    tests.sort_by_key(|test| test.takes);
    Ok(tests)
}

/// Wakes these mutants, one at a time in each worker.
pub fn try_all(
    suite: &Suite,
    tests: &[Test],
    mutants: &BTreeSet<Number>,
    jobs: usize,
    mut keep: impl FnMut(&BTreeMap<Number, Verdict>) -> Result<()> + Send,
    say: &(dyn Fn(&str) + Sync),
) -> Result<()> {
    let waiting: Mutex<VecDeque<Number>> = Mutex::new(mutants.iter().copied().collect());
    let found: Mutex<BTreeMap<Number, Verdict>> = Mutex::default();
    let keeper = Mutex::new(&mut keep);
    in_parallel(jobs, |_| {
        while let Some(mutant) = next(&waiting) {
            let verdict = try_one(suite, tests, mutant)?;
            let mut found = lock(&found);
            found.insert(mutant, verdict);
            if found.len().is_multiple_of(KEPT_AFTER) {
                say(&format!("  {} of {}", found.len(), mutants.len()));
                (*lock(&keeper))(&found)?;
            }
        }
        Ok(())
    })?;
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    keep(&found)
}

fn try_one(suite: &Suite, tests: &[Test], mutant: Number) -> Result<Verdict> {
    let near: Vec<&Test> = tests
        .iter()
        .filter(|test| test.reaches.contains(&mutant))
        .collect();
    if near.is_empty() {
        return Ok(Verdict::Unreached);
    }
    let (alone, rest) = near.split_at(near.len().min(ALONE));
    let (together, rest) = rest.split_at(rest.len().min(TOGETHER));
    let mut runs: Vec<&[&Test]> = alone.chunks(1).collect();
    runs.extend([together, rest].into_iter().filter(|run| !run.is_empty()));
    for run in runs {
        let takes: Duration = run.iter().map(|test| test.takes).sum();
        let longest = (takes * TIMES).max(LEAST);
        let by = match suite.try_mutant(mutant, run, longest)? {
            End::Passed => continue,
            End::Failed => "",
            End::TooLong => " (ran on)",
        };
        let more = match run.len() {
            1 => String::new(),
            more => format!(" or one of {} others", more - 1),
        };
        return Ok(Verdict::Caught(format!("{}{more}{by}", run[0].name)));
    }
    Ok(Verdict::Lives)
}

/// Runs the work in so many threads, and gives the first error.
fn in_parallel(jobs: usize, work: impl Fn(usize) -> Result<()> + Sync) -> Result<()> {
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs)
            .map(|worker| {
                let work = &work;
                scope.spawn(move || work(worker))
            })
            .collect();
        for worker in workers {
            worker.join().expect("a worker does not panic")?;
        }
        Ok(())
    })
}

fn next<T>(waiting: &Mutex<VecDeque<T>>) -> Option<T> {
    lock(waiting).pop_front()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
