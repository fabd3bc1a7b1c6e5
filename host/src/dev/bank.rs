//! The simulated bank's process beside this one. Its settings and keys lie in the
//! data folder, where the node reads them like those of any other bank.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use guichet_domain::id::BankName;

use super::program::{Program, Spec};

/// The bank's name.
pub(super) const NAME: &str = "city-bank";

/// A bank that answers.
pub(super) struct Bank {
    program: Program,
    settings: PathBuf,
}

impl Bank {
    /// Starts it over a folder of its own, or finds the one that is left.
    pub(super) async fn start(folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let log = folder.join("books.jsonl");
        let arguments: [&OsStr; 6] = [
            "--name".as_ref(),
            NAME.as_ref(),
            "--keys".as_ref(),
            folder.as_ref(),
            "--log".as_ref(),
            log.as_ref(),
        ];
        let spec = Spec {
            program: "guichet-bank",
            package: "guichet-bank",
            arguments: &arguments,
            log: ("journal", &log),
        };
        Ok(Self {
            program: Program::start(&spec).await?,
            settings: folder.join("bank.toml"),
        })
    }

    pub(super) fn url(&self) -> &str {
        self.program.url()
    }

    /// The file by which a node finds it.
    pub(super) fn settings(&self) -> PathBuf {
        self.settings.clone()
    }

    pub(super) async fn stop(self) {
        self.program.stop().await;
    }
}

/// The bank's name as accounts have it.
pub(super) fn name() -> BankName {
    BankName::new(NAME).expect("the simulated bank's name is lawful")
}
