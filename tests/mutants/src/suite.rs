//! The tests of the program: how long each takes, and by which mutants it comes.
//! A test that never comes by a mutant cannot catch it.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use crate::sites::Number;

/// No mutant has this number.
pub const ASLEEP: Number = 0;
/// The longest that a test may take where no mutant is awake.
const LONGEST: Duration = Duration::from_secs(600);
/// How often it is looked whether a test has ended.
const LOOK: Duration = Duration::from_millis(5);
/// How long the last words of a program may take that has ended.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A test with what is known about it.
#[derive(Debug, Clone)]
pub struct Test {
    /// Its name in the program.
    pub name: String,
    /// How long it took alone.
    pub takes: Duration,
    /// The mutants that it comes by.
    pub reaches: BTreeSet<Number>,
}

/// How a run of tests ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// All passed.
    Passed,
    /// This one failed, and the others were stopped; none where the program ended
    /// by itself.
    Failed(Option<String>),
    /// It had to be stopped.
    TooLong,
}

/// The program with the folder in which its tests expect to run.
pub struct Suite {
    program: PathBuf,
    folder: PathBuf,
}

impl Suite {
    /// Of a program, for the package of that folder.
    pub fn new(program: &Path, folder: &Path) -> Self {
        Self {
            program: program.to_owned(),
            folder: folder.to_owned(),
        }
    }

    /// Names of the tests that begin with one of these words, or of all where there is
    /// none; without those that begin with one of the others.
    pub fn names(&self, words: &[String], without: &[String]) -> Result<Vec<String>> {
        let output = self
            .command()
            .args(["--list", "--format", "terse"])
            .stderr(Stdio::null())
            .output()
            .with_context(|| self.program.display().to_string())?;
        ensure!(output.status.success(), "the tests cannot be listed");
        let text = String::from_utf8(output.stdout)?;
        let names = text.lines().filter_map(|line| line.strip_suffix(": test"));
        let begins = |name: &str, words: &[String]| {
            let mut words = words.iter();
            words.any(|word| name.starts_with(word.as_str()))
        };
        let is_meant =
            |name: &&str| (words.is_empty() || begins(name, words)) && !begins(name, without);
        Ok(names.filter(is_meant).map(str::to_owned).collect())
    }

    /// Runs one test with every mutant asleep; none where it fails by itself.
    pub fn learn(&self, name: &str, diary: &Path) -> Result<Option<Test>> {
        let _ = std::fs::remove_file(diary);
        let begun = Instant::now();
        let mut command = self.command();
        command.args(["--exact", name]);
        command.env("GUICHET_MUTANTS_SEEN", diary);
        if run(&mut command, LONGEST)? != End::Passed {
            return Ok(None);
        }
        let seen = std::fs::read_to_string(diary).unwrap_or_default();
        Ok(Some(Test {
            name: name.to_owned(),
            takes: begun.elapsed(),
            reaches: seen.lines().filter_map(|line| line.parse().ok()).collect(),
        }))
    }

    /// Runs these tests with one mutant awake.
    pub fn try_mutant(&self, mutant: Number, tests: &[&Test], longest: Duration) -> Result<End> {
        let mut command = self.command();
        command.arg("--exact");
        command.args(tests.iter().map(|test| &test.name));
        command.env("GUICHET_MUTANT", mutant.to_string());
        run(&mut command, longest)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .current_dir(&self.folder)
            .env("CARGO_MANIFEST_DIR", &self.folder)
            .env("INSTA_UPDATE", "no")
            .env("RUST_BACKTRACE", "0")
            .env("PROPTEST_RNG_SEED", "1")
            .env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true")
            .stdin(Stdio::null());
        command
    }
}

fn run(command: &mut Command, longest: Duration) -> Result<End> {
    let litter = litter()?;
    let end = run_in(command.env("TMPDIR", &litter), longest);
    // What a stopped program's children still write is the system's to clear.
    let _ = std::fs::remove_dir_all(&litter);
    end
}

/// A folder for what tests keep for a while: a program that is stopped clears
/// nothing.
fn litter() -> Result<PathBuf> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("guichet-mutants-{}-{number}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder)
}

fn run_in(command: &mut Command, longest: Duration) -> Result<End> {
    let begun = Instant::now();
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .context("a test program does not start")?;
    let output = child.stdout.take().context("the program has no output")?;
    let failures = failures(output);
    loop {
        match failures.recv_timeout(LOOK) {
            Ok(name) => {
                stop(&mut child)?;
                return Ok(End::Failed(Some(name)));
            }
            Err(RecvTimeoutError::Timeout) => {}
            // It has closed its output and will end.
            Err(RecvTimeoutError::Disconnected) => std::thread::sleep(LOOK),
        }
        if let Some(status) = child.try_wait()? {
            return Ok(if status.success() {
                End::Passed
            } else {
                End::Failed(failures.recv_timeout(LAST_WORDS).ok())
            });
        }
        if begun.elapsed() > longest {
            stop(&mut child)?;
            return Ok(End::TooLong);
        }
    }
}

/// The names of tests that fail, as the program tells them. What it has started may
/// keep its output open for longer than it lives itself.
fn failures(output: impl Read + Send + 'static) -> Receiver<String> {
    let (told, failures) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(name) = failed(&line) {
                // Nobody listens any more after the first.
                let _ = told.send(name.to_owned());
            }
        }
    });
    failures
}

/// The test that this line says has failed.
pub fn failed(line: &str) -> Option<&str> {
    let name = line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?;
    Some(name.trim_end_matches(" - should panic"))
}

/// Stops the program with all that it has started.
fn stop(child: &mut Child) -> Result<()> {
    let group = format!("-{}", child.id());
    Command::new("kill")
        .args(["-KILL", "--", &group])
        .status()?;
    child.wait()?;
    Ok(())
}
