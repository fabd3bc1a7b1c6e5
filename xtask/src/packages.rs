//! Makes the catalogue's bundles: `cargo xtask packages`. What stands in them is
//! decided by `guichet-packages` of the simulated country.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Result;

use crate::workspace::{Profile, build, root, run, say, target};

/// What `cargo xtask packages` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Also print the number of services in each category.
    #[arg(long)]
    table: bool,
}

/// Builds the generator and makes the bundles of built plugins.
pub(crate) fn command(arguments: &Arguments) -> Result<()> {
    say("building the generator of the catalogue");
    let programs = build(Profile::Development)?;
    pack(&programs, if arguments.table { &["--table"] } else { &[] })
}

/// Makes the bundles with a generator that is built already. Its own words go to standard error, unless the table is asked
/// for: standard output belongs to whoever builds the catalogue as a step.
pub(crate) fn pack(programs: &Path, options: &[&str]) -> Result<()> {
    let (root, target) = (root(), target()?);
    let mut generator = Command::new(programs.join("guichet-packages"));
    generator
        .arg("--components")
        .arg(target.join("plugins"))
        .arg("--plugins")
        .arg(root.join("plugins"))
        .arg("--mappings")
        .arg(root.join("examples/city/mappings"))
        .arg("--out")
        .arg(target.join("packages"));
    if options.is_empty() {
        generator.stdout(Stdio::from(std::io::stderr()));
    }
    run(generator.args(options))
}
