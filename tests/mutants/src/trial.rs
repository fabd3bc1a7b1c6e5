//! Wakes one mutant after another and runs the tests that come by it: those first
//! that caught its neighbours, then the quick ones, then the others in growing
//! groups. The first failure ends it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;

use crate::sites::Number;
use crate::suite::{ASLEEP, End, Suite, Test};
use crate::verdict::Verdict;

/// Tests that caught the nearest mutants, and are tried first.
const SUSPECTS: usize = 3;
/// So long do the tests of the first group take by themselves; those of each further
/// group twice as long.
const GROUP: Duration = Duration::from_millis(500);
/// Tests that take so many times as long as without a mutant have failed.
const TIMES: u32 = 10;
/// The least that a run may take: the machine may be busy.
const LEAST: Duration = Duration::from_secs(20);
/// How often a group is tried again because the machine was busy.
const AGAIN: u32 = 2;
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
    let catchers = Mutex::default();
    in_parallel(jobs, |_| {
        while let Some(mutant) = next(&waiting) {
            let verdict = try_one(suite, tests, &catchers, mutant)?;
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

/// Which mutant was caught by which test.
type Catchers = Mutex<BTreeMap<Number, String>>;

fn try_one(suite: &Suite, tests: &[Test], catchers: &Catchers, mutant: Number) -> Result<Verdict> {
    let mut near: Vec<&Test> = tests
        .iter()
        .filter(|test| test.reaches.contains(&mutant))
        .collect();
    if near.is_empty() {
        return Ok(Verdict::Unreached);
    }
    let suspects = suspects(&lock(catchers), mutant, &near);
    near.sort_by_key(|test| (!suspects.contains(&test.name), test.takes));
    for group in groups(&near) {
        let end = try_group(suite, mutant, group)?;
        let others = match group.len() {
            1 => String::new(),
            more => format!(" or one of {} others", more - 1),
        };
        return Ok(match end {
            Some(End::Passed) => continue,
            Some(End::Failed(Some(name))) => {
                lock(catchers).insert(mutant, name.clone());
                Verdict::Caught(name)
            }
            Some(End::Failed(None)) => Verdict::Caught(format!("{}{others}", group[0].name)),
            Some(End::TooLong) => Verdict::Caught(format!("{}{others} (ran on)", group[0].name)),
            None => Verdict::Untried,
        });
    }
    Ok(Verdict::Lives)
}

/// Runs a group. What it tells of the mutant counts only where the same passes in time
/// with the mutant asleep; else the machine was busy, and more time is given. None
/// where it stays so.
fn try_group(suite: &Suite, mutant: Number, group: &[&Test]) -> Result<Option<End>> {
    let takes: Duration = group.iter().map(|test| test.takes).sum();
    let mut longest = (takes * TIMES).max(LEAST);
    for _ in 0..=AGAIN {
        let end = suite.try_mutant(mutant, group, longest)?;
        let failed = match &end {
            End::Passed => return Ok(Some(end)),
            End::Failed(name) => name.as_ref(),
            End::TooLong => None,
        };
        let place = group.iter().position(|test| Some(&test.name) == failed);
        let blamed = place.map_or(group, |place| &group[place..=place]);
        if suite.try_mutant(ASLEEP, blamed, longest / 2)? == End::Passed {
            return Ok(Some(end));
        }
        longest *= 2;
    }
    Ok(None)
}

/// The tests that caught the nearest mutants, of those that come by this one.
pub fn suspects(
    catchers: &BTreeMap<Number, String>,
    mutant: Number,
    near: &[&Test],
) -> BTreeSet<String> {
    let mut caught: Vec<(&Number, &String)> = catchers.iter().collect();
    caught.sort_by_key(|(number, _)| number.abs_diff(mutant));
    let mut suspects = BTreeSet::new();
    for (_, name) in caught {
        if suspects.len() < SUSPECTS && near.iter().any(|test| test.name == *name) {
            suspects.insert(name.clone());
        }
    }
    suspects
}

/// Cuts the tests, in their order, into groups that take longer and longer.
pub fn groups<'a, 'b>(tests: &'a [&'b Test]) -> Vec<&'a [&'b Test]> {
    let (mut groups, mut rest, mut most) = (Vec::new(), tests, GROUP);
    while !rest.is_empty() {
        let mut takes = Duration::ZERO;
        let fits = |test: &&&Test| {
            takes += test.takes;
            takes <= most
        };
        let count = rest.iter().take_while(fits).count().max(1);
        let (group, others) = rest.split_at(count);
        groups.push(group);
        rest = others;
        most *= 2;
    }
    groups
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
