//! One stage of the storm: workers draw cases, knock at the door and compile;
//! a watchdog looks on.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::bundles::{self, Lawful, Mutant};
use crate::compile::{Compiled, Workshop};
use crate::door::{Outcome, knock};
use crate::modules;
use crate::tally::Tally;
use crate::watch::{Memory, Post, keep};
use guichet_tests::chance::Chance;

const WORKERS_LIMIT: usize = 8;
/// How often the watchdog looks.
const GLANCE: Duration = Duration::from_millis(250);

/// What is thrown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Generated modules in good bundles.
    Modules,
    /// Mutated bundles.
    Bundles,
}

/// The storm's settings.
pub struct Storm {
    pub seed: u64,
    pub from: u64,
    pub program: PathBuf,
    pub failures: PathBuf,
}

/// Says something to whoever watches.
pub fn say(text: &str) {
    // A closed standard error is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{text}");
}

impl Storm {
    /// Throws up to `cases` cases, for at most `time`, and tells the figures.
    pub fn run(&self, stage: Stage, cases: u64, time: Option<Duration>) -> Tally {
        let begun = Instant::now();
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let posts: Vec<Post> = (0..workers.min(WORKERS_LIMIT))
            .map(|_| Post::new())
            .collect();
        let (next, over) = (AtomicU64::new(self.from), AtomicBool::new(false));
        let draw = || {
            let in_time = time.is_none_or(|time| begun.elapsed() < time);
            let case = next.fetch_add(1, Ordering::Relaxed);
            (in_time && case < self.from + cases).then_some(case)
        };
        let mut tally = Tally::default();
        std::thread::scope(|scope| {
            let watchdog = scope.spawn(|| self.watch(&posts, &over));
            let started: Vec<_> = posts
                .iter()
                .map(|post| scope.spawn(|| self.work(stage, post, &draw)))
                .collect();
            for worker in started {
                match worker.join() {
                    Ok(counted) => tally.add(counted),
                    Err(_) => tally
                        .failures
                        .push("a worker of the storm broke".to_owned()),
                }
            }
            over.store(true, Ordering::Relaxed);
            tally.memory = watchdog.join().unwrap_or_default();
        });
        tally.took = begun.elapsed();
        say(&format!("{stage:?}, seed {}: {tally}", self.seed));
        tally
    }

    fn watch(&self, posts: &[Post], over: &AtomicBool) -> Memory {
        let mut memory = Memory::default();
        while !over.load(Ordering::Relaxed) {
            memory.sample();
            if let Some((name, bytes)) = posts.iter().find_map(Post::hanging) {
                let path = keep(&self.failures, &name, &bytes);
                say(&format!(
                    "FAILED: {name} hangs at the door; {}",
                    path.display()
                ));
                std::process::exit(1);
            }
            std::thread::sleep(GLANCE);
        }
        memory
    }

    fn work(&self, stage: Stage, post: &Post, draw: &impl Fn() -> Option<u64>) -> Tally {
        let mut tally = Tally::default();
        let mut workshop = match Workshop::new(&self.program) {
            Ok(workshop) => workshop,
            Err(error) => {
                tally.failures.push(format!("no workshop: {error}"));
                return tally;
            }
        };
        while let Some(case) = draw() {
            tally.cases += 1;
            // The generators are guests here as well.
            let made = catch_unwind(AssertUnwindSafe(|| self.case(stage, case)));
            let Ok(Some(mutant)) = made else {
                tally.ungenerated += 1;
                continue;
            };
            self.throw(stage, case, &mutant, post, (&mut tally, &mut workshop));
        }
        tally
    }

    fn case(&self, stage: Stage, case: u64) -> Option<Mutant> {
        let mut chance = Chance::of(self.seed, stage as u64, case);
        match stage {
            Stage::Bundles => bundles::bundle(&mut chance),
            Stage::Modules => modules::bundle(&mut chance).map(|bytes| Mutant {
                bytes,
                lawful: Lawful::Perhaps,
            }),
        }
    }

    fn throw(
        &self,
        stage: Stage,
        case: u64,
        mutant: &Mutant,
        post: &Post,
        (tally, workshop): (&mut Tally, &mut Workshop),
    ) {
        let name = format!("{stage:?}-{}-{case}", self.seed).to_lowercase();
        post.begin(&name, &mutant.bytes);
        let (outcome, took) = knock(&mutant.bytes);
        post.end();
        tally.longest_case = tally.longest_case.max((took, case));
        let mut fail = |what: &str| {
            let path = keep(&self.failures, &name, &mutant.bytes);
            tally
                .failures
                .push(format!("{name} {what}; {}", path.display()));
        };
        match outcome {
            Outcome::Panicked => fail("made the door panic"),
            Outcome::Speechless => fail("was refused without file, problem and mend"),
            Outcome::Admitted(_) if mutant.lawful == Lawful::Never => {
                fail("was let in although its bytes were altered");
            }
            Outcome::Refused(rule) => *tally.refused.entry(rule).or_default() += 1,
            Outcome::Admitted(admission) => {
                tally.admitted += 1;
                // Most mutated bundles hold the one good component.
                let Some(component) = admission
                    .component_bytes
                    .filter(|_| stage == Stage::Modules)
                else {
                    return;
                };
                match workshop.compile(admission.component.digest, &component) {
                    // What the compiler will not take, the door must not either.
                    Ok((Compiled::Refused(why), _)) => {
                        fail(&format!("was let in, but cannot be compiled: {why}"));
                    }
                    Ok((compiled, took)) => tally.compiled(&compiled, took, case),
                    Err(error) => tally.failures.push(format!("{name}: {error:#}")),
                }
            }
        }
    }
}
