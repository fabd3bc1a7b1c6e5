//! The judgement over a run that has calmed down: every promise to a client,
//! every payment, and the biller's and the bank's own logs against each other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use futures::stream::{StreamExt as _, TryStreamExt as _};
use guichet_tests::chance::Chance;
use guichet_tests::encode;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::evidence::{AtBank, AtBiller, Evidence};
use crate::findings::{Found, Rule};
use crate::journal::Known;
use crate::load::Load;
use crate::stage::Payer;

/// Requests at a time.
const AT_ONCE: usize = 16;
/// A number that nobody else's stage of chance has.
const STAGE: u64 = 9;

/// What the judgement counted.
#[derive(Debug, Default)]
pub struct Counted {
    /// Payments by their last state.
    pub states: BTreeMap<String, u64>,
    /// Those that have not ended, by owner.
    pub owned: BTreeMap<String, u64>,
}

/// A payment as the API shows it in the end.
pub struct Shown {
    pub id: String,
    pub state: String,
    pub account: String,
    pub total: i64,
    owner: Option<String>,
    news_by: Option<String>,
    ended: bool,
}

impl Shown {
    fn read(payment: &Value) -> Result<Self> {
        let text = |name: &str| payment[name].as_str().map(str::to_owned);
        let amount = |money: &Value| money["amount"].as_i64();
        let total = amount(&payment["total"]).context("a payment without its total")?;
        Ok(Self {
            id: text("id").context("a payment without its id")?,
            state: text("state").context("a payment without a state")?,
            account: text("payer_account").context("a payment without an account")?,
            total,
            owner: text("owner"),
            news_by: text("news_by"),
            ended: payment["ended"] == true,
        })
    }

    /// Whether somebody looks after it, and says by when there is news.
    fn is_owned(&self) -> bool {
        let promised = self.news_by.as_deref();
        let promised = promised.and_then(|at| OffsetDateTime::parse(at, &Rfc3339).ok());
        self.owner.is_some() && promised.is_some_and(|at| at > OffsetDateTime::now_utc())
    }
}

/// Repeats every request that was ever made, and compares the answers.
pub async fn repeat_all(load: &Arc<Load>) -> Result<()> {
    let all = load.journal.all().into_iter().enumerate();
    let repeating = futures::stream::iter(all.map(Ok::<_, anyhow::Error>));
    repeating
        .try_for_each_concurrent(AT_ONCE, |(number, (key, known))| async move {
            // What was refused for good was never promised.
            if known.refused.is_some() && known.payment.is_none() {
                return Ok(());
            }
            let mut chance = Chance::of(number as u64, STAGE, 0);
            load.send(&key, &known.body, None, &mut chance).await?;
            let now = load.journal.look(&key);
            if known.payment.is_some() && now.acknowledgement.is_none() {
                let text = "the key of an acknowledged payment is not answered";
                load.findings.add(Rule::Acknowledged, &key, text)?;
            }
            Ok(())
        })
        .await
}

/// Every payment of every payer, as the API lists them.
pub async fn read_all(load: &Arc<Load>) -> Result<BTreeMap<String, Shown>> {
    let pages = futures::stream::iter(&load.payers);
    let pages = pages.map(|payer| read_of(load, payer));
    let pages: Vec<Vec<Shown>> = pages.buffer_unordered(AT_ONCE).try_collect().await?;
    let all = pages.into_iter().flatten();
    Ok(all.map(|shown| (shown.id.clone(), shown)).collect())
}

/// Every payment of one payer.
pub async fn read_of(load: &Load, payer: &Payer) -> Result<Vec<Shown>> {
    let mut chance = Chance::of(0, STAGE, 1);
    let mut shown = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/v1/payments?subject={}&limit=200{cursor}", payer.subject);
        let answer = load.nodes.read(&path, &mut chance).await?;
        ensure!(answer.status.is_success(), "{path}: {}", answer.text());
        let page = answer.json();
        for payment in page["items"].as_array().into_iter().flatten() {
            shown.push(Shown::read(payment)?);
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={}", encode(next)),
            None => return Ok(shown),
        }
    }
}

/// Compares what clients were promised with what is there.
pub fn promises(
    known: &BTreeMap<String, Known>,
    shown: &BTreeMap<String, Shown>,
    found: &mut Vec<Found>,
) {
    let mut promised: BTreeSet<&str> = BTreeSet::new();
    for (key, known) in known {
        let Some(id) = &known.payment else { continue };
        if !promised.insert(id) {
            found.push(Found::new(Rule::SameAnswer, id, "two keys have it"));
        }
        let Some(now) = shown.get(id) else {
            found.push(Found::new(
                Rule::Acknowledged,
                id,
                &format!("lost; its key is {key}"),
            ));
            continue;
        };
        if let Some(seen) = &known.seen
            && !may_follow(seen, &now.state)
        {
            let detail = format!("was told to be {seen}, is {}", now.state);
            found.push(Found::new(Rule::StaysEnded, id, &detail));
        }
    }
    for id in shown.keys() {
        if !promised.contains(id.as_str()) {
            found.push(Found::new(Rule::AskedFor, id, "nobody was told of it"));
        }
    }
}

