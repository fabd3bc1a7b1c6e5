//! The load: clients that ask for bills, pay, repeat themselves, change their
//! mind and want money back, all the time and whatever happens to the nodes.
//! Each writes down what it asks for and what it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;
use guichet_tests::Client;
use guichet_tests::chance::Chance;
use hyper::StatusCode;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::findings::{Findings, Rule};
use crate::insist::{Insistent, Request, code};
use crate::journal::{Journal, id_in};
use crate::services::SERVICES;
use crate::stage::Payer;

/// The longest pause between two errands of one client, in milliseconds.
const PAUSE_MS: usize = 250;
/// A number that no other user of chance has as its stage.
const STAGE: u64 = 7;

/// What the clients share.
pub struct Load {
    /// The nodes, as clients find them.
    pub nodes: Insistent,
    /// The city, for accounts that owe something.
    pub city: Client,
    /// Who pays.
    pub payers: Vec<Payer>,
    /// What was asked and told.
    pub journal: Journal,
    /// What is wrong.
    pub findings: Arc<Findings>,
    /// Names the keys of this part of a resumed run.
    pub part: u64,
    /// Numbers the keys.
    pub next: AtomicU64,
}

/// One client: errands until it is told to stop.
pub async fn client(
    load: Arc<Load>,
    seed: (u64, u64),
    mut stop: watch::Receiver<bool>,
) -> Result<()> {
    let mut chance = Chance::of(seed.0, STAGE, seed.1);
    while !*stop.borrow() {
        load.errand(&mut chance).await?;
        let pause = chance.below(PAUSE_MS) as u64;
        let _told = tokio::time::timeout(Duration::from_millis(pause), stop.changed()).await;
    }
    Ok(())
}

/// A request to pay, and which payer's it is.
struct Wish {
    payer: usize,
    body: Value,
}

impl Load {
    async fn errand(&self, chance: &mut Chance) -> Result<()> {
        let (service, _) = *chance.pick(&SERVICES);
        let path = format!("/_sample?service={service}");
        let inputs = self.city.get(&path).await?.json()["inputs"].take();
        let Some(wish) = self.prepare(service, &inputs, chance).await else {
            return Ok(());
        };
        let key = self.pay(service, &wish, chance).await?;
        // Somebody else has the same bill on the screen.
        if chance.below(10) == 0
            && let Some(other) = self.prepare(service, &inputs, chance).await
        {
            self.pay(service, &other, chance).await?;
        }
        match self.journal.look(&key).payment {
            Some(id) => self.afterwards(&key, &id, chance).await,
            None => Ok(()),
        }
    }

    /// A request to pay the first bill that is owed; none where none was found.
    async fn prepare(&self, service: &str, inputs: &Value, chance: &mut Chance) -> Option<Wish> {
        let payer = chance.below(self.payers.len());
        let who = &self.payers[payer];
        let asked = json!({"service": service, "inputs": inputs, "subject": who.subject});
        let request = Request::post("/v1/bill-queries", asked);
        let answer = self.nodes.ask(&request, chance).await?;
        let query = answer.json();
        let bill = &query["bills"][0];
        if !answer.status.is_success() || !bill["id"].is_string() {
            return None;
        }
        let body = json!({
            "bill_query": query["id"],
            "items": [{"bill": bill["id"], "amount": bill["amount"]}],
            "payer_account": who.account,
            "subject": who.subject,
        });
        Some(Wish { payer, body })
    }

