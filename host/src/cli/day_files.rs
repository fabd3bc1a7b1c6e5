//! Day files on the command line: listed, shown, printed and brought.

use std::path::PathBuf;

use bytes::Bytes;
use clap::ValueEnum;
use guichet_domain::AccountingDate;
use guichet_domain::id::BillerId;
use serde_json::{Value, json};

use super::connection::Connection;
use super::exit::{Ending, Failure};
use super::output::{Lines, Output, text};

/// What the other side is.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Side {
    /// A biller.
    Biller,
    /// A client.
    Client,
    /// A bank.
    Bank,
}

/// The path of a file.
pub(super) fn path(file: &str) -> Result<String, Failure> {
    Ok(format!(
        "/v1/reconciliation-files/{}",
        super::segment(file)?
    ))
}

/// The files of a day, of one biller or of all.
pub(super) async fn of_day(
    connection: &Connection,
    date: AccountingDate,
    biller: Option<&BillerId>,
) -> Result<Value, Failure> {
    let of = biller.map(|biller| format!("&biller={biller}"));
    let of = of.unwrap_or_default();
    let path = format!("/v1/reconciliation-files?limit=200&date={date}{of}");
    connection.get(&path).await
}

/// Prints a file.
pub(super) async fn fetch(
    file: &str,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let path = format!("{}/content", path(file)?);
    let content = connection.get_text(&path).await?;
    output.answer(&json!({ "content": content }), |lines| {
        content.lines().for_each(|line| lines.line(line));
    });
    Ok(Ending::Done)
}

/// Brings a file of the other side.
pub(super) async fn bring(
    connection: &Connection,
    side: Side,
    (party, date): (&str, AccountingDate),
    file: &PathBuf,
) -> Result<Value, Failure> {
    let bytes = std::fs::read(file)
        .map_err(|error| Failure::Usage(format!("{}: {error}", file.display())))?;
    let (side, media_type) = match side {
        Side::Biller => ("biller", "text/csv"),
        Side::Client => ("client", "text/csv"),
        Side::Bank => ("bank", "application/xml"),
    };
    let party = super::segment(party)?;
    let path = format!("/v1/reconciliation-files/{side}/{party}/{date}");
    connection
        .put_bytes(&path, media_type, Bytes::from(bytes))
        .await
}

pub(super) fn draw(lines: &mut Lines, file: &Value) {
    lines.pair("编号", "File", text(file, "id"));
    lines.pair("文件名", "Name", text(file, "name"));
    lines.pair("状态", "State", text(file, "state"));
    lines.pair("明细", "Lines", &file["lines"].to_string());
    lines.pair("合计", "Totals", text(file, "totals"));
    lines.pair("摘要", "Digest", text(file, "digest"));
    lines.pair("提交人", "Brought by", text(file, "brought_by"));
    lines.pair("复核人", "Decided by", text(file, "decided_by"));
    lines.pair("退回原因", "Reason", text(file, "reason"));
    if file["state"] == "awaiting_confirmation" {
        lines.say(
            "须由另一人确认后方可生效",
            "It counts once another person has confirmed it",
        );
    }
}

pub(super) fn draw_list(lines: &mut Lines, files: &[Value]) {
    let rows: Vec<Vec<String>> = files
        .iter()
        .map(|file| {
            vec![
                text(file, "id").to_owned(),
                text(file, "name").to_owned(),
                file["lines"].to_string(),
                text(file, "totals").to_owned(),
                text(file, "state").to_owned(),
                text(file, "brought_by").to_owned(),
                text(file, "decided_by").to_owned(),
            ]
        })
        .collect();
    lines.table(
        &[
            ("编号", "File"),
            ("文件名", "Name"),
            ("明细", "Lines"),
            ("合计", "Totals"),
            ("状态", "State"),
            ("提交人", "Brought by"),
            ("复核人", "Decided by"),
        ],
        &rows,
    );
}
