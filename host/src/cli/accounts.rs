//! `guichet accounts` and `guichet clients`: what stands on accounts, their
//! statements, and the operator's side of clients' accounts.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use guichet_domain::Currency;
use guichet_domain::id::{AccountId, ClientId};
use serde_json::{Value, json};

use super::connection::Connection;
use super::exit::{Ending, Failure};
use super::output::{Lines, Output, amount, list, text};
use super::registry::Insider;
use super::requests;

/// `guichet accounts …`
#[derive(Debug, Subcommand)]
pub enum AccountsCommand {
    /// Show an account.
    Show {
        /// Its id.
        account: AccountId,
        /// Where to go.
        #[command(flatten)]
        connection: requests::Connection,
    },
    /// Print the statement of a month or a day.
    Statement {
        /// The account's id.
        account: AccountId,
        /// A month, 2026-11.
        #[arg(long, required_unless_present = "day", conflicts_with = "day")]
        month: Option<String>,
        /// A day, 2026-11-22.
        #[arg(long)]
        day: Option<String>,
        /// As a CSV file.
        #[arg(long)]
        csv: bool,
        /// Where to go.
        #[command(flatten)]
        connection: requests::Connection,
    },
}

/// `guichet clients`
#[derive(Debug, Args)]
pub struct ClientsArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: ClientsCommand,
    /// Where to go.
    #[command(flatten)]
    pub insider: Insider,
}

/// `guichet clients …`
#[derive(Debug, Subcommand)]
pub enum ClientsCommand {
    /// Show a client's account and prices.
    Show {
        /// The client.
        client: ClientId,
    },
    /// Pay money into a client's account.
    TopUp {
        /// The client.
        client: ClientId,
        /// Minor units.
        amount: i64,
        /// The operator's own reference; the same one pays in once.
        #[arg(long)]
        reference: String,
        /// ISO 4217.
        #[arg(long, default_value = "CNY")]
        currency: Currency,
    },
    /// Say how far a client may live on credit.
    CreditLimit {
        /// The client.
        client: ClientId,
        /// Minor units.
        limit: i64,
        /// ISO 4217.
        #[arg(long, default_value = "CNY")]
        currency: Currency,
    },
    /// Give a client new prices.
    Prices {
        /// The client.
        client: ClientId,
        /// The list, in JSON as the API has it.
        file: PathBuf,
    },
}

pub(super) async fn run(
    command: &AccountsCommand,
    connect: impl Fn(&requests::Connection) -> Result<Connection, Failure>,
    output: Output,
) -> Result<Ending, Failure> {
    match command {
        AccountsCommand::Show {
            account,
            connection,
        } => {
            let path = format!("/v1/accounts/{account}");
            let answer = connect(connection)?.get(&path).await?;
            output.answer(&answer, |lines| draw_account(lines, &answer));
        }
        AccountsCommand::Statement {
            account,
            month,
            day,
            csv,
            connection,
        } => {
            let period = match (month, day) {
                (Some(month), _) => format!("month={}", period(month)?),
                (None, Some(day)) => format!("day={}", period(day)?),
                (None, None) => return Err(Failure::Usage("name --month or --day".to_owned())),
            };
            let path = format!("/v1/accounts/{account}/statement?{period}");
            let connection = connect(connection)?;
            if *csv {
                let file = connection.get_text(&format!("{path}&format=csv")).await?;
                output.answer(&json!({"content": file}), |lines| {
                    file.lines().for_each(|line| lines.line(line));
                });
                return Ok(Ending::Done);
            }
            let answer = connection.get(&path).await?;
            output.answer(&answer, |lines| draw_statement(lines, &answer));
        }
    }
    Ok(Ending::Done)
}

/// Digits and dashes only: the rest is refused by the server.
fn period(text: &str) -> Result<&str, Failure> {
    let lawful = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-');
    if lawful {
        Ok(text)
    } else {
        Err(Failure::Usage(format!("{text:?} is no month or day")))
    }
}

fn draw_account(lines: &mut Lines, account: &Value) {
    lines.pair("账户", "Account", text(account, "id"));
    lines.pair("种类", "Kind", text(account, "kind"));
    if account["bank"].is_object() {
        let bank = &account["bank"];
        let shown = format!("{} …{}", text(bank, "name"), text(bank, "last_four"));
        lines.pair("持有银行", "Held by", &shown);
        return;
    }
    lines.pair("余额", "Balance", &amount(&account["balance"]));
    lines.pair("冻结", "Held", &amount(&account["held"]));
    lines.pair("可用", "Available", &amount(&account["available"]));
}

fn draw_statement(lines: &mut Lines, statement: &Value) {
    lines.pair("账户", "Account", text(statement, "account"));
    lines.pair("期初", "Opening", &amount(&statement["opening"]));
    lines.pair("收入", "In", &amount(&statement["paid_in"]));
    lines.pair("支出", "Out", &amount(&statement["paid_out"]));
    lines.pair("期末", "Closing", &amount(&statement["closing"]));
    let row = |entry: &Value| {
        vec![
            text(entry, "at").to_owned(),
            text(entry, "direction").to_owned(),
            amount(&entry["amount"]),
            amount(&entry["balance"]),
            text(entry, "payment").to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = list(statement, "entries").iter().map(row).collect();
    lines.table(
        &[
            ("时间", "At"),
            ("方向", "Direction"),
            ("金额", "Amount"),
            ("余额", "Balance"),
            ("缴费", "Payment"),
        ],
        &rows,
    );
}

pub(super) async fn clients(
    command: &ClientsCommand,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let money = |amount: i64, currency: &Currency| json!({"amount": amount, "currency": currency});
    let answer = match command {
        ClientsCommand::Show { client } => {
            let path = format!("/v1/clients/{client}/account");
            connection.get(&path).await?
        }
        ClientsCommand::TopUp {
            client,
            amount,
            reference,
            currency,
        } => {
            let body = json!({"amount": money(*amount, currency), "reference": reference});
            let path = format!("/v1/clients/{client}/top-ups");
            connection.post(&path, &[], &body).await?
        }
        ClientsCommand::CreditLimit {
            client,
            limit,
            currency,
        } => {
            let path = format!("/v1/clients/{client}/credit-limit");
            let body = json!({"limit": money(*limit, currency)});
            connection.put(&path, &body).await?
        }
        ClientsCommand::Prices { client, file } => {
            let wrong = |why: String| Failure::Usage(format!("{}: {why}", file.display()));
            let read = std::fs::read(file).map_err(|error| wrong(error.to_string()))?;
            let list: Value =
                serde_json::from_slice(&read).map_err(|error| wrong(error.to_string()))?;
            let path = format!("/v1/clients/{client}/prices");
            let answer = connection.put(&path, &list).await?;
            output.answer(&answer, |lines| {
                lines.say("价目表已生效。", "The prices count from now on.");
            });
            return Ok(Ending::Done);
        }
    };
    output.answer(&answer, |lines| {
        lines.pair("客户", "Client", text(&answer, "client"));
        lines.pair("账户", "Account", text(&answer, "account"));
        lines.pair("余额", "Balance", &amount(&answer["balance"]));
        lines.pair("冻结", "Held", &amount(&answer["held"]));
        lines.pair("可用", "Available", &amount(&answer["available"]));
        lines.pair("授信", "Credit limit", &amount(&answer["credit_limit"]));
    });
    Ok(Ending::Done)
}
