//! `guichet bills`: ask what is owed and read the answer again.

use std::path::Path;

use serde_json::{Value, json};

use super::connection::Connection;
use super::exit::{Ending, Failure};
use super::inputs;
use super::last::{self, Noun};
use super::output::{Lines, Output, amount, list, text};
use super::requests::BillsCommand;

pub(super) async fn run(
    command: &BillsCommand,
    data: &Path,
    connect: impl Fn(&super::requests::Connection) -> Result<Connection, Failure>,
    output: Output,
) -> Result<Ending, Failure> {
    let answer = match command {
        BillsCommand::Query {
            service,
            inputs,
            connection,
        } => {
            let connection = connect(connection)?;
            let mut body = json!({
                "service": service,
                "subject": connection.subject()?,
                "inputs": inputs::read(inputs, service, &connection).await?,
            });
            inputs::continue_step(inputs, &mut body);
            connection.post("/v1/bill-queries", &[], &body).await?
        }
        BillsCommand::Show { query, connection } => {
            let path = format!(
                "/v1/bill-queries/{}",
                last::resolve(data, Noun::BillQuery, query)?
            );
            connect(connection)?.get(&path).await?
        }
    };
    last::remember(data, Noun::BillQuery, text(&answer, "id"));
    output.answer(&answer, |lines| draw(lines, &answer));
    Ok(super::ending_of_state(&answer))
}

fn draw(lines: &mut Lines, query: &Value) {
    lines.pair("查询编号", "Bill query", text(query, "id"));
    super::asking::draw_open_state(lines, query, "guichet bills show");
    let account = &query["account"];
    lines.pair("户号", "Account", text(account, "number"));
    lines.pair("户名", "Holder", text(account, "holder_name"));
    lines.pair("地址", "Address", text(account, "address"));
    lines.pair("余额", "Balance", &amount(&account["balance"]));
    lines.pair("欠费合计", "Arrears", &amount(&account["arrears"]));
    lines.pair("提示", "Notice", text(query, "notice"));
    if text(query, "state") != "ready" {
        return;
    }
    let bills = list(query, "bills");
    if bills.is_empty() {
        lines.say("没有待缴账单。", "Nothing is owed.");
        return;
    }
    lines.pair("账单选择", "Selection", text(query, "selection"));
    lines.pair("有效期至", "Valid until", text(query, "expires_at"));
    lines.line("");
    let rows: Vec<Vec<String>> = bills.iter().map(row).collect();
    lines.table(
        &[
            ("账单号", "Bill"),
            ("名称", "Title"),
            ("账期", "Period"),
            ("应缴", "Amount"),
            ("其中违约金等", "Late charge"),
            ("金额规则", "Rule"),
        ],
        &rows,
    );
    lines.line("");
    let id = text(query, "id");
    if bills.len() == 1 {
        lines.line(&format!("guichet pay {id}{}", amount_hint(&bills[0])));
    } else {
        lines.line(&format!("guichet pay {id} --all"));
        lines.line(&format!(
            "guichet pay {id} --bill {}",
            text(&bills[0], "id")
        ));
    }
}

fn row(bill: &Value) -> Vec<String> {
    let period = &bill["period"];
    let period = match (text(period, "from"), text(period, "to")) {
        ("", _) => String::new(),
        (from, to) => format!("{from}–{to}"),
    };
    let state = if bill["payable"] == false {
        text(bill, "not_payable_reason")
    } else {
        ""
    };
    vec![
        text(bill, "id").to_owned(),
        format!("{} {state}", text(bill, "title")),
        period,
        amount(&bill["amount"]),
        amount(&bill["late_charge"]),
        rule(&bill["amount_rule"]),
    ]
}

/// An amount rule in a few characters.
fn rule(rule: &Value) -> String {
    let money = |name: &str| amount(&rule[name]);
    match text(rule, "kind") {
        "at_most" => format!("≤ {}", money("maximum")),
        "at_least" => format!("≥ {}", money("minimum")),
        "between" => format!("{} – {}", money("minimum"), money("maximum")),
        "steps" => format!(
            "{} – {} / {}",
            money("minimum"),
            money("maximum"),
            money("step")
        ),
        "choices" => list(rule, "amounts")
            .iter()
            .map(amount)
            .collect::<Vec<_>>()
            .join(", "),
        "whole_plus" => format!("= … + {}", money("allowance")),
        other => other.to_owned(),
    }
}

/// What an open bill's amount could be, for the command to paste.
fn amount_hint(bill: &Value) -> String {
    let rule = &bill["amount_rule"];
    let example = match text(rule, "kind") {
        "choices" => &rule["amounts"][0],
        "between" | "steps" | "at_least" => &rule["minimum"],
        "at_most" if bill["amount"]["amount"] == 0 => &rule["maximum"],
        _ => return String::new(),
    };
    let digits = amount(example);
    format!(
        " --amount {}",
        digits
            .trim_start_matches('¥')
            .split(' ')
            .next()
            .unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_bill_comes_with_an_amount_that_can_be_pasted() {
        let bill = json!({
            "amount": {"amount": 0, "currency": "CNY"},
            "amount_rule": {"kind": "between",
                "minimum": {"amount": 1000, "currency": "CNY"},
                "maximum": {"amount": 50000, "currency": "CNY"}}
        });
        assert_eq!(amount_hint(&bill), " --amount 10.00");
        assert_eq!(rule(&bill["amount_rule"]), "¥10.00 – ¥500.00");
        assert_eq!(amount_hint(&json!({"amount_rule": {"kind": "exact"}})), "");
    }
}
