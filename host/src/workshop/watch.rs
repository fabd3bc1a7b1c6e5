//! Notices that somebody has changed a package's folder. It looks at names, sizes
//! and times now and then: packages are small, and this works on every file
//! system. What is built into the folder is no change.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

/// Files that are looked at; beyond them, changes go unnoticed.
const FILES_LIMIT: usize = 10_000;
/// Folders within folders that are looked at.
const DEPTH_LIMIT: usize = 12;
/// Folders that tools write into.
const BUILT_FOLDERS: [&str; 3] = ["target", "node_modules", "__pycache__"];
/// Ends of names that tools write.
const BUILT_FILES: [&str; 4] = [".wasm", ".guichet", ".pyc", "~"];

/// A folder, and what it looked like.
#[derive(Debug)]
pub struct Watch {
    root: PathBuf,
    seen: u64,
}

impl Watch {
    /// Watches a folder from now on.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        let mut watch = Self {
            root: root.to_owned(),
            seen: 0,
        };
        watch.has_changed();
        watch
    }

    /// Whether the folder looks otherwise than when this was last asked.
    pub fn has_changed(&mut self) -> bool {
        let mut files = Vec::new();
        list(&self.root, 0, &mut files);
        files.sort();
        let mut hasher = DefaultHasher::new();
        for path in &files {
            let metadata = std::fs::metadata(path).ok();
            let modified = metadata.as_ref().and_then(|known| known.modified().ok());
            (path, metadata.map(|known| known.len()), modified).hash(&mut hasher);
        }
        let now = hasher.finish();
        let changed = now != self.seen;
        self.seen = now;
        changed
    }
}

/// Collects the files below a folder. What cannot be read is not there.
fn list(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if name.starts_with('.') || files.len() >= FILES_LIMIT {
            continue;
        }
        if path.is_dir() {
            if depth < DEPTH_LIMIT && !BUILT_FOLDERS.contains(&name.as_str()) {
                list(&path, depth + 1, files);
            }
        } else if !BUILT_FILES.iter().any(|end| name.ends_with(end)) {
            files.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_noticed_once_and_what_is_built_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).unwrap();
        };
        write("plugin.toml", "a");
        let mut watch = Watch::new(folder.path());
        assert!(!watch.has_changed());
        write("plugin.toml", "ab");
        assert!(watch.has_changed());
        assert!(!watch.has_changed());
        std::fs::create_dir(folder.path().join("target")).unwrap();
        write("target/x.rs", "built");
        write("component.wasm", "built");
        assert!(!watch.has_changed());
        std::fs::create_dir(folder.path().join("tests")).unwrap();
        write("tests/paid.json", "{}");
        assert!(watch.has_changed());
    }
}
