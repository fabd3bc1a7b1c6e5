//! `guichet registry log`: what was done, by whom, in which order.

use clap::Args;
use serde_json::{Value, json};

use crate::cli::connection::Connection;
use crate::cli::exit::{Ending, Failure};
use crate::cli::output::{Output, list, text};

/// How much of an act's fields is shown in a line; `--json` has them whole.
const FIELDS_CHARACTERS: usize = 120;

/// `guichet registry log`
#[derive(Debug, Args)]
pub struct LogArguments {
    /// Position to begin with; else the last 20 entries.
    #[arg(long, value_name = "POSITION")]
    pub from: Option<u64>,
    /// Print the newest signed checkpoint instead, to keep and compare with later.
    #[arg(long, conflicts_with = "from")]
    pub checkpoint: bool,
}

/// How many entries are shown where nothing was said.
const USUAL: u64 = 20;

pub(super) async fn run(
    asked: &LogArguments,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let checkpoint = connection.get_text("/v1/log/checkpoint").await?;
    if asked.checkpoint {
        let answer = json!({"checkpoint": checkpoint});
        output.answer(&answer, |lines| {
            for line in checkpoint.lines() {
                lines.line(line);
            }
        });
        return Ok(Ending::Done);
    }
    // The second line of a checkpoint is the log's size.
    let size = checkpoint.lines().nth(1).and_then(|line| line.parse().ok());
    let from = asked
        .from
        .unwrap_or_else(|| size.unwrap_or(0_u64).saturating_sub(USUAL));
    let answer = connection
        .get(&format!("/v1/log/entries?from={from}"))
        .await?;
    output.answer(&answer, |lines| {
        for entry in list(&answer, "items") {
            lines.line(&one_line(entry));
        }
    });
    Ok(Ending::Done)
}

/// `17  2026-11-21T08:30:00Z  person:rita  approved  release=sha256:… …`
fn one_line(entry: &Value) -> String {
    let read: Value = serde_json::from_str(text(entry, "entry")).unwrap_or_default();
    let act = &read["act"];
    let fields = act.as_object().into_iter().flatten();
    let told: Vec<String> = fields
        .filter(|(name, _)| *name != "act")
        .map(|(name, value)| match value {
            Value::String(text) => format!("{name}={text}"),
            other => format!("{name}={other}"),
        })
        .collect();
    let told = told.join(" ");
    let mut short: String = told.chars().take(FIELDS_CHARACTERS).collect();
    if short.len() < told.len() {
        short.push('…');
    }
    format!(
        "{}  {}  {}  {}  {short}",
        entry["position"],
        text(&read, "at"),
        text(&read, "by"),
        text(act, "act"),
    )
}
