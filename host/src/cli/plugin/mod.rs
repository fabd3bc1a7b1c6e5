//! `guichet plugin …`: the publisher's commands over the workshop. None of them
//! needs a server. What is wrong with a package goes to standard output as the
//! answer; why a command could not run, to standard error.

mod arguments;
mod findings;
mod make;
mod trial;

pub use arguments::PluginCommand;

use std::path::Path;

use super::arguments::Arguments;
use super::exit::{Ending, Failure};
use crate::workshop::{Components, WorkshopError, packages_beside};

/// Runs one of the publisher's commands.
pub(super) fn run(command: &PluginCommand, arguments: &Arguments) -> Result<Ending, Failure> {
    let output = super::output_of(arguments)?;
    match command {
        PluginCommand::New(new) => make::new(new, output),
        PluginCommand::FromOpenapi(from) => make::from_openapi(from, output),
        PluginCommand::Build(build) => make::build(build, output),
        PluginCommand::Check(check) => findings::check(check, output),
        PluginCommand::Test(test) => trial::test(test, output),
        PluginCommand::Certify(certify) => trial::certify(certify, output),
        PluginCommand::Record(record) => trial::record(record, output),
        PluginCommand::Key(key) => make::key(key, output),
    }
}

/// The components that are known here: of the folder that was named, else of the
/// one beside the program, else none.
fn components(named: Option<&Path>) -> Result<Components, Failure> {
    let beside = std::env::current_exe()
        .ok()
        .and_then(|program| packages_beside(&program));
    let folder = named.map(Path::to_owned).or(beside);
    Components::in_folder(folder.as_deref()).map_err(Failure::from)
}

impl From<WorkshopError> for Failure {
    fn from(error: WorkshopError) -> Self {
        match error {
            WorkshopError::NoPackage(_)
            | WorkshopError::Exists(_)
            | WorkshopError::Name(_)
            | WorkshopError::NoSdk(_) => Self::Usage(error.to_string()),
            other => Self::Failed(other.into()),
        }
    }
}

/// Tells on standard error what goes on.
fn say(text: &str) {
    use std::io::Write as _;
    // A closed standard error is no reason to stop a build.
    let _closed = writeln!(std::io::stderr().lock(), "{text}");
}
