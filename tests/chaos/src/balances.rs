//! Payers' accounts against their payments: in the house's own books, and at the
//! bank. An account is looked at until it stands still meanwhile.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use guichet_tests::Beside;
use guichet_tests::chance::Chance;
use serde_json::Value;

use crate::evidence::{AtBank, bank_log};
use crate::findings::{Found, Rule};
use crate::judge::{Shown, read_of};
use crate::load::Load;
use crate::stage::Payer;

/// How often an account is looked at that does not stand still.
const LOOKS: usize = 30;

/// Money of one account, as its payments tell it, or as it shows it, in fen.
#[derive(Debug, Default, PartialEq, Eq)]
struct Money {
    paid: i64,
    held: i64,
}

/// Looks at every payer's account.
pub async fn judge(load: &Load, bank: &Beside, found: &mut Vec<Found>) -> Result<()> {
    for payer in &load.payers {
        let (shown, told) = standing_still(load, bank, payer).await?;
        if shown != told {
            let detail = format!("the account shows {shown:?}, its payments say {told:?}");
            found.push(Found::new(Rule::Balance, &payer.account, &detail));
        }
    }
    let books = bank.client.get("/_books").await?.json();
    if books["balanced"] != true {
        found.push(Found::new(Rule::Balance, "the bank", &books.to_string()));
    }
    Ok(())
}

/// What the account shows, before and after its payments were read, and what
/// these say.
async fn standing_still(load: &Load, bank: &Beside, payer: &Payer) -> Result<(Money, Money)> {
    for _ in 0..LOOKS {
        let before = shown(load, bank, payer).await?;
        let payments = read_of(load, payer).await?;
        let told = match &payer.number {
            None => in_books(&payments),
            Some(_) => at_bank(&payments, &bank_log(bank).await?),
        };
        if shown(load, bank, payer).await? == before {
            return Ok((before, told));
        }
    }
    bail!("{} does not stand still", payer.account)
}

async fn shown(load: &Load, bank: &Beside, payer: &Payer) -> Result<Money> {
    if let Some(number) = &payer.number {
        let account = bank.client.get(&format!("/_accounts/{number}")).await?;
        let account = account.json();
        // An account that nobody has used yet is not known there.
        let amount = |value: &Value, otherwise| value.as_i64().unwrap_or(otherwise);
        let held = amount(&account["held"], 0);
        let available = amount(&account["available"], payer.opening);
        let paid = payer.opening - available - held;
        return Ok(Money { paid, held });
    }
    let path = format!("/v1/accounts/{}", payer.account);
    let mut chance = Chance::of(0, 0, 0);
    let account = load.nodes.read(&path, &mut chance).await?.json();
    let amount = |name: &str| account[name]["amount"].as_i64();
    let balance = amount("balance").with_context(|| account.to_string())?;
    let held = amount("held").with_context(|| account.to_string())?;
    let paid = payer.opening - balance;
    Ok(Money { paid, held })
}

fn in_books(payments: &[Shown]) -> Money {
    let mut told = Money::default();
    for payment in payments {
        match payment.state.as_str() {
            "applied" | "reversing" | "refunding" => told.paid += payment.total,
            "held" | "submitted" | "pending" | "unknown" | "refused" => told.held += payment.total,
            _ => {}
        }
    }
    told
}

fn at_bank(payments: &[Shown], bank: &BTreeMap<String, AtBank>) -> Money {
    let times = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let mut told = Money::default();
    for payment in payments {
        if let Some(at) = bank.get(&payment.id) {
            told.paid += (times(at.capture) - times(at.refund)) * payment.total;
            told.held += (times(at.hold) - times(at.capture) - times(at.release)) * payment.total;
        }
    }
    told
}
