//! Payers' accounts against their payments: in the house's own books, and at the
//! bank.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use guichet_tests::chance::Chance;
use serde_json::Value;

use crate::evidence::Evidence;
use crate::findings::{Findings, Rule};
use crate::judge::Shown;
use crate::load::Load;
use crate::stage::Payer;

/// Money of one account, as its payments tell it, in fen.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    paid: i64,
    held: i64,
}

/// Looks at every payer's account.
pub async fn judge(
    load: &Load,
    bank: &guichet_tests::Client,
    shown: &BTreeMap<String, Shown>,
    evidence: &Evidence,
    findings: &Findings,
) -> Result<()> {
    let mut chance = Chance::of(0, 0, 0);
    for payer in &load.payers {
        let found = match &payer.number {
            None => in_books(load, payer, shown, &mut chance).await?,
            Some(number) => at_bank(bank, payer, number, shown, evidence).await?,
        };
        if let Some(wrong) = found {
            findings.add(Rule::Balance, &payer.account, &wrong)?;
        }
    }
    let books = bank.get("/_books").await?.json();
    if books["balanced"] != true {
        findings.add(Rule::Balance, "the bank", &books.to_string())?;
    }
    Ok(())
}

async fn in_books(
    load: &Load,
    payer: &Payer,
    shown: &BTreeMap<String, Shown>,
    chance: &mut Chance,
) -> Result<Option<String>> {
    let path = format!("/v1/accounts/{}", payer.account);
    let account = load.nodes.read(&path, chance).await?.json();
    let amount = |name: &str| account[name]["amount"].as_i64();
    let balance = amount("balance").with_context(|| account.to_string())?;
    let held = amount("held").with_context(|| account.to_string())?;
    let mut told = Told::default();
    for payment in shown.values().filter(|one| one.account == payer.account) {
        match payment.state.as_str() {
            "applied" | "reversing" | "refunding" => told.paid += payment.total,
            "held" | "submitted" | "pending" | "unknown" | "refused" => told.held += payment.total,
            _ => {}
        }
    }
    let right = balance == payer.opening - told.paid && held == told.held;
    Ok((!right).then(|| {
        let opening = payer.opening;
        format!("began with {opening}, has {balance} with {held} held; payments say {told:?}")
    }))
}

async fn at_bank(
    bank: &guichet_tests::Client,
    payer: &Payer,
    number: &str,
    shown: &BTreeMap<String, Shown>,
    evidence: &Evidence,
) -> Result<Option<String>> {
    let account = bank.get(&format!("/_accounts/{number}")).await?.json();
    // An account that nobody has used yet is not known there.
    let amount = |value: &Value, otherwise| value.as_i64().unwrap_or(otherwise);
    let available = amount(&account["available"], payer.opening);
    let held = amount(&account["held"], 0);
    let mut told = Told::default();
    for payment in shown.values().filter(|one| one.account == payer.account) {
        let Some(at) = evidence.bank.get(&payment.id) else {
            continue;
        };
        let times = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let taken = times(at.capture) - times(at.refund);
        told.paid += taken * payment.total;
        told.held += (times(at.hold) - times(at.capture) - times(at.release)) * payment.total;
    }
    let right = available + held == payer.opening - told.paid && held == told.held;
    Ok((!right).then(|| {
        let opening = payer.opening;
        format!(
            "began with {opening}, {available} is available and {held} held; payments say {told:?}"
        )
    }))
}
