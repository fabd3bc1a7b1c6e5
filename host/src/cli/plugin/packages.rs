//! The package that a command is about, and where the code of others is found.

use std::path::PathBuf;

use clap::Args;

/// Where other packages' components are found.
#[derive(Debug, Args)]
pub struct PackagesArguments {
    /// The folder of installed packages; else found beside the program.
    #[arg(long, value_name = "DIR", env = "GUICHET_PACKAGES")]
    pub packages: Option<PathBuf>,
}

/// A package's folder and what it is compared with.
#[derive(Debug, Args)]
pub struct FolderArguments {
    /// The package's folder.
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// Where other packages' components are found.
    #[command(flatten)]
    pub packages: PackagesArguments,
}
