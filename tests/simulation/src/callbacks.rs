//! What billers tell by themselves, as messages that come in any order, twice, late,
//! and sometimes wrong: with a refusal that is older than the application, with
//! another amount, from another service's biller, or forged.

use std::sync::{Arc, Mutex};

use futures::StreamExt as _;
use futures::channel::mpsc::UnboundedReceiver;
use futures::future::BoxFuture;
use guichet::payments::{CallbackPort, PaymentError, SignedMessage};
use guichet::store::StoreError;
use guichet_domain::Money;
use guichet_domain::id::{RecordId, ServiceCode};
use guichet_domain::payment::State;
use guichet_tests::chance::Chance;
use serde_json::json;

use crate::executor::{Process, Spawner, Time};
use crate::nodes::Nodes;
use crate::services;
use crate::trace::Trace;

/// A message is this late at most.
const LATE_MS: usize = 60_000;
/// How often it is sent until somebody takes it.
const TRIES: usize = 6;

/// The biller has decided about a payment.
#[derive(Debug, Clone)]
pub struct Notice {
    pub service: ServiceCode,
    pub payment: RecordId,
    pub total: Money,
    pub applied: bool,
}

/// A service's biller signs with the service's name.
pub struct Signatures;

impl CallbackPort for Signatures {
    fn is_genuine<'a>(
        &'a self,
        service: &'a ServiceCode,
        message: &'a SignedMessage,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        let genuine = message.signatures == service.as_str();
        Box::pin(std::future::ready(Ok(genuine)))
    }
}

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// What is so.
    Truth,
    /// That something has changed.
    Changed,
    /// That it was refused, whatever became of it since.
    Refused,
    /// That it was applied, with another amount.
    OtherAmount,
    /// That it was applied, by the biller of another service.
    Foreign,
    /// That it was applied, by nobody known.
    Forged,
}

const WORDS: [Word; 8] = [
    Word::Truth,
    Word::Truth,
    Word::Truth,
    Word::Changed,
    Word::Refused,
    Word::OtherAmount,
    Word::Foreign,
    Word::Forged,
];

/// Brings the messages.
#[derive(Clone)]
pub struct Postman {
    pub nodes: Nodes,
    pub time: Arc<Time>,
    pub spawner: Spawner,
    pub chance: Chance,
    pub trace: Trace,
    pub complaints: Arc<Mutex<Vec<String>>>,
}

impl Postman {
    /// Works for as long as the world goes on.
    pub async fn work(mut self, mut notices: UnboundedReceiver<Notice>) {
        let mut count = 0;
        while let Some(notice) = notices.next().await {
            for _ in 0..self.chance.below(3) {
                count += 1;
                let word = *self.chance.pick(&WORDS);
                let message = message(&notice, word, count);
                for _ in 0..=self.chance.below(2) {
                    let chance = Chance::of(self.chance.draw(), 0, 0);
                    let postman = Self {
                        chance,
                        ..self.clone()
                    };
                    let letter = (notice.clone(), word, message.clone());
                    self.spawner.spawn(Process::World, postman.deliver(letter));
                }
            }
        }
    }

    /// Brings one message until a node has taken it.
    async fn deliver(mut self, (notice, word, message): (Notice, Word, SignedMessage)) {
        self.time.sleep(self.chance.below(LATE_MS) as u64).await;
        let service = match word {
            Word::Foreign => services::other_than(&notice.service),
            _ => notice.service.clone(),
        };
        for _ in 0..TRIES {
            let node = self.chance.below(self.nodes.count());
            self.trace.tell(self.time.now(), || {
                format!("callback {} {word:?} {}", message.id, notice.payment)
            });
            let (service, message) = (service.clone(), message.clone());
            let heard = self.nodes.ask(node, |room| {
                Box::pin(async move { room.payments.callback(&service, &message).await })
            });
            match (heard.await, word) {
                (Some(Ok(_)), Word::Foreign | Word::Forged) => {
                    self.complain(format!("{}: {word:?} was heard", notice.payment));
                    return;
                }
                (Some(Ok(_)), Word::Truth) if notice.applied => {
                    self.look(node, &notice).await;
                    return;
                }
                (Some(Ok(_)), _) => return,
                (Some(Err(PaymentError::Busy(_))) | None, _) => {}
                (Some(Err(PaymentError::NotFound | PaymentError::Forged)), _) => return,
                (Some(Err(error)), _) => {
                    self.complain(format!("{}: {error:?}", notice.payment));
                    return;
                }
            }
            self.time.sleep(500 + self.chance.below(5_000) as u64).await;
        }
    }

    /// What a node has heard, it knows.
    async fn look(&self, node: usize, notice: &Notice) {
        let id = notice.payment.clone();
        let row = self.nodes.ask(node, |room| {
            Box::pin(async move { room.store.payment(&id).await })
        });
        let Some(Ok(Some(row))) = row.await else {
            return;
        };
        let state = row.snapshot.state;
        if matches!(state, State::Submitted | State::Pending | State::Unknown) {
            let id = &notice.payment;
            self.complain(format!("{id} is {state}, and its biller was heard"));
        }
    }

    fn complain(&self, complaint: String) {
        self.complaints.lock().expect("one thread").push(complaint);
    }
}

fn message(notice: &Notice, word: Word, number: u32) -> SignedMessage {
    let applied = |amount: i64| {
        json!({
            "reference": notice.payment,
            "outcome": "applied",
            "serial": "S-callback",
            "amount": Money::cny(amount),
            "at": "2026-11-21T16:00:00+08:00",
        })
    };
    let plain = |outcome| json!({"reference": notice.payment, "outcome": outcome});
    let total = notice.total.minor_units();
    let body = match word {
        Word::Truth if !notice.applied => plain("refused"),
        Word::Truth | Word::Foreign | Word::Forged => applied(total),
        Word::Changed => plain("changed"),
        Word::Refused => plain("refused"),
        Word::OtherAmount => applied(total - 1),
    };
    let signatures = match word {
        Word::Foreign => services::other_than(&notice.service).to_string(),
        Word::Forged => "nobody".to_owned(),
        _ => notice.service.to_string(),
    };
    SignedMessage {
        id: format!("m{number}"),
        timestamp: "1795000000".to_owned(),
        signatures,
        body: serde_json::to_vec(&body).expect("plain JSON"),
    }
}
