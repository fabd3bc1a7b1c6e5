//! A client of the house: asks for bills, pays, repeats what got no answer,
//! agrees, looks at its payment, sometimes gives up or undoes. Whatever it is told must
//! agree with what it was told before.

use std::sync::{Arc, Mutex};

use guichet::payments::{Acknowledgement, Create, PaymentError};
use guichet::store::{IdempotencyKey, Payable, StoredBillQuery};
use guichet::terms::order::{Assurance, Circumstances, PayerType};
use guichet::terms::payer::ActionKind;
use guichet_domain::Money;
use guichet_domain::bill::{AmountRule, Bill, Item, Limits, Payability, Selection};
use guichet_domain::id::RecordId;
use guichet_domain::payment::State;
use guichet_tests::chance::Chance;
use serde_json::json;

use crate::executor::Time;
use crate::nodes::Nodes;
use crate::payers::Payer;
use crate::services::{self, service};
use crate::trace::Trace;
use crate::witness::{Told, Witness};

/// Bills of each service, so few that clients meet.
const BILLS: usize = 4;

/// How often some come back later, and after how long at least.
const LATER: usize = 2;
const LATER_MS: u64 = 1_800_000;

/// What one client has come to know.
#[derive(Debug, Default)]
pub struct Seen {
    /// The payment that was acknowledged.
    pub payment: Option<RecordId>,
    /// What it had agreed to, whether it was answered or not.
    pub agreed: Vec<ActionKind>,
    /// The first thing that cannot be true.
    pub wrong: Option<String>,
}

/// See the module.
#[derive(Clone)]
pub struct Client {
    pub number: usize,
    pub nodes: Nodes,
    pub time: Arc<Time>,
    pub chance: Chance,
    pub payers: Arc<Vec<Payer>>,
    pub seen: Arc<Mutex<Vec<Seen>>>,
    pub witness: Witness,
    pub trace: Trace,
}

impl Client {
    /// One errand.
    pub async fn live(mut self) {
        self.time.sleep(self.chance.below(30_000) as u64).await;
        let mut seen = Seen::default();
        self.errand(&mut seen).await;
        self.seen.lock().expect("one thread").push(seen);
    }

    async fn errand(&mut self, seen: &mut Seen) {
        let Some(request) = self.asked_for_bills().await else {
            return;
        };
        let Some(first) = self.pay(&request, seen).await else {
            return;
        };
        seen.payment = Some(first.payment.clone());
        // A repetition gives the same bytes; another body under the key nothing.
        if self.chance.below(3) == 0
            && let Some(Ok(again)) = self.send(&request).await
            && again.body != first.body
        {
            seen.wrong = Some(format!("{} and then {}", first.body, again.body));
        }
        if self.chance.below(5) == 0 {
            let mut other = request.clone();
            other.body = json!({"other": true});
            match self.send(&other).await {
                None | Some(Err(PaymentError::KeyReused | PaymentError::Busy(_))) => {}
                told => seen.wrong = Some(format!("a key with another body: {told:?}")),
            }
        }
        let last = self.agree(&request, &first.payment, seen).await;
        let last = self.watch(&request, &first.payment, (last, seen)).await;
        if self.chance.below(3) == 0 {
            self.ask_back(&request, &first.payment, (last, seen)).await;
        }
    }

    /// Comes back later, and asks for the money as often as it takes.
    async fn ask_back(
        &mut self,
        request: &Create,
        id: &RecordId,
        (mut last, seen): (State, &mut Seen),
    ) {
        for _ in 0..LATER {
            let pause = LATER_MS + self.chance.below(LATER_MS as usize) as u64;
            self.time.sleep(pause).await;
            let node = self.chance.below(self.nodes.count());
            let (client, payment) = (request.client.clone(), id.clone());
            let asked = self.nodes.ask(node, |room| {
                Box::pin(async move {
                    let reason = "moved away";
                    room.payments.reverse(&client, &payment, reason).await
                })
            });
            if let Some(Ok(view)) = asked.await {
                self.tell(|| format!("wants {id} back, which is {}", view.state));
                self.saw(id, view.state, (&mut last, &mut *seen));
            }
        }
    }

    /// What a client is told must be reachable from what it was told before.
    pub(crate) fn saw(&self, id: &RecordId, state: State, (last, seen): (&mut State, &mut Seen)) {
        self.witness.shown(id, state);
        if !self.witness.allows(*last, state) {
            seen.wrong = Some(format!("{id} was {last} and then {state}"));
        }
        *last = state;
    }

    /// Looks at the payment from time to time, and may give up or undo.
    /// Gives what it saw last.
    async fn watch(
        &mut self,
        request: &Create,
        id: &RecordId,
        (mut last, seen): (State, &mut Seen),
    ) -> State {
        for _ in 0..6 {
            // Some look, or give up, while the worker is at it.
            if self.chance.below(3) > 0 {
                self.time.sleep(self.chance.below(15_000) as u64).await;
            }
            let wish = self.chance.below(8);
            let node = self.chance.below(self.nodes.count());
            let (client, payment) = (request.client.clone(), id.clone());
            let answer = self
                .nodes
                .ask(node, move |room| {
                    Box::pin(async move {
                        match wish {
                            0 => room.payments.cancel(&client, &payment).await,
                            1 => {
                                room.payments
                                    .reverse(&client, &payment, "wrong account")
                                    .await
                            }
                            _ => room.payments.get(&client, &payment).await,
                        }
                    })
                })
                .await;
            match answer {
                Some(Ok(view)) => {
                    self.tell(|| format!("sees {id} {} (wish {wish})", view.state));
                    self.saw(id, view.state, (&mut last, &mut *seen));
                }
                Some(Err(PaymentError::NotFound)) => {
                    seen.wrong = Some(format!("{id} is not found"));
                }
                Some(Err(_)) | None => {}
            }
        }
        last
    }

