//! Builds a component of Python code with `componentize-py`. The component holds a
//! picture of the interpreter's memory, in which hash seed, file times and the order
//! of folders stand; no two builds are alike. So a component is kept as long as it
//! is of the very files that lie there.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use guichet_build::Say;
use guichet_domain::Digest;
use guichet_registry::sign::sha256;

use super::{PackageFolder, WorkshopError, contract};

const TOOL: &str = "componentize-py";
/// Files that are looked at; a package with more is built each time.
const FILES_LIMIT: usize = 10_000;
/// Folders within folders that are looked at.
const DEPTH_LIMIT: usize = 12;
/// Folders that hold nothing of the package's own.
const FOREIGN_FOLDERS: [&str; 3] = ["target", "__pycache__", "tests"];

/// Makes the component, unless it is made of these files already.
pub fn build(package: &PackageFolder, component: &Path, say: Say<'_>) -> Result<(), WorkshopError> {
    let root = std::path::absolute(package.root()).map_err(WorkshopError::file(package.root()))?;
    let component = std::path::absolute(component).map_err(WorkshopError::file(component))?;
    let wit = contract::folder(package)?;
    let generated = contract::generated(&root);
    let record = generated.join("made-of");
    let sources = sources(&root, &wit)?;
    if let Some(sources) = &sources
        && made(sources, &component).is_some_and(|made| is_in(&record, &made))
    {
        say("app.py has not changed; delete component.wasm to build it anew");
        return Ok(());
    }
    say("building app.py with componentize-py");
    componentize(&root, &wit, &component, &generated)?;
    // It also exports an instance for its own use, which no registry takes.
    let whole = std::fs::read(&component).map_err(WorkshopError::file(&component))?;
    let pruned = guichet_build::prune::without_foreign_exports(&whole).ok_or_else(|| {
        WorkshopError::Python(format!("{TOOL} wrote something that is no component"))
    })?;
    std::fs::write(&component, pruned).map_err(WorkshopError::file(&component))?;
    let made = sources.and_then(|sources| made(&sources, &component));
    std::fs::write(&record, made.unwrap_or_default()).map_err(WorkshopError::file(&record))
}

fn componentize(
    root: &Path,
    wit: &Path,
    component: &Path,
    generated: &Path,
) -> Result<(), WorkshopError> {
    // A package's code is what lies in its folder: whatever this machine's Python
    // has installed is kept away by an environment without packages.
    let bare = generated.join("no-packages");
    let packages = bare.join("lib/site-packages");
    std::fs::create_dir_all(&packages).map_err(WorkshopError::file(&packages))?;
    let mut command = Command::new(TOOL);
    command.arg("--wit-path").arg(wit);
    command.args(["--world", contract::WORLD]);
    command.args(["componentize", "--stub-wasi", "app", "--output"]);
    command.arg(component).current_dir(root);
    command.env("VIRTUAL_ENV", bare);
    command.stdout(Stdio::from(std::io::stderr()));
    let status = command.status().map_err(|error| {
        WorkshopError::Python(format!(
            "cannot start {TOOL} ({error}): install it with `pip install {TOOL}`"
        ))
    })?;
    if !status.success() {
        let problem = format!("{TOOL} ended with {status}; what it said stands above");
        return Err(WorkshopError::Python(problem));
    }
    Ok(())
}

/// What a component is made of, as a digest: code and contract by name and content,
/// and the tool. None where there is more than is looked at, or no tool.
fn sources(root: &Path, wit: &Path) -> Result<Option<Digest>, WorkshopError> {
    let Ok(version) = Command::new(TOOL).arg("--version").output() else {
        return Ok(None);
    };
    let mut files = Vec::new();
    list(root, "py", 0, &mut files);
    list(wit, "wit", 0, &mut files);
    if files.len() > FILES_LIMIT {
        return Ok(None);
    }
    files.sort();
    let mut text = String::from_utf8_lossy(&version.stdout).into_owned();
    for path in files {
        let bytes = std::fs::read(&path).map_err(WorkshopError::file(&path))?;
        let name = path.strip_prefix(root).unwrap_or(&path);
        text.push_str(&format!("{} {}\n", sha256(&bytes), name.display()));
    }
    Ok(Some(sha256(text.as_bytes())))
}

/// Collects the files with this ending below a folder.
fn list(folder: &Path, ending: &str, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let foreign = FOREIGN_FOLDERS.iter().any(|foreign| name == *foreign);
        if path.is_dir() && depth < DEPTH_LIMIT && !foreign {
            list(&path, ending, depth + 1, files);
        } else if path.extension().is_some_and(|own| own == ending) && files.len() <= FILES_LIMIT {
            files.push(path);
        }
    }
}

/// Sources and what came of them, in words.
fn made(sources: &Digest, component: &Path) -> Option<String> {
    let component = sha256(&std::fs::read(component).ok()?);
    Some(format!("sources {sources}\ncomponent {component}\n"))
}

fn is_in(record: &Path, made: &str) -> bool {
    std::fs::read_to_string(record).is_ok_and(|kept| kept == made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_belongs_to_a_component_and_what_was_built_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let write = |name: &str| {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, name).unwrap();
        };
        for name in [
            "app.py",
            "shapes/bill.py",
            "target/contract/x.py",
            "notes.txt",
        ] {
            write(name);
        }
        let mut files = Vec::new();
        list(root, "py", 0, &mut files);
        files.sort();
        assert_eq!(files, [root.join("app.py"), root.join("shapes/bill.py")]);
        write("component.wasm");
        let (one, other) = (sha256(b"1"), sha256(b"2"));
        let component = root.join("component.wasm");
        std::fs::write(root.join("made-of"), made(&one, &component).unwrap()).unwrap();
        let is_kept = |sources| is_in(&root.join("made-of"), &made(sources, &component).unwrap());
        assert!(is_kept(&one) && !is_kept(&other));
        std::fs::write(&component, "another").unwrap();
        assert!(!is_kept(&one));
    }
}
