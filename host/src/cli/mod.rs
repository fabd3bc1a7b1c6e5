//! The command line: a door like the API, which client commands talk to. What a
//! node itself does at start stands in `app` and `dev`.

mod accounts;
mod arguments;
mod asking;
mod audit;
mod backup;
mod bills;
mod connection;
mod consents;
mod day_end;
mod day_files;
mod exchange;
mod exit;
mod globals;
mod inputs;
mod last;
mod ledger;
mod node;
mod output;
mod pay;
mod payments;
mod plugin;
mod receipt;
mod registry;
mod requests;
mod services;
mod storage;
mod work_orders;
mod zones;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};
use serde_json::Value;

pub use arguments::{Arguments, Command};
pub use exit::{Ending, Failure};
pub use node::{DevArguments, ServeArguments};

use connection::Connection;
use globals::Globals;
use last::Noun;

/// Reads the command line, runs the command, and gives the exit code.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version go to standard output and are no mistakes.
            let _closed = error.print();
            return ExitCode::from(u8::from(error.use_stderr()) * 2);
        }
    };
    match run(&arguments) {
        Ok(ending) => ending.into(),
        Err(failure) => {
            report(&failure, &arguments.globals);
            failure.exit_code()
        }
    }
}

/// Failures go to standard error; with `--json` a problem document also goes to
/// standard output, where a program looks for it.
fn report(failure: &Failure, globals: &Globals) {
    use std::io::Write as _;
    let _closed = writeln!(std::io::stderr().lock(), "guichet: {failure}");
    if let Failure::Refused(problem) = failure
        && globals.json
    {
        let _closed = writeln!(std::io::stdout().lock(), "{problem}");
    }
}

fn run(arguments: &Arguments) -> Result<Ending, Failure> {
    let globals = &arguments.globals;
    match &arguments.command {
        Command::Dev(dev) => node::dev(dev, globals),
        Command::Serve(serve) => node::serve(serve, globals),
        Command::Replay(asked) => node::replay(asked, globals),
        Command::Ledger(command) => ledger::ledger(command, globals),
        Command::Backup(asked) => backup::make(asked, globals),
        Command::Restore(asked) => backup::restore(asked, globals),
        Command::Restored(asked) => backup::mark(asked, globals),
        Command::Receipt(command) => receipt::run(command, globals),
        Command::Audit(command) if command.remote().is_none() => audit::offline(command, globals),
        Command::Plugin(command) => plugin::run(command, globals),
        Command::Registry(asked) if asked.is_offline() => registry::offline(asked, globals),
        Command::CompileComponent { input, output } => node::compile(input, output),
        Command::Completion { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "guichet", &mut script);
            // Nobody reads any more (`| head`): that is no failure of the command.
            let _closed = std::io::Write::write_all(&mut std::io::stdout().lock(), &script);
            Ok(Ending::Done)
        }
        client => one_thread()?.block_on(run_client(client, globals)),
    }
}

/// A runtime for everything that only talks to a server.
fn one_thread() -> Result<tokio::runtime::Runtime, Failure> {
    let built = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    built.map_err(|error| Failure::Failed(error.into()))
}

/// The commands that talk to a server.
async fn run_client(command: &Command, globals: &Globals) -> Result<Ending, Failure> {
    let language = globals.language()?;
    let output = globals.output()?;
    let data = &globals.data;
    let connect = |asked: &requests::Connection| Connection::open(asked, data, language);
    match command {
        Command::Services(command) => services::run(command, connect, output).await,
        Command::Bills(command) => bills::run(command, data, connect, output).await,
        Command::Pay(pay) => {
            let query = last::resolve(data, Noun::BillQuery, &pay.query)?;
            pay::run(pay, &query, &connect(&pay.connection)?, output).await
        }
        Command::Payments(command) => payments::run(command, connect, output).await,
        Command::Inquire(inquire) => {
            asking::inquire(inquire, data, &connect(&inquire.connection)?, output).await
        }
        Command::Inquiries(command) => asking::inquiries(command, data, connect, output).await,
        Command::Credential(credential) => {
            asking::credential(credential, data, &connect(&credential.connection)?, output).await
        }
        Command::Consents(command) => consents::run(command, data, connect, output).await,
        Command::Accounts(command) => accounts::run(command, connect, output).await,
        Command::Clients(asked) => {
            let connection = connect(&(&asked.insider).into())?;
            accounts::clients(&asked.command, &connection, output).await
        }
        Command::Exchange(command) => exchange::run(command, globals, output).await,
        Command::Registry(asked) => {
            let connection = connect(&(&asked.insider).into())?;
            registry::run(&asked.command, &connection, output).await
        }
        Command::DayEnd(asked) => {
            let connection = connect(&(&asked.insider).into())?;
            day_end::run(&asked.command, &connection, output).await
        }
        Command::WorkOrders(asked) => {
            let connection = connect(&(&asked.insider).into())?;
            work_orders::run(&asked.command, &connection, output).await
        }
        Command::Zone(asked) => {
            let connection = connect(&(&asked.insider).into())?;
            zones::run(&asked.command, &connection, output).await
        }
        Command::Audit(command) => match command.remote() {
            Some(asked) => audit::over_api(asked, &connect(&asked.connection())?, output).await,
            None => Err(Failure::Usage("name the server with --url".to_owned())),
        },
        Command::Dev(_)
        | Command::Receipt(_)
        | Command::Serve(_)
        | Command::Replay { .. }
        | Command::Ledger(_)
        | Command::Backup(_)
        | Command::Restore(_)
        | Command::Restored(_)
        | Command::Plugin(_)
        | Command::Completion { .. }
        | Command::CompileComponent { .. } => Err(Failure::Usage(
            "this command runs without a server".to_owned(),
        )),
    }
}

/// A value as one path segment: names and ids of this API need no escapes.
fn segment(text: &str) -> Result<&str, Failure> {
    let lawful = !text.is_empty()
        && text.len() <= 128
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if lawful {
        Ok(text)
    } else {
        Err(Failure::Usage(format!("{text:?} is no id or code")))
    }
}

/// A key for one request.
fn new_key() -> String {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system's random source answers");
    format!("cli-{:032x}", u128::from_be_bytes(bytes))
}

/// How a command ends that asked for something which may come later.
fn ending_of_state(answer: &Value) -> Ending {
    match answer["state"].as_str() {
        Some("pending" | "ask_more") => Ending::Open,
        _ => Ending::Done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_cannot_leave_their_path() {
        assert!(segment("water-330100-1").is_ok());
        for wrong in ["", "../x", "a/b", "a?b", "a b", "水"] {
            assert!(segment(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn keys_are_lawful_and_differ() {
        let (first, second) = (new_key(), new_key());
        assert_ne!(first, second);
        assert_eq!(first.len(), 36);
    }
}
