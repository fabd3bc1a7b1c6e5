//! `guichet payments`: follow, prove and undo payments.

use form_urlencoded::Serializer;
use serde_json::{Value, json};

use super::asking::draw_fields;
use super::connection::Connection;
use super::exit::{Ending, Failure};
use super::last::LAST;
use super::output::{Lines, Output, amount, list, text};
use super::requests::PaymentsCommand;

pub(super) async fn run(
    command: &PaymentsCommand,
    connect: impl Fn(&super::requests::Connection) -> Result<Connection, Failure>,
    output: Output,
) -> Result<Ending, Failure> {
    match command {
        PaymentsCommand::Show {
            payment,
            connection,
        } => {
            let connection = connect(connection)?;
            let payment = connection.get(&path(&connection, payment).await?).await?;
            show_with_receipt(&connection, payment, output).await
        }
        PaymentsCommand::List { limit, connection } => {
            let connection = connect(connection)?;
            let answer = list_of(&connection, *limit).await?;
            output.answer(&answer, |lines| draw_list(lines, &answer));
            Ok(Ending::Done)
        }
        PaymentsCommand::Cancel {
            payment,
            connection,
        } => {
            let connection = connect(connection)?;
            let path = format!("{}/cancel", path(&connection, payment).await?);
            let key = super::new_key();
            let headers = [("idempotency-key", key.as_str())];
            let answer = connection.post(&path, &headers, &json!({})).await?;
            output.answer(&answer, |lines| draw(lines, &answer));
            Ok(Ending::Done)
        }
        PaymentsCommand::Authorise {
            payment,
            person,
            method,
            connection,
        } => {
            let connection = connect(connection)?;
            let path = path(&connection, payment).await?;
            // What is agreed to is what the payment says now.
            let shown = connection.get(&path).await?;
            let person = person.as_deref().unwrap_or_else(|| text(&shown, "subject"));
            let body = json!({
                "binding": shown["action"]["binding"].as_str().unwrap_or_default(),
                "subject": person,
                "method": method,
            });
            let answer = connection
                .post(&format!("{path}/authorise"), &[], &body)
                .await?;
            output.answer(&answer, |lines| draw(lines, &answer));
            Ok(Ending::Done)
        }
        PaymentsCommand::Refund {
            payment,
            reason,
            key,
            connection,
        } => {
            let connection = connect(connection)?;
            let path = format!("{}/refunds", path(&connection, payment).await?);
            let key = key.clone().unwrap_or_else(super::new_key);
            let headers = [("idempotency-key", key.as_str()), ("prefer", "wait=20")];
            let body = json!({"reason": reason});
            let answer = connection.post(&path, &headers, &body).await?;
            output.answer(&answer, |lines| draw(lines, &answer));
            Ok(ending(&answer))
        }
    }
}

/// The subject's payments, newest first.
async fn list_of(connection: &Connection, limit: u32) -> Result<Value, Failure> {
    let query = Serializer::new(String::new())
        .append_pair("subject", connection.subject()?)
        .append_pair("limit", &limit.to_string())
        .finish();
    connection.get(&format!("/v1/payments?{query}")).await
}

/// A payment's path; `last` is the subject's newest one.
async fn path(connection: &Connection, payment: &str) -> Result<String, Failure> {
    if payment != LAST {
        return Ok(format!("/v1/payments/{}", super::segment(payment)?));
    }
    let newest = list_of(connection, 1).await?;
    let newest = list(&newest, "items").first();
    let newest = newest.ok_or_else(|| Failure::Usage("there are no payments yet".to_owned()))?;
    Ok(format!("/v1/payments/{}", text(newest, "id")))
}

/// Shows a payment with its events, and with its receipt once it is applied.
pub(super) async fn show_with_receipt(
    connection: &Connection,
    mut payment: Value,
    output: Output,
) -> Result<Ending, Failure> {
    let path = format!("/v1/payments/{}", super::segment(text(&payment, "id"))?);
    let events = connection.get(&format!("{path}/events")).await?;
    payment["events"] = events["items"].clone();
    if payment["application"].is_object() {
        payment["receipt"] = connection.get(&format!("{path}/receipt")).await?;
    }
    output.answer(&payment, |lines| {
        draw(lines, &payment);
        draw_events(lines, &payment);
    });
    Ok(ending(&payment))
}

