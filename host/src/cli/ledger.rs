//! `guichet ledger …`: looks into the books, and changes nothing.

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::{Value, json};

use super::exit::{Ending, Failure};
use super::globals::Globals;
use super::node::{log_errors, many_threads};
use super::output::Lines;
use super::storage::Books;
use crate::app;
use crate::ports::Ports;
use crate::store::{ChartBalance, LedgerReport, Store};

/// Balances read at once.
const PAGE: u32 = 1_000;

/// `guichet ledger …`
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Check every invariant of the books; exits 1 where one is broken.
    Check {
        /// Where they are.
        #[command(flatten)]
        books: Books,
    },
    /// Show what stands on the accounts of the chart, stripes summed up.
    Balances {
        /// Where they are.
        #[command(flatten)]
        books: Books,
    },
}

/// Checks the books, or shows what stands in them.
pub(super) fn ledger(command: &LedgerCommand, globals: &Globals) -> Result<Ending, Failure> {
    log_errors();
    match command {
        LedgerCommand::Check { books } => check(books, globals),
        LedgerCommand::Balances { books } => balances(books, globals),
    }
}

fn check(books: &Books, globals: &Globals) -> Result<Ending, Failure> {
    let output = globals.output()?;
    let settings = books.offline(globals)?;
    let report = many_threads()?.block_on(async {
        let store = app::open_store(&settings).await?;
        let report = store.check_ledger(Ports::system().now()).await;
        store.close().await;
        report.context("the books cannot be read")
    })?;
    output.answer(&report_json(&report), |lines| draw_report(lines, &report));
    Ok(if report.findings.is_empty() {
        Ending::Done
    } else {
        Ending::Refused
    })
}

fn balances(books: &Books, globals: &Globals) -> Result<Ending, Failure> {
    let output = globals.output()?;
    let settings = books.offline(globals)?;
    let balances = many_threads()?.block_on(async {
        let store = app::open_store(&settings).await?;
        let balances = all_balances(&store).await;
        store.close().await;
        balances
    })?;
    let items: Vec<Value> = balances.iter().map(balance_json).collect();
    output.answer(&json!({ "items": items }), |lines| {
        let rows: Vec<Vec<String>> = balances.iter().map(balance_row).collect();
        lines.table(
            &[
                ("科目", "Kind"),
                ("名称", "Name"),
                ("币种", "Currency"),
                ("应付", "Owed"),
                ("待入", "Coming"),
                ("待出", "Going"),
            ],
            &rows,
        );
    });
    Ok(Ending::Done)
}

async fn all_balances(store: &Store) -> anyhow::Result<Vec<ChartBalance>> {
    let mut all: Vec<ChartBalance> = Vec::new();
    loop {
        let last = all.last();
        let currency = last.map(|last| last.currency.to_string());
        let after = last.map_or(("", "", ""), |last| {
            let currency = currency.as_deref().unwrap_or_default();
            (last.kind.as_str(), last.name.as_str(), currency)
        });
        let page = store.chart_balances(after, PAGE).await;
        let page = page.context("the books cannot be read")?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

fn balance_json(balance: &ChartBalance) -> Value {
    json!({
        "kind": balance.kind,
        "name": balance.name,
        "currency": balance.currency,
        "owed": balance.owed,
        "coming": balance.coming,
        "going": balance.going,
        "stripes": balance.stripes,
    })
}

fn balance_row(balance: &ChartBalance) -> Vec<String> {
    vec![
        balance.kind.clone(),
        balance.name.clone(),
        balance.currency.to_string(),
        balance.owed.to_string(),
        balance.coming.to_string(),
        balance.going.to_string(),
    ]
}

fn report_json(report: &LedgerReport) -> Value {
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            json!({
                "invariant": finding.invariant,
                "record": finding.record,
                "detail": finding.detail,
            })
        })
        .collect();
    json!({
        "balanced": findings.is_empty(),
        "accounts": report.accounts,
        "transfers": report.transfers,
        "payments": report.payments,
        "findings": findings,
    })
}

fn draw_report(lines: &mut Lines, report: &LedgerReport) {
    lines.pair("账户", "Accounts", &report.accounts.to_string());
    lines.pair("分录", "Transfers", &report.transfers.to_string());
    lines.pair("缴费", "Payments", &report.payments.to_string());
    if report.findings.is_empty() {
        lines.say(
            "账目平衡，所有不变式成立。",
            "The books balance; every invariant holds.",
        );
        return;
    }
    let row = |finding: &crate::store::Finding| {
        vec![
            finding.invariant.clone(),
            finding.record.clone(),
            finding.detail.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = report.findings.iter().map(row).collect();
    lines.say("账目有问题：", "The books are not right:");
    lines.table(
        &[
            ("不变式", "Invariant"),
            ("记录", "Record"),
            ("发现", "Found"),
        ],
        &rows,
    );
}
