//! What the tests need of the machine: the program, copies of the samples, and
//! componentize-py, which is installed beside the build where it is missing.

use std::path::{Path, PathBuf};
use std::process::Command;

use guichet_tests::{program, target};

/// The version that the guides name, from PyPI.
const COMPONENTIZE_PY: &str = "0.25.1";

/// `guichet` in English, with one more folder to find programs in.
pub fn guichet(path: &str) -> Command {
    let mut command = Command::new(program("guichet"));
    let present = std::env::var("PATH").unwrap_or_default();
    command
        .env("PATH", format!("{path}:{present}"))
        .env("LANG", "en_US.UTF-8")
        .env_remove("LC_ALL");
    command
}

/// Runs it; it must end well. What it said.
pub fn good(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{said}\n{told}");
    said
}

/// A sample's sources in a folder of their own.
pub fn copy_of(sample: &str) -> tempfile::TempDir {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let folder = tempfile::tempdir().unwrap();
    copy(&samples.join(sample), folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name();
        let built = ["target", "__pycache__", "component.wasm"];
        if built.iter().any(|built| name == *built) {
            continue;
        }
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(name));
        } else {
            std::fs::copy(entry.path(), to.join(name)).unwrap();
        }
    }
}

/// The folder of componentize-py; none, said aloud, where this machine has none
/// and can get none.
pub fn componentize_py() -> Option<String> {
    let folder = target().join("tools/componentize-py");
    std::fs::create_dir_all(&folder).unwrap();
    // Tests that start together install it once.
    let lock = std::fs::File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let programs = folder.join("venv/bin");
    if is_there(&programs) {
        return Some(programs.display().to_string());
    }
    match install(&folder.join("venv")) {
        Ok(()) => Some(programs.display().to_string()),
        Err(why) => {
            println!("SKIPPED: componentize-py {COMPONENTIZE_PY} cannot be installed here: {why}");
            None
        }
    }
}

fn is_there(programs: &Path) -> bool {
    let said = Command::new(programs.join("componentize-py"))
        .arg("--version")
        .output();
    said.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).contains(COMPONENTIZE_PY))
}

fn install(folder: &Path) -> Result<(), String> {
    let python = |arguments: &[&str], program: PathBuf| {
        let output = Command::new(&program).args(arguments).output();
        let output = output.map_err(|error| format!("{}: {error}", program.display()))?;
        if output.status.success() {
            return Ok(());
        }
        let told = String::from_utf8_lossy(&output.stderr);
        let last = told.lines().last().unwrap_or_default();
        Err(format!("{} {arguments:?}: {last}", program.display()))
    };
    let place = folder.display().to_string();
    python(&["-m", "venv", "--clear", &place], "python3".into())?;
    let wanted = format!("componentize-py=={COMPONENTIZE_PY}");
    let pip = ["-m", "pip", "install", "--quiet", "--retries", "1", &wanted];
    python(&pip, folder.join("bin/python"))
}
