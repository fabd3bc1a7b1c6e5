//! Where commands find the code of other packages.

use std::path::PathBuf;

use clap::Args;

/// Where other packages' components are found.
#[derive(Debug, Args)]
pub struct PackagesArguments {
    /// The folder of installed packages; else found beside the program.
    #[arg(long, value_name = "DIR", env = "GUICHET_PACKAGES")]
    pub packages: Option<PathBuf>,
}
