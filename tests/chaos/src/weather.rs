//! Faults at the billers and at the bank: new ones with every kill, so that some
//! calls are always slow, lost, refused or cut off in the middle.

use anyhow::Result;
use guichet_tests::Client;
use guichet_tests::chance::Chance;
use hyper::Method;
use serde_json::json;

use crate::services::{Memory, SERVICES};

/// What may go wrong at a biller, by weight: slow answers keep many payments
/// open at the moment of a kill.
const AT_BILLERS: [&str; 14] = [
    "slow",
    "slow",
    "slow",
    "slow",
    "reset_before",
    "reset_after",
    "reset_after",
    "error_after_success",
    "half_body",
    "garbage",
    "hang_before",
    "hang_after",
    "unavailable",
    "duplicate",
];
const AT_THE_BANK: [&str; 9] = [
    "slow",
    "slow",
    "reset_before",
    "reset_after",
    "error_after_success",
    "unavailable",
    "duplicate",
    "late",
    "unsigned",
];

/// Lets old faults be forgotten and brings new ones.
pub async fn turn(city: &Client, bank: &Client, chance: &mut Chance) -> Result<()> {
    clear(city, bank).await?;
    for (service, memory) in SERVICES {
        let mut fault = *chance.pick(&AT_BILLERS);
        // A network that delivers twice to a biller without memory pays twice,
        // and nobody on this side can prevent it.
        if fault == "duplicate" && memory == Memory::None {
            fault = "slow";
        }
        let on = *chance.pick(&["effect", "effect", "any"]);
        let rule = json!({
            "service": service, "fault": fault, "count": 1 + chance.below(4), "on": on,
        });
        accepted(city, &rule).await?;
    }
    for _ in 0..2 {
        let rule = json!({"fault": chance.pick(&AT_THE_BANK), "count": 1 + chance.below(3)});
        accepted(bank, &rule).await?;
    }
    // A hold that is refused is the payer's bank saying no, which is lawful.
    accepted(bank, &json!({"fault": "refuse", "on": "hold"})).await
}

/// From now on everything is answered as it should be.
pub async fn clear(city: &Client, bank: &Client) -> Result<()> {
    for client in [city, bank] {
        let cleared = client.send(Method::DELETE, "/_faults", &[], Vec::new());
        cleared.await?;
    }
    Ok(())
}

async fn accepted(client: &Client, rule: &serde_json::Value) -> Result<()> {
    let answer = client.post("/_faults", &[], rule).await?;
    anyhow::ensure!(answer.status.is_success(), "{rule}: {}", answer.text());
    Ok(())
}
