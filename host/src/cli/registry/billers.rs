//! `guichet registry biller`: to whom money is settled. Admission takes two
//! biller managers; stopping takes one.

use std::path::PathBuf;

use clap::Subcommand;
use guichet_domain::id::BillerId;
use serde_json::{Value, json};

use super::{enter, in_language, tell_entered};
use crate::cli::connection::Connection;
use crate::cli::exit::{Ending, Failure};
use crate::cli::output::{Output, list, text};

/// `guichet registry biller …`
#[derive(Debug, Subcommand)]
pub enum BillerCommand {
    /// Admit billers by their applications: settlement account in the biller's
    /// own name, collection contract, packages that may carry its services.
    Admit {
        /// A JSON file with one application, or a list of them.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Stop a biller's services for a while.
    Suspend {
        /// Which one.
        biller: BillerId,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Let them go on.
    Resume {
        /// Which one.
        biller: BillerId,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// End a biller's agreement.
    Exit {
        /// Which one.
        biller: BillerId,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// List all of them.
    List,
}

pub(super) async fn run(
    command: &BillerCommand,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let (act, biller, reason) = match command {
        BillerCommand::Admit { file } => return admit(file, connection, output).await,
        BillerCommand::List => return list_all(connection, output).await,
        BillerCommand::Suspend { biller, reason } => ("biller-suspended", biller, reason),
        BillerCommand::Resume { biller, reason } => ("biller-resumed", biller, reason),
        BillerCommand::Exit { biller, reason } => ("biller-exited", biller, reason),
    };
    let act = json!({"act": act, "biller": biller, "reason": reason});
    enter(connection, act, output).await
}

async fn admit(
    file: &std::path::Path,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let wrong = |why: String| Failure::Usage(format!("{}: {why}", file.display()));
    let bytes = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
    let read: Value = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
    let billers = match read {
        Value::Array(all) => all,
        one => vec![one],
    };
    let body = json!({"billers": billers});
    let entered = connection.post("/v1/billers", &[], &body).await?;
    Ok(tell_entered(&entered, output))
}

async fn list_all(connection: &Connection, output: Output) -> Result<Ending, Failure> {
    let answer = connection.get("/v1/billers").await?;
    let rows: Vec<Vec<String>> = list(&answer, "items")
        .iter()
        .map(|one| {
            vec![
                text(one, "biller").to_owned(),
                in_language(&one["names"], output).to_owned(),
                text(one, "state").to_owned(),
                text(one, "until").to_owned(),
            ]
        })
        .collect();
    output.answer(&answer, |lines| {
        lines.table(
            &[
                ("编号", "Biller"),
                ("名称", "Name"),
                ("状态", "State"),
                ("协议到期", "Agreement until"),
            ],
            &rows,
        );
    });
    Ok(Ending::Done)
}
