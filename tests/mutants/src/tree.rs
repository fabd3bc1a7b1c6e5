//! A copy of the workspace, in which sources may be written anew. A file is
//! touched only where its content differs, so that little is compiled again.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// The copy.
pub struct Tree {
    root: PathBuf,
    folder: PathBuf,
}

impl Tree {
    /// Copies every file that version control knows, or would take.
    pub fn copy(root: &Path, folder: &Path) -> Result<Self> {
        let mut command = Command::new("git");
        command.current_dir(root);
        command.args(["ls-files", "-z", "--cached", "--others"]);
        command.arg("--exclude-standard");
        let output = command.output().context("git ls-files")?;
        ensure!(output.status.success(), "git ls-files: {}", output.status);
        let tree = Self {
            root: root.to_owned(),
            folder: folder.to_owned(),
        };
        let names = String::from_utf8(output.stdout).context("names of files")?;
        for name in names.split_terminator('\0') {
            let from = root.join(name);
            if from.is_file() {
                let content = std::fs::read(&from).with_context(|| name.to_owned())?;
                tree.write(name, &content)?;
            }
        }
        Ok(tree)
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A file as it stands in the workspace.
    pub fn source(&self, name: &str) -> Result<String> {
        std::fs::read_to_string(self.root.join(name)).with_context(|| name.to_owned())
    }

    /// A file as it stands in the copy.
    pub fn copied(&self, name: &str) -> Result<String> {
        std::fs::read_to_string(self.folder.join(name)).with_context(|| name.to_owned())
    }

    /// Writes a file of the copy.
    pub fn write(&self, name: &str, content: &[u8]) -> Result<()> {
        let to = self.folder.join(name);
        if std::fs::read(&to).is_ok_and(|there| there == content) {
            return Ok(());
        }
        if let Some(parent) = to.parent() {
            std::fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
        }
        std::fs::write(&to, content).with_context(|| to.display().to_string())
    }
}
