//! `guichet plugin maintenance`: times for which a publisher's services are
//! closed. Citizens read the notice instead of an error.

use clap::{Args, Subcommand};
use guichet_registry::PackageName;
use serde_json::{Value, json};

use crate::cli::connection::Connection;
use crate::cli::exit::{Ending, Failure};
use crate::cli::output::{Output, list, text};
use crate::cli::registry::{enter, in_language, texts};
use crate::cli::requests;

/// `guichet plugin maintenance …`
#[derive(Debug, Subcommand)]
pub enum MaintenanceCommand {
    /// Announce that services are closed for a time.
    Announce(Box<AnnounceArguments>),
    /// They are not.
    Cancel {
        /// The announcement's number.
        announcement: u64,
        /// Where to go.
        #[command(flatten)]
        connection: requests::Connection,
    },
    /// List what is announced.
    List {
        /// Where to go.
        #[command(flatten)]
        connection: requests::Connection,
    },
}

/// `guichet plugin maintenance announce`
#[derive(Debug, Args)]
pub struct AnnounceArguments {
    /// `publisher/name`.
    pub package: PackageName,
    /// From when, such as 2026-12-01T22:00:00+08:00.
    #[arg(long, value_name = "TIME")]
    pub from: String,
    /// Until when.
    #[arg(long, value_name = "TIME")]
    pub until: String,
    /// What citizens read, in Chinese.
    #[arg(long)]
    pub notice: String,
    /// The same in English; else the Chinese text.
    #[arg(long)]
    pub notice_en: Option<String>,
    /// Only this service; once for each. Else all of the package.
    #[arg(long, value_name = "CODE")]
    pub service: Vec<String>,
    /// Where to go.
    #[command(flatten)]
    pub connection: requests::Connection,
}

impl MaintenanceCommand {
    /// Where to go.
    pub(super) const fn connection(&self) -> &requests::Connection {
        match self {
            Self::Announce(asked) => &asked.connection,
            Self::Cancel { connection, .. } | Self::List { connection } => connection,
        }
    }
}

pub(super) async fn run(
    command: &MaintenanceCommand,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    match command {
        MaintenanceCommand::Announce(asked) => {
            let mut act = json!({
                "act": "maintenance-announced",
                "package": asked.package.to_string(),
                "from": asked.from,
                "until": asked.until,
                "notice": texts(&asked.notice, asked.notice_en.as_deref()),
            });
            if !asked.service.is_empty() {
                act["services"] = json!(asked.service);
            }
            enter(connection, act, output).await
        }
        MaintenanceCommand::Cancel { announcement, .. } => {
            let act = json!({"act": "maintenance-cancelled", "announcement": announcement});
            enter(connection, act, output).await
        }
        MaintenanceCommand::List { .. } => {
            let answer = connection.get("/v1/maintenance").await?;
            let rows: Vec<Vec<String>> = list(&answer, "items")
                .iter()
                .map(|one| row(one, output))
                .collect();
            output.answer(&answer, |lines| {
                if rows.is_empty() {
                    lines.say("没有维护公告", "No maintenance is announced");
                    return;
                }
                lines.table(
                    &[
                        ("编号", "Number"),
                        ("插件包", "Package"),
                        ("开始", "From"),
                        ("结束", "Until"),
                        ("公告", "Notice"),
                    ],
                    &rows,
                );
            });
            Ok(Ending::Done)
        }
    }
}

fn row(one: &Value, output: Output) -> Vec<String> {
    vec![
        one["announcement"].to_string(),
        text(one, "package").to_owned(),
        text(one, "from").to_owned(),
        text(one, "until").to_owned(),
        in_language(&one["notice"], output).to_owned(),
    ]
}
