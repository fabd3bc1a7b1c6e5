//! `guichet backup`, `restore` and `restored`: a node's books and objects kept in
//! one file, and what has to be known after they were put back.

use std::path::{Path, PathBuf};

use clap::Args;
use guichet_domain::Moment;
use serde_json::json;

use super::exit::{Ending, Failure};
use super::globals::Globals;
use super::node::{log_errors, many_threads};
use super::output::Lines;
use super::storage::{NOWHERE, Storage};
use crate::backup::{self, Made, Restored};
use crate::ports::Ports;

/// `guichet backup`
#[derive(Debug, Args)]
pub struct BackupArguments {
    /// The file to be made; one that is there is never written over.
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// Where the books and objects are.
    #[command(flatten)]
    pub storage: Storage,
}

/// `guichet restore`
#[derive(Debug, Args)]
pub struct RestoreArguments {
    /// The backup.
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
    /// Where the books and objects shall be.
    #[command(flatten)]
    pub storage: Storage,
}

/// `guichet restored`
#[derive(Debug, Args)]
pub struct RestoredArguments {
    /// The moment that the database was put back to, 2026-11-22T08:00:00Z.
    #[arg(long, value_name = "MOMENT")]
    pub backup_of: Moment,
    /// Where the books and objects are.
    #[command(flatten)]
    pub storage: Storage,
}

pub(super) fn make(asked: &BackupArguments, globals: &Globals) -> Result<Ending, Failure> {
    log_errors();
    let output = globals.output()?;
    let settings = asked.storage.offline(globals)?;
    let to = std::path::absolute(&asked.to).map_err(|error| Failure::Failed(error.into()))?;
    let now = Ports::system().now();
    let made = many_threads()?.block_on(backup::make(&settings, &to, now));
    let made = made.map_err(|error| Failure::Failed(error.into()))?;
    let balanced = made.report.findings.is_empty();
    let keys: Vec<String> = made.keys.iter().map(|key| file_name(key)).collect();
    let answer = json!({
        "file": to,
        "made_at": made.at.to_string(),
        "bytes": made.bytes,
        "payments": made.report.payments,
        "open_payments": made.report.open_payments,
        "objects": made.objects,
        "balanced": balanced,
        "keys_not_in_it": keys,
    });
    output.answer(&answer, |lines| draw_made(lines, &made, &keys));
    Ok(if balanced {
        Ending::Done
    } else {
        Ending::Refused
    })
}

fn draw_made(lines: &mut Lines, made: &Made, keys: &[String]) {
    lines.pair("备份时刻", "Shows the moment", &made.at.to_string());
    lines.pair("字节", "Bytes", &made.bytes.to_string());
    lines.pair("缴费", "Payments", &made.report.payments.to_string());
    lines.pair("对象", "Objects", &made.objects.to_string());
    lines.pair(
        "不含密钥，请另行保管",
        "Not in it, keep apart",
        &keys.join(" "),
    );
    if !made.report.findings.is_empty() {
        lines.say(
            "备份已保存，但账目有问题：请运行 guichet ledger check。",
            "The backup is kept, but the books are not right: run guichet ledger check.",
        );
    }
}

pub(super) fn restore(asked: &RestoreArguments, globals: &Globals) -> Result<Ending, Failure> {
    log_errors();
    let settings = asked.storage.settings(globals, NOWHERE)?;
    let _alone = crate::app::alone(&settings)?;
    let ports = Ports::system();
    let restored = many_threads()?.block_on(backup::restore(&settings, &asked.from, &ports));
    tell(restored, globals)
}

pub(super) fn mark(asked: &RestoredArguments, globals: &Globals) -> Result<Ending, Failure> {
    log_errors();
    let settings = asked.storage.offline(globals)?;
    let _alone = crate::app::alone(&settings)?;
    let ports = Ports::system();
    let marked = many_threads()?.block_on(backup::mark(&settings, asked.backup_of, &ports));
    tell(marked, globals)
}

fn tell(
    restored: Result<Restored, backup::BackupError>,
    globals: &Globals,
) -> Result<Ending, Failure> {
    let restored = restored.map_err(|error| Failure::Failed(error.into()))?;
    let output = globals.output()?;
    let balanced = restored.report.findings.is_empty();
    let answer = json!({
        "backup_of": restored.backup_of.to_string(),
        "restored_at": restored.at.to_string(),
        "payments": restored.report.payments,
        "open_payments": restored.report.open_payments,
        "objects": restored.objects,
        "balanced": balanced,
    });
    output.answer(&answer, |lines| {
        lines.pair("备份时刻", "Backup of", &restored.backup_of.to_string());
        lines.pair("恢复时刻", "Restored at", &restored.at.to_string());
        let open = restored.report.open_payments.to_string();
        lines.pair(
            "将只查询、不再提交的缴费",
            "To be asked about, never sent",
            &open,
        );
        lines.say(
            "备份之后的缴费不在库中：请按 docs/backup.md 与各收费单位对账。",
            "Payments made after the backup are not in it: compare with every biller as \
             docs/backup.md says.",
        );
    });
    Ok(if balanced {
        Ending::Done
    } else {
        Ending::Refused
    })
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