/// Whether a payment that was told to be in the first state may be in the second.
fn may_follow(told: &str, now: &str) -> bool {
    match told {
        "applied" => matches!(
            now,
            "applied" | "reversing" | "reversed" | "refunding" | "refunded"
        ),
        // The biller may have refused to undo it.
        "reversing" => matches!(now, "applied" | "reversing" | "reversed" | "refunding"),
        "refunding" => matches!(now, "applied" | "refunding" | "refunded"),
        _ => told == now,
    }
}

/// Compares every payment with the logs of those outside.
pub fn payments(
    shown: &BTreeMap<String, Shown>,
    evidence: &Evidence,
    found: &mut Vec<Found>,
) -> Counted {
    let mut counted = Counted::default();
    for payment in shown.values() {
        *counted.states.entry(payment.state.clone()).or_default() += 1;
        let at_bank = evidence.bank.get(&payment.id);
        let bank_is_open = match evidence.is_banked(&payment.account) {
            true => !agrees_with_bank(payment, at_bank, found),
            false => false,
        };
        if !payment.ended || bank_is_open {
            let owner = payment.owner.clone().unwrap_or_else(|| "nobody".to_owned());
            *counted.owned.entry(owner).or_default() += 1;
            if !payment.is_owned() {
                let detail = format!(
                    "{}, owner {:?}, news by {:?}",
                    payment.state, payment.owner, payment.news_by
                );
                found.push(Found::new(Rule::Owned, &payment.id, &detail));
            }
        }
        let at_biller = evidence.biller.get(&payment.id);
        agrees_with_biller(payment, at_biller, found);
    }
    for (reference, at_biller) in &evidence.biller {
        if !shown.contains_key(reference) {
            let detail = format!("the biller knows it ({at_biller:?}), nobody else does");
            found.push(Found::new(Rule::AsTheBillerSays, reference, &detail));
        }
    }
    counted
}

fn agrees_with_biller(payment: &Shown, at_biller: Option<&AtBiller>, found: &mut Vec<Found>) {
    let none = AtBiller::default();
    let at = at_biller.unwrap_or(&none);
    let state = &payment.state;
    if at.made > 1 || at.undone > 1 {
        let detail = format!("{state}; at the biller {at:?}");
        found.push(Found::new(Rule::OneEffect, &payment.id, &detail));
    }
    let right = match state.as_str() {
        "applied" | "refunding" | "refunded" => at.standing == payment.total,
        "declined" | "cancelled" | "expired" | "released" | "refused" => at.made == 0,
        "requested" | "requires_action" | "held" => at.made == 0,
        "reversed" => at.made == 1 && at.standing == 0,
        // Nobody knows yet, or the biller is about to undo it.
        _ => true,
    };
    if !right {
        let detail = format!("{state} over {}; at the biller {at:?}", payment.total);
        found.push(Found::new(Rule::AsTheBillerSays, &payment.id, &detail));
    }
}

/// Whether the bank has done all that the state asks for; what contradicts the
/// state is a finding, what is missing only makes the payment open.
fn agrees_with_bank(payment: &Shown, at_bank: Option<&AtBank>, found: &mut Vec<Found>) -> bool {
    let none = AtBank::default();
    let at = at_bank.unwrap_or(&none);
    let legs = [at.hold, at.capture, at.release, at.refund];
    let mut wrong = |why: &str| {
        let detail = format!("{}: {why}; at the bank {at:?}", payment.state);
        found.push(Found::new(Rule::AsTheBankSays, &payment.id, &detail));
    };
    if legs.iter().any(|count| *count > 1) {
        wrong("a leg was done twice");
    }
    if at.amount.is_some_and(|amount| amount != payment.total) {
        wrong("another amount");
    }
    // What must never be, and what must be in the end.
    let (never, done): (&[usize; 4], bool) = match payment.state.as_str() {
        "applied" | "reversing" | "refunding" => (&[0, 0, 1, 1], legs == [1, 1, 0, 0]),
        "reversed" | "refunded" => (&[0, 0, 1, 0], legs == [1, 1, 0, 1]),
        "declined" => (&[1, 1, 1, 1], legs == [0; 4]),
        "released" | "cancelled" | "expired" | "refused" => {
            (&[0, 1, 0, 1], legs == [1, 0, 1, 0] || legs == [0; 4])
        }
        _ => (&[0, 1, 1, 1], true),
    };
    if legs
        .iter()
        .zip(never)
        .any(|(count, never)| count * never > 0)
    {
        wrong("a leg that must not be");
    }
    done
}
