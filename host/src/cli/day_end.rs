//! `guichet day-end`: closes days, makes and brings day files, compares and
//! settles, over the API.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use guichet_domain::AccountingDate;
use guichet_domain::id::BillerId;
use serde_json::{Value, json};

use super::connection::Connection;
use super::day_files::{self, Side};
use super::exit::{Ending, Failure};
use super::output::{Lines, Output, amount, list, text};
use super::registry::Insider;

/// `guichet day-end`
#[derive(Debug, Args)]
pub struct DayEndArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: DayEndCommand,
    /// Where to go.
    #[command(flatten)]
    pub insider: Insider,
}

/// Which day, and whose.
#[derive(Debug, Args)]
pub struct Day {
    /// The accounting date: 2026-11-21.
    date: AccountingDate,
    /// One biller only.
    #[arg(long)]
    biller: Option<BillerId>,
}

/// `guichet day-end …`
#[derive(Debug, Subcommand)]
pub enum DayEndCommand {
    /// Close a day whose cut-off has passed.
    Close {
        /// The accounting date.
        date: AccountingDate,
    },
    /// Make the day's files for billers and clients.
    Make(Day),
    /// Compare the day; differences become work orders.
    Check(Day),
    /// Settle with billers and make a payment file for the bank.
    Settle(Day),
    /// List the day's files.
    Files(Day),
    /// Print a file.
    Fetch {
        /// The file's id.
        file: String,
    },
    /// Show a file: where it stands, and who brought and confirmed it.
    Show {
        /// The file's id.
        file: String,
    },
    /// Bring the other side's own file; another person has to confirm a biller's or
    /// a bank's.
    Bring {
        /// What the other side is.
        side: Side,
        /// Its id.
        party: String,
        /// The accounting date.
        date: AccountingDate,
        /// The file.
        file: PathBuf,
    },
    /// Confirm a file that another person has brought: it counts from now on.
    Confirm {
        /// The file's id.
        file: String,
        /// SHA-256 of the file that you have read, as `show` tells it.
        #[arg(long)]
        digest: String,
    },
    /// Reject a file that awaits confirmation.
    Reject {
        /// The file's id.
        file: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// List the day's fees by client.
    Fees {
        /// The accounting date.
        date: AccountingDate,
    },
    /// List what a biller's day left unmatched.
    Findings {
        /// The accounting date.
        date: AccountingDate,
        /// Whose.
        biller: BillerId,
    },
}

pub(super) async fn run(
    command: &DayEndCommand,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let answer = match command {
        DayEndCommand::Fetch { file } => {
            return day_files::fetch(file, connection, output).await;
        }
        DayEndCommand::Close { date } => {
            let path = format!("/v1/accounting-days/{date}/close");
            connection.post(&path, &[], &json!({})).await?
        }
        DayEndCommand::Make(day) => step(connection, day, "make").await?,
        DayEndCommand::Check(day) => step(connection, day, "check").await?,
        DayEndCommand::Settle(day) => step(connection, day, "settle").await?,
        DayEndCommand::Files(day) => {
            day_files::of_day(connection, day.date, day.biller.as_ref()).await?
        }
        DayEndCommand::Show { file } => connection.get(&day_files::path(file)?).await?,
        DayEndCommand::Confirm { file, digest } => {
            let path = format!("{}/confirm", day_files::path(file)?);
            let body = json!({"digest": digest});
            connection.post(&path, &[], &body).await?
        }
        DayEndCommand::Reject { file, reason } => {
            let path = format!("{}/reject", day_files::path(file)?);
            let body = json!({"reason": reason});
            connection.post(&path, &[], &body).await?
        }
        DayEndCommand::Bring {
            side,
            party,
            date,
            file,
        } => day_files::bring(connection, *side, (party, *date), file).await?,
        DayEndCommand::Fees { date } => {
            let path = format!("/v1/accounting-days/{date}/fees");
            connection.get(&path).await?
        }
        DayEndCommand::Findings { date, biller } => {
            let path = format!("/v1/accounting-days/{date}/findings?biller={biller}");
            connection.get(&path).await?
        }
    };
    output.answer(&answer, |lines| match command {
        DayEndCommand::Close { .. } => draw_closed(lines, &answer),
        DayEndCommand::Make(_) => draw_made(lines, &answer),
        DayEndCommand::Check(_) => draw_checked(lines, &answer),
        DayEndCommand::Settle(_) => draw_settled(lines, &answer),
        DayEndCommand::Files(_) => day_files::draw_list(lines, list(&answer, "items")),
        DayEndCommand::Show { .. }
        | DayEndCommand::Bring { .. }
        | DayEndCommand::Confirm { .. }
        | DayEndCommand::Reject { .. } => day_files::draw(lines, &answer),
        DayEndCommand::Fees { .. } => draw_fees(lines, &answer),
        DayEndCommand::Findings { .. } => draw_findings(lines, &answer),
        DayEndCommand::Fetch { .. } => {}
    });
    Ok(Ending::Done)
}

async fn step(connection: &Connection, day: &Day, step: &str) -> Result<Value, Failure> {
    let of = day
        .biller
        .as_ref()
        .map(|biller| format!("?biller={biller}"));
    let path = format!(
        "/v1/accounting-days/{}/{step}{}",
        day.date,
        of.unwrap_or_default()
    );
    connection.post(&path, &[], &json!({})).await
}

fn draw_closed(lines: &mut Lines, answer: &Value) {
    lines.pair(
        "会计日期",
        "Accounting date",
        text(answer, "accounting_date"),
    );
    lines.pair("关账", "Closed", text(answer, "closed_at"));
    lines.pair("缴费笔数", "Payments", &answer["payments"].to_string());
    lines.pair("未决", "Open", &answer["open_payments"].to_string());
}

fn draw_made(lines: &mut Lines, answer: &Value) {
    lines.pair("新文件", "New files", &answer["new"].to_string());
    lines.pair("未变", "Unchanged", &answer["unchanged"].to_string());
    for one in list(answer, "left_out") {
        let why = format!("{}: {}", text(one, "party"), text(one, "reason"));
        lines.pair("未生成", "Left out", &why);
    }
}

fn draw_checked(lines: &mut Lines, answer: &Value) {
    let rows: Vec<Vec<String>> = list(answer, "billers")
        .iter()
        .chain(list(answer, "earlier"))
        .map(|row| {
            vec![
                text(row, "accounting_date").to_owned(),
                text(row, "biller").to_owned(),
                row["matched"].to_string(),
                row["different"].to_string(),
                row["open_items"].to_string(),
                if row["file"].is_string() {
                    "✓"
                } else {
                    "–"
                }
                .to_owned(),
            ]
        })
        .collect();
    lines.table(
        &[
            ("会计日期", "Accounting date"),
            ("收费单位", "Biller"),
            ("相符", "Matched"),
            ("差异", "Different"),
            ("未决", "Open"),
            ("对方文件", "Its file"),
        ],
        &rows,
    );
    lines.pair("由文件查明", "Resolved", &answer["resolved"].to_string());
    lines.pair(
        "新工单",
        "New work orders",
        &answer["work_orders"].to_string(),
    );
    for file in list(answer, "awaiting_confirmation") {
        let which = format!("{}  {}", text(file, "id"), text(file, "name"));
        lines.pair("待确认", "Awaits confirmation", &which);
    }
}

fn draw_settled(lines: &mut Lines, answer: &Value) {
    let rows: Vec<Vec<String>> = list(answer, "batches")
        .iter()
        .map(|batch| {
            vec![
                text(batch, "biller").to_owned(),
                text(batch, "payee").to_owned(),
                batch["payments"].to_string(),
                amount(&batch["gross"]),
                amount(&batch["fees"]),
                amount(&batch["net"]),
                text(batch, "state").to_owned(),
            ]
        })
        .collect();
    lines.table(
        &[
            ("收费单位", "Biller"),
            ("收款方", "Payee"),
            ("笔数", "Payments"),
            ("总额", "Gross"),
            ("手续费", "Fees"),
            ("净额", "Net"),
            ("状态", "State"),
        ],
        &rows,
    );
    lines.pair(
        "付款文件",
        "Payment file",
        text(&answer["payment_file"], "name"),
    );
    for held in list(answer, "held_back") {
        lines.pair("未清算", "Held back", text(held, "reason"));
    }
}

fn draw_fees(lines: &mut Lines, answer: &Value) {
    let rows: Vec<Vec<String>> = list(answer, "items")
        .iter()
        .map(|fees| {
            vec![
                text(fees, "client").to_owned(),
                fees["payments"].to_string(),
                amount(&fees["payers"]),
                amount(&fees["billers"]),
                amount(&fees["operator"]),
            ]
        })
        .collect();
    lines.table(
        &[
            ("渠道", "Client"),
            ("笔数", "Payments"),
            ("付款人承担", "Payers"),
            ("收费单位承担", "Billers"),
            ("银行承担", "Operator"),
        ],
        &rows,
    );
}

fn draw_findings(lines: &mut Lines, answer: &Value) {
    let rows: Vec<Vec<String>> = list(answer, "items")
        .iter()
        .map(|one| {
            vec![
                text(one, "reference").to_owned(),
                text(one, "finding").to_owned(),
                one["sides"].to_string(),
            ]
        })
        .collect();
    lines.table(
        &[
            ("流水", "Reference"),
            ("结论", "Finding"),
            ("各方", "Sides"),
        ],
        &rows,
    );
}
