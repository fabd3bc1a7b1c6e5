//! `guichet plugin …`: the publisher's commands over the workshop, and over a
//! registry's API for what is published. What is wrong with a package goes to
//! standard output as the answer; why a command could not run, to standard error.

mod arguments;
mod develop;
mod findings;
mod keys;
mod maintenance;
mod make;
mod packages;
mod publish;
mod trial;

pub use arguments::PluginCommand;

use std::path::Path;

use super::connection::Connection;
use super::exit::{Ending, Failure};
use super::globals::Globals;
use super::requests;
use crate::workshop::{Components, WorkshopError, packages_beside};
use arguments::KeyCommand;
use publish::Ready;

/// Runs one of the publisher's commands.
pub(super) fn run(command: &PluginCommand, globals: &Globals) -> Result<Ending, Failure> {
    let output = globals.output()?;
    match command {
        PluginCommand::New(new) => make::new(new, output),
        PluginCommand::FromOpenapi(from) => make::from_openapi(from, output),
        PluginCommand::Build(build) => make::build(build, output),
        PluginCommand::Check(check) => findings::check(check, output),
        PluginCommand::Test(test) => trial::test(test, output),
        PluginCommand::Certify(certify) => trial::certify(certify, output),
        PluginCommand::Record(record) => trial::record(record, output),
        PluginCommand::Key(KeyCommand::New { file, algorithm }) => {
            make::new_key(file, *algorithm, output)
        }
        PluginCommand::Key(KeyCommand::Show { file }) => make::show_key(file, output),
        PluginCommand::Publish(asked) => {
            let connection = connect(&asked.connection, globals)?;
            match publish::prepare(asked, output)? {
                Ready::Refused(ending) => Ok(ending),
                Ready::Bundle(bundle) => {
                    super::one_thread()?.block_on(publish::publish(bundle, &connection, output))
                }
            }
        }
        PluginCommand::Dev(asked) => develop::run(asked, globals, output),
        over_api => super::one_thread()?.block_on(run_over_api(over_api, globals)),
    }
}

/// The commands that only speak to a registry.
async fn run_over_api(command: &PluginCommand, globals: &Globals) -> Result<Ending, Failure> {
    let output = globals.output()?;
    match command {
        PluginCommand::Status(asked) => {
            let connection = connect(&asked.connection, globals)?;
            publish::status(asked, &connection, output).await
        }
        PluginCommand::Withdraw(asked) => {
            let connection = connect(&asked.connection, globals)?;
            publish::withdraw(asked, &connection, output).await
        }
        PluginCommand::Maintenance(command) => {
            let connection = connect(command.connection(), globals)?;
            maintenance::run(command, &connection, output).await
        }
        PluginCommand::Key(KeyCommand::Enrol(asked)) => {
            let connection = connect(&asked.connection, globals)?;
            keys::enrol(asked, &connection, output).await
        }
        PluginCommand::Key(KeyCommand::Rotate(asked)) => {
            let connection = connect(&asked.connection, globals)?;
            keys::rotate(asked, &connection, output).await
        }
        PluginCommand::Key(KeyCommand::Revoke(asked)) => {
            let connection = connect(&asked.connection, globals)?;
            keys::revoke(asked, &connection, output).await
        }
        _ => Err(Failure::Usage("this command needs no registry".to_owned())),
    }
}

fn connect(asked: &requests::Connection, globals: &Globals) -> Result<Connection, Failure> {
    Connection::open(asked, &globals.data, globals.language()?)
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