    /// Asks for a payment under a new key until there is an answer; the key.
    async fn pay(&self, service: &str, wish: &Wish, chance: &mut Chance) -> Result<String> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let key = format!("chaos-{}-{number}", self.part);
        let body = &wish.body;
        self.journal.asked(&key, service, wish.payer, body)?;
        match chance.below(10) {
            // An impatient client sends it several times at once.
            0..3 => {
                let (mut one, mut two) = (chance.clone(), Chance::of(chance.draw(), STAGE, 0));
                let first = self.send(&key, body, None, &mut one);
                let second = self.send(&key, body, None, &mut two);
                let third = self.send(&key, body, None, chance);
                let (first, second, third) = tokio::join!(first, second, third);
                first.and(second).and(third)?;
            }
            // Another waits for the end.
            3 | 4 => self.send(&key, body, Some("wait=3"), chance).await?,
            _ => self.send(&key, body, None, chance).await?,
        }
        Ok(key)
    }

    /// Sends a payment's request until it is answered, and writes the answer down.
    pub async fn send(
        &self,
        key: &str,
        body: &Value,
        prefer: Option<&str>,
        chance: &mut Chance,
    ) -> Result<()> {
        let mut request = payment(key, body);
        if let Some(wait) = prefer {
            request = request.with("prefer", wait);
        }
        let promised = self.journal.look(key).payment;
        let Some(answer) = self.nodes.ask(&request, chance).await else {
            return Ok(());
        };
        let text = answer.text();
        if !answer.status.is_success() {
            if let Some(id) = promised {
                let detail = format!("{id} was acknowledged, then {text}");
                self.findings.add(Rule::SameAnswer, key, &detail)?;
            }
            return self.journal.refused(key, &answer, &self.findings);
        }
        if prefer.is_none() {
            return self.journal.acknowledged(key, &text, &self.findings);
        }
        if let Some(id) = id_in(&text) {
            self.journal.shown(key, &id, &self.findings)?;
        }
        self.remember(key, &answer.json())
    }

    /// What clients do with a payment that they have been promised.
    async fn afterwards(&self, key: &str, id: &str, chance: &mut Chance) -> Result<()> {
        match chance.below(10) {
            0 | 1 => self.repeat(key, chance).await,
            2 => self.misuse(key, chance).await,
            3 | 4 => self.cancel(key, id, chance).await,
            5..8 => self.give_back(key, id, chance).await,
            _ => Ok(()),
        }
    }

    async fn repeat(&self, key: &str, chance: &mut Chance) -> Result<()> {
        let body = self.journal.look(key).body;
        for _ in 0..=chance.below(3) {
            self.send(key, &body, None, chance).await?;
        }
        Ok(())
    }

    /// The same key for something else must be refused.
    async fn misuse(&self, key: &str, chance: &mut Chance) -> Result<()> {
        let mut body = self.journal.look(key).body;
        body["client_reference"] = json!(key);
        match self.nodes.ask(&payment(key, &body), chance).await {
            Some(answer) if code(&answer) != "idempotency_key_reused" => {
                let text = format!("another body under the key: {}", answer.text());
                self.findings.add(Rule::SameAnswer, key, &text)
            }
            Some(_) | None => Ok(()),
        }
    }

    async fn cancel(&self, key: &str, id: &str, chance: &mut Chance) -> Result<()> {
        let request = Request::post(format!("/v1/payments/{id}/cancel"), json!({}));
        match self.nodes.ask(&request, chance).await {
            Some(answer) if answer.status.is_success() => self.remember(key, &answer.json()),
            Some(_) | None => Ok(()),
        }
    }

    /// Waits for the end, and then perhaps wants the money back.
    async fn give_back(&self, key: &str, id: &str, chance: &mut Chance) -> Result<()> {
        let path = format!("/v1/payments/{id}");
        let request = Request::get(&path).with("prefer", "wait=4");
        let Some(answer) = self.nodes.ask(&request, chance).await else {
            return Ok(());
        };
        if answer.status == StatusCode::NOT_FOUND {
            return self.findings.add(Rule::Acknowledged, id, &answer.text());
        }
        let payment = answer.json();
        self.remember(key, &payment)?;
        if payment["state"] != "applied" || chance.below(2) == 0 {
            return Ok(());
        }
        let reason = json!({"reason": "paid by mistake"});
        let request = Request::post(format!("{path}/refunds"), reason);
        let request = request.with("idempotency-key", "undo");
        match self.nodes.ask(&request, chance).await {
            Some(answer) if answer.status.is_success() => self.remember(key, &answer.json()),
            Some(_) | None => Ok(()),
        }
    }

    /// An end that was told must not be taken back.
    fn remember(&self, key: &str, payment: &Value) -> Result<()> {
        let state = payment["state"].as_str().unwrap_or_default();
        if payment["ended"] == true || state == "reversing" || state == "refunding" {
            self.journal.seen(key, state)?;
        }
        Ok(())
    }
}

fn payment(key: &str, body: &Value) -> Request {
    Request::post("/v1/payments", body.clone()).with("idempotency-key", key)
}