    /// Repeats the request under one key until it is answered.
    async fn pay(&mut self, request: &Create, seen: &mut Seen) -> Option<Acknowledgement> {
        for _ in 0..40 {
            let twice = self.chance.below(4) == 0;
            let answer = if twice {
                let (one, other) = (self.chance.below(9), self.chance.below(9));
                let (one, other) = futures::join!(
                    send(&self.nodes, one, request.clone()),
                    send(&self.nodes, other, request.clone())
                );
                if let (Some(Ok(one)), Some(Ok(other))) = (&one, &other)
                    && one.body != other.body
                {
                    seen.wrong = Some(format!("{} beside {}", one.body, other.body));
                }
                if matches!(one, Some(Ok(_))) {
                    one
                } else {
                    other
                }
            } else {
                self.send(request).await
            };
            match answer {
                Some(Ok(made)) => {
                    self.tell(|| format!("acknowledged {}", made.payment));
                    self.witness
                        .acknowledged(&made.payment, told(request, &made));
                    return Some(made);
                }
                Some(Err(PaymentError::Busy(_))) | None => {}
                Some(Err(
                    error @ (PaymentError::BillInPayment { .. }
                    | PaymentError::InsufficientFunds
                    | PaymentError::ClientFunds
                    | PaymentError::QueryExpired),
                )) => {
                    self.tell(|| format!("is told: {error}"));
                    return None;
                }
                Some(Err(error)) => {
                    seen.wrong = Some(format!("paying was answered: {error:?}"));
                    return None;
                }
            }
            self.time.sleep(200 + self.chance.below(3_000) as u64).await;
        }
        None
    }

    async fn send(&mut self, request: &Create) -> Option<Result<Acknowledgement, PaymentError>> {
        let node = self.chance.below(9);
        send(&self.nodes, node, request.clone()).await
    }

    pub(crate) fn tell(&self, line: impl FnOnce() -> String) {
        let number = self.number;
        self.trace
            .tell(self.time.now(), || format!("client {number} {}", line()));
    }

    /// A bill query that was answered, as a request to pay its bill.
    async fn asked_for_bills(&mut self) -> Option<Create> {
        let service = service(self.chance.below(services::COUNT));
        let bill = format!("2026-{}", self.chance.below(BILLS));
        let amount = Money::cny(50 + self.chance.below(400) as i64);
        let payer = &self.payers[self.chance.below(self.payers.len())];
        let (client, subject) = (payer.client.clone(), payer.subject.clone());
        let account = payer.account.clone();
        let number = self.number;
        for _ in 0..40 {
            let node = self.chance.below(self.nodes.count());
            let (service, asked_bill) = (service.clone(), bill.clone());
            let (owner, payer) = (client.clone(), subject.clone());
            let asked = self
                .nodes
                .ask(node, move |room| {
                    Box::pin(async move {
                        let ports = room.payments.ports().clone();
                        let query = StoredBillQuery {
                            id: ports.record_id("bq"),
                            client: owner,
                            subject: payer,
                            service,
                            release: "sha256:00".to_owned(),
                            state: "ready".to_owned(),
                            inputs: vec![("account".to_owned(), "0099".to_owned())],
                            circumstances: circumstances(),
                            answer: Box::default(),
                            payable: Some(payable(&asked_bill, amount)),
                            created_at: ports.now(),
                            expires_at: ports.now().plus_ms(6 * 3_600_000),
                        };
                        room.store.put_bill_query(&query).await.map(|()| query.id)
                    })
                })
                .await;
            if let Some(Ok(query)) = asked {
                return Some(Create {
                    client,
                    idempotency_key: format!("key-{number}"),
                    body: json!({"bill_query": query, "number": number}),
                    subject,
                    bill_query: query,
                    items: vec![Item { bill, amount }],
                    payer_account: account,
                    client_reference: None,
                    traceparent: None,
                });
            }
            self.time.sleep(1_000).await;
        }
        None
    }
}

async fn send(
    nodes: &Nodes,
    node: usize,
    request: Create,
) -> Option<Result<Acknowledgement, PaymentError>> {
    nodes
        .ask(node % nodes.count(), move |room| {
            Box::pin(async move { room.payments.create(&request).await })
        })
        .await
}

fn told(request: &Create, made: &Acknowledgement) -> Told {
    Told {
        key: IdempotencyKey {
            client: request.client.clone(),
            route: "payments",
            key: request.idempotency_key.clone(),
        },
        subject: request.subject.clone(),
        body: made.body.clone(),
        state: State::Requested,
    }
}

fn circumstances() -> Circumstances {
    Circumstances {
        region: "330100".to_owned(),
        channel: "mobile".to_owned(),
        locale: "zh-CN".to_owned(),
        journey: "j1".to_owned(),
        payer_type: PayerType::Person,
        assurance: Assurance::Low,
    }
}

fn payable(bill: &str, amount: Money) -> Payable {
    Payable {
        account_number: Some("0099".to_owned()),
        bills: vec![Bill {
            number: bill.to_owned(),
            title: "bill".to_owned(),
            payable: amount,
            rule: AmountRule::Exact,
            payability: Payability::Payable,
            payable_from: None,
            payable_to: None,
            order: 1,
            group: None,
            token: "token".to_owned(),
        }],
        selection: Selection::Any,
        limits: Limits::default(),
    }
}
