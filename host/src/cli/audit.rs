//! `guichet audit`: shows the installation's key, and finds out whether anything
//! in the audit logs was altered, in a node's folder or over the API.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use guichet_registry::checkpoint::{LogOrigin, SignedCheckpoint};
use guichet_registry::sign::PublicKey;
use serde_json::{Value, json};

use super::connection::Connection;
use super::exit::{Ending, Failure};
use super::globals::Globals;
use super::output::{Lines, Output, list, text};
use super::storage::Books;
use super::{node, receipt, requests};
use crate::app;
use crate::audit::{Audit, Fault, Kept, Replay, Report, origin_of, verify};
use crate::config::Settings;
use crate::ports::Ports;
use crate::store::Entry;

/// Slots of nodes.
const LOGS: u8 = 100;

/// `guichet audit …`
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Show the key that signs receipts and tree heads here.
    Key {
        /// Where the books are.
        #[command(flatten)]
        books: Books,
    },
    /// Read every event of every log; exits 1 where one was altered, removed or
    /// moved.
    Verify(VerifyArguments),
}

/// `guichet audit verify`
#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// Where the books are.
    #[command(flatten)]
    pub books: Books,
    /// A checkpoint that was kept: its log must lead to it. Once for each.
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Vec<PathBuf>,
    /// Over the API of this server instead, as one of the operator's auditors.
    #[arg(long, requires = "key", conflicts_with = "database")]
    pub url: Option<String>,
    /// The installation's key, `ed25519:HEX`, or a file that holds it.
    #[arg(long, requires = "url")]
    pub key: Option<String>,
    /// The person's token; otherwise the demo client's in DIR/dev.json.
    #[arg(
        long,
        value_name = "TOKEN",
        env = "GUICHET_TOKEN",
        hide_env_values = true
    )]
    pub token: Option<String>,
    /// As one of the people that `guichet dev` made; goes before a token.
    #[arg(long = "as", value_name = "NAME")]
    pub as_person: Option<String>,
}

impl AuditCommand {
    /// The command where it goes to a server.
    pub(super) fn remote(&self) -> Option<&VerifyArguments> {
        match self {
            Self::Verify(asked) if asked.url.is_some() => Some(asked),
            Self::Verify(_) | Self::Key { .. } => None,
        }
    }
}

impl VerifyArguments {
    pub(super) fn connection(&self) -> requests::Connection {
        requests::Connection {
            url: self.url.clone(),
            token: self.token.clone(),
            subject: None,
            as_person: self.as_person.clone(),
        }
    }

    fn kept(&self) -> Result<Vec<String>, Failure> {
        let read = |file: &PathBuf| {
            std::fs::read_to_string(file)
                .map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))
        };
        self.checkpoint.iter().map(read).collect()
    }
}

/// The commands that open a node's folder.
pub(super) fn offline(command: &AuditCommand, globals: &Globals) -> Result<Ending, Failure> {
    node::log_errors();
    let output = globals.output()?;
    match command {
        AuditCommand::Key { books } => {
            let settings = books.offline(globals)?;
            let (name, key) = node::many_threads()?.block_on(async {
                let audit = open(&settings).await?;
                anyhow::Ok((audit.installation().to_string(), audit.public_key()))
            })?;
            let answer = json!({"installation": name, "key": key});
            output.answer(&answer, |lines| {
                lines.pair("机构", "Installation", &name);
                lines.pair("公钥", "Key", &key.to_string());
            });
            Ok(Ending::Done)
        }
        AuditCommand::Verify(asked) => {
            let settings = asked.books.offline(globals)?;
            let mut kept = asked.kept()?;
            // What nodes of this folder have signed last counts as kept.
            for log in 0..LOGS {
                let file = settings.folder(&format!("audit-{log}.checkpoint"));
                kept.extend(std::fs::read_to_string(file));
            }
            let reports = node::many_threads()?.block_on(async {
                let audit = open(&settings).await?;
                verify(&audit, &kept)
                    .await
                    .context("the audit log cannot be read")
            })?;
            Ok(tell(output, &reports))
        }
    }
}

/// The logs of a node's folder; its own memory is compared here, not there.
async fn open(settings: &Settings) -> anyhow::Result<Audit> {
    let store = app::open_store(settings).await?;
    let memory = settings.folder("audit-offline.checkpoint");
    let audit = Audit::open(store, Ports::system(), None, memory).await;
    audit.context("the audit log")
}

