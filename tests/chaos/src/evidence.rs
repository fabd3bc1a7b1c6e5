//! What the biller and the bank have written down themselves, by payment.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use guichet_tests::Beside;
use serde_json::Value;

use crate::services::SERVICES;
use crate::stage::Payer;

/// What the biller's log says of one payment.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct AtBiller {
    /// How often it took effect.
    pub made: usize,
    /// How often it was undone.
    pub undone: usize,
    /// What stands of it, in fen.
    pub standing: i64,
}

/// What the bank's log says of one payment: how often each leg was done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct AtBank {
    pub hold: usize,
    pub capture: usize,
    pub release: usize,
    pub refund: usize,
    /// The amount, in fen.
    pub amount: Option<i64>,
}

/// Both logs.
pub struct Evidence {
    /// By the payment's id.
    pub biller: BTreeMap<String, AtBiller>,
    /// By the payment's id.
    pub bank: BTreeMap<String, AtBank>,
    banked: BTreeSet<String>,
}

impl Evidence {
    /// Reads both.
    pub async fn read(city: &Beside, bank: &Beside, payers: &[Payer]) -> Result<Self> {
        let mut biller = BTreeMap::new();
        for (service, _) in SERVICES {
            for effect in city.effects(&format!("/_log?service={service}")).await? {
                enter_biller(&mut biller, &effect)?;
            }
        }
        let banked = payers.iter().filter(|payer| payer.number.is_some());
        Ok(Self {
            biller,
            bank: bank_log(bank).await?,
            banked: banked.map(|payer| payer.account.clone()).collect(),
        })
    }

    /// Whether a bank holds this account's money.
    pub fn is_banked(&self, account: &str) -> bool {
        self.banked.contains(account)
    }
}

/// The bank's log, by the payment's id.
pub async fn bank_log(bank: &Beside) -> Result<BTreeMap<String, AtBank>> {
    let mut legs = BTreeMap::new();
    for effect in bank.effects("/_log").await? {
        enter_bank(&mut legs, &effect)?;
    }
    Ok(legs)
}

fn enter_biller(all: &mut BTreeMap<String, AtBiller>, effect: &Value) -> Result<()> {
    let reference = effect["reference"].as_str().context("no reference")?;
    let amount = effect["amount"].as_i64().context("no amount")?;
    let at = all.entry(reference.to_owned()).or_default();
    at.standing += amount;
    if effect["reversal"].is_string() {
        at.undone += 1;
    } else {
        at.made += 1;
    }
    Ok(())
}

fn enter_bank(all: &mut BTreeMap<String, AtBank>, effect: &Value) -> Result<()> {
    let reference = effect["reference"].as_str().context("no reference")?;
    let (payment, leg) = reference.split_once(':').context("no leg")?;
    let at = all.entry(payment.to_owned()).or_default();
    match leg {
        "hold" => at.hold += 1,
        "capture" => at.capture += 1,
        "release" => at.release += 1,
        "refund" => at.refund += 1,
        other => anyhow::bail!("a leg called {other}"),
    }
    at.amount = effect["amount"].as_i64();
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn effects_and_their_undoing_are_counted_by_payment() {
        let mut all = BTreeMap::new();
        for effect in [
            json!({"reference": "pay_1", "amount": 500}),
            json!({"reference": "pay_1", "amount": -500, "reversal": "rev_1"}),
            json!({"reference": "pay_2", "amount": 700}),
            json!({"reference": "pay_2", "amount": 700}),
        ] {
            enter_biller(&mut all, &effect).unwrap();
        }
        assert_eq!((all["pay_1"].made, all["pay_1"].undone), (1, 1));
        assert_eq!(all["pay_1"].standing, 0);
        assert_eq!((all["pay_2"].made, all["pay_2"].standing), (2, 1_400));
    }
}
