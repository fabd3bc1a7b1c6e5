//! `guichet work-orders`: what people have to decide, by two of them.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::connection::Connection;
use super::exit::{Ending, Failure};
use super::output::{Lines, Output, amount, list, text};
use super::registry::Insider;

/// `guichet work-orders`
#[derive(Debug, Args)]
pub struct WorkOrdersArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: WorkOrdersCommand,
    /// Where to go, and as whom.
    #[command(flatten)]
    pub insider: Insider,
}

/// `guichet work-orders …`
#[derive(Debug, Subcommand)]
pub enum WorkOrdersCommand {
    /// List work orders.
    List {
        /// open, proposed, decided or closed.
        #[arg(long)]
        state: Option<String>,
        /// operator, or a person.
        #[arg(long)]
        owner: Option<String>,
    },
    /// Show one with its history.
    Show {
        /// Its id.
        order: String,
    },
    /// Propose a decision; another person has to agree.
    Propose {
        /// Its id.
        order: String,
        /// One of its decisions: applied, not_applied, refund_payer …
        decision: String,
        /// On which ground.
        #[arg(long)]
        evidence: String,
        /// The biller's serial number, where it has applied the payment.
        #[arg(long)]
        serial: Option<String>,
    },
    /// Agree to what another person has proposed.
    Agree {
        /// Its id.
        order: String,
        /// The version that you have read, as `show` tells it.
        #[arg(long)]
        version: i64,
    },
    /// Decline what was proposed.
    Decline {
        /// Its id.
        order: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Take one: it is yours then.
    Take {
        /// Its id.
        order: String,
    },
}

pub(super) async fn run(
    command: &WorkOrdersCommand,
    connection: &Connection,
    output: Output,
) -> Result<Ending, Failure> {
    let answer = match command {
        WorkOrdersCommand::List { state, owner } => {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("limit", "200");
            query.append_pair("state", state.as_deref().unwrap_or_default());
            query.append_pair("owner", owner.as_deref().unwrap_or_default());
            let answer = connection
                .get(&format!("/v1/work-orders?{}", query.finish()))
                .await?;
            output.answer(&answer, |lines| draw_list(lines, &answer));
            return Ok(Ending::Done);
        }
        WorkOrdersCommand::Show { order } => connection.get(&path(order)?).await?,
        WorkOrdersCommand::Propose {
            order,
            decision,
            evidence,
            serial,
        } => {
            let body = json!({"decision": decision, "evidence": evidence, "serial": serial});
            let path = format!("{}/proposals", path(order)?);
            connection.post(&path, &[], &body).await?
        }
        WorkOrdersCommand::Agree { order, version } => {
            let path = format!("{}/agree", path(order)?);
            let body = json!({"version": version});
            connection.post(&path, &[], &body).await?
        }
        WorkOrdersCommand::Decline { order, reason } => {
            let path = format!("{}/decline", path(order)?);
            connection
                .post(&path, &[], &json!({"reason": reason}))
                .await?
        }
        WorkOrdersCommand::Take { order } => {
            let path = format!("{}/take", path(order)?);
            connection.post(&path, &[], &json!({})).await?
        }
    };
    output.answer(&answer, |lines| draw(lines, &answer));
    Ok(Ending::Done)
}

fn path(order: &str) -> Result<String, Failure> {
    Ok(format!("/v1/work-orders/{}", super::segment(order)?))
}

fn draw_list(lines: &mut Lines, answer: &Value) {
    let row = |order: &Value| {
        vec![
            text(order, "id").to_owned(),
            text(order, "kind").to_owned(),
            text(order, "state").to_owned(),
            text(order, "party").to_owned(),
            amount(&order["amount"]),
            text(order, "owner").to_owned(),
            text(order, "deadline").to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = list(answer, "items").iter().map(row).collect();
    if rows.is_empty() {
        lines.say("没有工单", "There are no work orders");
        return;
    }
    lines.table(
        &[
            ("工单", "Work order"),
            ("类型", "Kind"),
            ("状态", "State"),
            ("对方", "Party"),
            ("金额", "Amount"),
            ("处理人", "Owner"),
            ("期限", "Deadline"),
        ],
        &rows,
    );
}

fn draw(lines: &mut Lines, order: &Value) {
    lines.pair("工单", "Work order", text(order, "id"));
    lines.pair("类型", "Kind", text(order, "kind"));
    lines.pair("状态", "State", text(order, "state"));
    lines.pair("事项", "Record", text(order, "record"));
    lines.pair("对方", "Party", text(order, "party"));
    lines.pair(
        "会计日期",
        "Accounting date",
        text(order, "accounting_date"),
    );
    lines.pair("金额", "Amount", &amount(&order["amount"]));
    lines.pair("处理人", "Owner", text(order, "owner"));
    lines.pair("期限", "Deadline", text(order, "deadline"));
    lines.pair("发现", "Found", &order["found"].to_string());
    let decisions: Vec<&str> = list(order, "decisions")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    lines.pair("可选处理", "Decisions", &decisions.join(", "));
    let proposal = &order["proposal"];
    lines.pair("意见", "Proposal", text(proposal, "decision"));
    lines.pair("提出人", "By", text(proposal, "by"));
    lines.pair("依据", "Evidence", text(proposal, "evidence"));
    lines.pair("同意人", "Agreed by", text(order, "agreed_by"));
    lines.pair("版本", "Version", &order["version"].to_string());
    for line in list(order, "history") {
        lines.line(&format!(
            "{}  {}  {}  {}",
            text(line, "at"),
            text(line, "event"),
            text(line, "actor"),
            text(line, "detail")
        ));
    }
}