/// `guichet audit verify --url`: trusts the key alone.
pub(super) async fn over_api(
    asked: &VerifyArguments,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let key = receipt::read_key(asked.key.as_deref().unwrap_or_default())?;
    let told = connection.get("/v1/audit/key").await?;
    if text(&told, "key") != key.to_string() {
        let problem = format!(
            "the server signs with {}, not with {key}",
            text(&told, "key")
        );
        return Err(Failure::Failed(anyhow::anyhow!(problem)));
    }
    let name: LogOrigin = text(&told, "installation")
        .parse()
        .context("the installation's name")?;
    let kept = asked.kept()?;
    let told = connection.get("/v1/audit/logs").await?;
    let number = |log: &Value| log["log"].as_u64().and_then(|log| u8::try_from(log).ok());
    let logs: Option<Vec<u8>> = list(&told, "items").iter().map(number).collect();
    let logs = logs.context("a log's number")?;
    let mut reports = missed(&kept, &name, &logs);
    for log in logs {
        reports.push(one_log(connection, (&name, &key), log, &kept).await?);
    }
    Ok(tell(output, &reports))
}

/// What a server keeps silent about: a log whose head was kept, or all of them.
fn missed(kept: &[String], name: &LogOrigin, logs: &[u8]) -> Vec<Report> {
    let is_named = |note: &&String| {
        SignedCheckpoint::parse(note).is_ok_and(|signed| {
            let origin = signed.unverified().origin().clone();
            logs.iter().any(|log| origin_of(name, *log) == origin)
        })
    };
    let mut problems: Vec<String> = kept
        .iter()
        .filter(|note| !is_named(note))
        .map(|note| {
            let first = note.lines().next().unwrap_or_default();
            format!("the server names no log {first:?}, of which a checkpoint was kept")
        })
        .collect();
    if logs.is_empty() {
        problems.push("the server names no log at all".to_owned());
    }
    let report = |problem| Report {
        log: 0,
        events: 0,
        signed: 0,
        fault: Some(Fault::Head(problem)),
    };
    problems.into_iter().map(report).collect()
}

async fn one_log(
    connection: &Connection,
    (name, key): (&LogOrigin, &PublicKey),
    log: u8,
    kept: &[String],
) -> Result<Report, Failure> {
    let origin = origin_of(name, log);
    let newest = connection
        .get_text(&format!("/v1/audit/{log}/checkpoint"))
        .await?;
    let of_log = |note: &&String| {
        SignedCheckpoint::parse(note).is_ok_and(|signed| *signed.unverified().origin() == origin)
    };
    let mut report = Report {
        log,
        events: 0,
        signed: SignedCheckpoint::parse(&newest).map_or(0, |signed| signed.unverified().size()),
        fault: None,
    };
    let mut heads = Kept::default();
    for note in kept.iter().filter(of_log).chain([&newest]) {
        if let Err(fault) = heads.add(note, &origin, key) {
            report.fault = Some(fault);
            return Ok(report);
        }
    }
    let mut replay = Replay::new(heads);
    loop {
        let path = format!("/v1/audit/{log}/entries?from={}", replay.size());
        let page = connection.get(&path).await?;
        let leaves = list(&page, "items");
        if leaves.is_empty() {
            report.fault = replay.finish().err();
            return Ok(report);
        }
        for leaf in leaves {
            if let Err(fault) = push(&mut replay, leaf)? {
                report.fault = Some(fault);
                return Ok(report);
            }
        }
        report.events = replay.size();
    }
}

fn push(replay: &mut Replay, leaf: &Value) -> Result<Result<(), Fault>, Failure> {
    let index = leaf["index"].as_u64().context("an event's index")?;
    let entry: Entry = serde_json::from_value(leaf["event"].clone()).context("an event")?;
    Ok(replay.push(index, &entry).map(drop))
}

fn tell(output: Output, reports: &[Report]) -> Ending {
    let is_good = reports.iter().all(|report| report.fault.is_none());
    let logs: Vec<Value> = reports
        .iter()
        .map(|report| {
            json!({
                "log": report.log,
                "events": report.events,
                "signed": report.signed,
                "fault": report.fault.as_ref().map(ToString::to_string),
            })
        })
        .collect();
    output.answer(&json!({"good": is_good, "logs": logs}), |lines| {
        for report in reports {
            draw(lines, report);
        }
        if is_good {
            lines.say(
                "审计日志没有被改动。尚未签名的末尾事件没有保护。",
                "Nothing in the audit logs was altered. Events at the end that are not signed yet are not protected.",
            );
        }
    });
    if is_good {
        Ending::Done
    } else {
        Ending::Refused
    }
}

fn draw(lines: &mut Lines, report: &Report) {
    let (log, events, signed) = (report.log, report.events, report.signed);
    match &report.fault {
        None => lines.say(
            &format!("日志 {log}：{events} 个事件，其中 {signed} 个已签名。"),
            &format!("Log {log}: {events} events, {signed} of them signed."),
        ),
        Some(fault) => lines.line(&format!("{log}: {fault}")),
    }
}