/// How the command ends where a payment stands like this.
fn ending(payment: &Value) -> Ending {
    match text(payment, "state") {
        "applied" | "reversed" | "refunded" => Ending::Done,
        "declined" | "cancelled" | "expired" | "refused" | "released" => Ending::Refused,
        _ => Ending::Open,
    }
}

fn draw_list(lines: &mut Lines, answer: &Value) {
    let row = |payment: &Value| {
        vec![
            text(payment, "id").to_owned(),
            text(payment, "state").to_owned(),
            text(payment, "service").to_owned(),
            amount(&payment["total"]),
            text(payment, "created_at").to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = list(answer, "items").iter().map(row).collect();
    if rows.is_empty() {
        lines.say("还没有缴费记录。", "No payments yet.");
        return;
    }
    lines.table(
        &[
            ("缴费编号", "Payment"),
            ("状态", "State"),
            ("项目", "Service"),
            ("金额", "Amount"),
            ("时间", "Created"),
        ],
        &rows,
    );
}

fn draw(lines: &mut Lines, payment: &Value) {
    lines.line(text(payment, "message"));
    lines.pair("缴费编号", "Payment", text(payment, "id"));
    lines.pair("状态", "State", text(payment, "state"));
    lines.pair("项目", "Service", text(payment, "service"));
    for item in list(payment, "items") {
        let line = format!("{}  {}", text(item, "bill"), amount(&item["amount"]));
        lines.pair("账单", "Bill", &line);
    }
    lines.pair("金额", "Amount", &amount(&payment["total"]));
    lines.pair("手续费", "Fee", &amount(&payment["fee"]["amount"]));
    lines.pair("付款账户", "Paid from", text(payment, "payer_account"));
    lines.pair(
        "会计日期",
        "Accounting date",
        text(payment, "accounting_date"),
    );
    lines.pair("说明", "Reason", text(payment, "reason"));
    lines.pair("最迟答复", "News by", text(payment, "news_by"));
    draw_application(lines, &payment["application"]);
    lines.pair(
        "回单摘要",
        "Receipt digest",
        text(&payment["receipt"], "digest"),
    );
}

fn draw_application(lines: &mut Lines, application: &Value) {
    if !application.is_object() {
        return;
    }
    lines.pair("销账流水", "Biller's serial", text(application, "serial"));
    lines.pair("销账时间", "Applied at", text(application, "at"));
    lines.pair("余额", "Balance", &amount(&application["balance"]));
    for delivery in list(application, "deliveries") {
        lines.pair("购电码", "Meter token", text(delivery, "digits"));
        lines.pair("写卡", "Card", text(delivery, "instruction"));
        lines.pair("提示", "Delivery", text(delivery, "text"));
    }
    lines.pair(
        "缴款码",
        "Treasury code",
        text(application, "treasury_code"),
    );
    lines.pair(
        "财政票据",
        "Fiscal receipt",
        text(application, "fiscal_receipt"),
    );
    lines.pair("发票", "Invoice", text(application, "invoice_reference"));
    draw_fields(lines, application);
}

fn draw_events(lines: &mut Lines, payment: &Value) {
    lines.line("");
    let row = |event: &Value| {
        vec![
            event["number"].to_string(),
            text(event, "event").to_owned(),
            text(event, "state").to_owned(),
            text(event, "at").to_owned(),
        ]
    };
    let rows: Vec<Vec<String>> = list(payment, "events").iter().map(row).collect();
    lines.table(
        &[
            ("#", "#"),
            ("事件", "Event"),
            ("状态", "State"),
            ("时间", "At"),
        ],
        &rows,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_outcome_is_neither_success_nor_failure() {
        let ending = |state: &str| ending(&json!({"state": state}));
        assert_eq!(ending("applied"), Ending::Done);
        assert_eq!(ending("released"), Ending::Refused);
        for open in ["held", "submitted", "pending", "unknown", "reversing"] {
            assert_eq!(ending(open), Ending::Open, "{open}");
        }
    }
}
