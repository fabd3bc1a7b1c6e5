//! What surrounds the room in its tests: clock, chance, a service, a biller that
//! answers or keeps silent, and a desk that makes a silent biller speak.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use futures::future::BoxFuture;
use guichet_domain::bill::{AmountRule, Limits};
use guichet_domain::fee::{FeeBearer, FeeRule, FeeTerms};
use guichet_domain::id::{BillerId, CategoryCode, RecordId, ServiceCode};
use guichet_domain::payment::{Capabilities, Repetition, Reversal, StatusAnswer};
use guichet_domain::work_order::{Decision, Seen};
use guichet_domain::{Digest, Moment, Money};
use serde_json::json;

use super::world::{BILLER, SERVICE};
use crate::day_end::{PayTo, SettlementAccounts};
use crate::payments::Payments;
use crate::payments::ports::{BillerPort, Closed, TermsPort, Timer};
use crate::ports::{Clock, Random};
use crate::store::{Claim, StoreError};
use crate::terms::order::{
    Application, Order, Outcome, PendingAnswer, Refusal, RefusalGround, ReversalOrder,
    ReversalOutcome,
};
use crate::terms::{Payee, Terms};
use crate::work_orders::{Carried, DeskError, PaymentDesk, Task, Word};

pub(super) struct TestClock(pub(super) AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Moment {
        Moment::from_micros(self.0.load(Ordering::SeqCst))
    }
}

pub(super) struct Counting(pub(super) AtomicU64);

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let number = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        for (byte, source) in bytes.iter_mut().rev().zip(number.iter().rev()) {
            *byte = *source;
        }
    }
}

pub(super) struct NoTime;

impl Timer for NoTime {
    fn sleep(&self, _milliseconds: u64) -> BoxFuture<'_, ()> {
        Box::pin(tokio::task::yield_now())
    }
}

pub(super) struct OneService(pub(super) Payee);

impl TermsPort for OneService {
    fn terms(&self, service: &ServiceCode, _release: &str, _now: Moment) -> Result<Terms, Closed> {
        Ok(Terms {
            service: service.clone(),
            category: CategoryCode::new("water").unwrap(),
            biller: BillerId::new(BILLER).unwrap(),
            payee: self.0,
            rule: AmountRule::Exact,
            limits: Limits::default(),
            fee: FeeTerms {
                rule: FeeRule::Fixed {
                    amount: Money::cny(5),
                },
                bearer: FeeBearer::Payer,
            },
            capabilities: Capabilities {
                repetition: Repetition::MayApplyAgain,
                status: StatusAnswer::Advisory,
                reversal: Reversal::SameAccountingDate,
            },
        })
    }
}

/// What the biller does with a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    /// Applies and says so.
    Good,
    /// Applies and says nothing.
    Mute,
    /// Does not apply and says nothing.
    Deaf,
}

/// Effects, by payment; and what a silent biller says once it is made to speak.
#[derive(Default)]
pub(super) struct TestBiller {
    pub(super) moods: Mutex<Vec<Mood>>,
    pub(super) effects: Mutex<BTreeMap<String, i64>>,
    pub(super) says: Mutex<BTreeMap<String, bool>>,
    /// What it says to the next reversals, the last one first; else it undoes.
    pub(super) undoes: Mutex<Vec<ReversalOutcome>>,
}

impl TestBiller {
    fn applied(order: &Order) -> Outcome {
        Outcome::Applied(Application {
            serial: format!("S{}", order.sequence),
            amount: order.total,
            at: order.requested_at.to_string(),
            record: json!({}),
        })
    }
}

impl BillerPort for TestBiller {
    fn submit<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Outcome> {
        let mood = self.moods.lock().unwrap().pop().unwrap_or(Mood::Good);
        let id = order.payment.to_string();
        if mood != Mood::Deaf {
            self.effects
                .lock()
                .unwrap()
                .insert(id, order.total.minor_units());
        }
        let outcome = match mood {
            Mood::Good => Self::applied(order),
            Mood::Mute | Mood::Deaf => Outcome::Unknown("no answer".to_owned()),
        };
        Box::pin(std::future::ready(outcome))
    }

    fn status<'a>(
        &'a self,
        order: &'a Order,
        _last: Option<&'a PendingAnswer>,
    ) -> BoxFuture<'a, Outcome> {
        let says = self
            .says
            .lock()
            .unwrap()
            .get(order.payment.as_str())
            .copied();
        let outcome = match says {
            Some(true) => Self::applied(order),
            Some(false) => Outcome::Refused(Refusal {
                ground: RefusalGround::Definite,
                code: "DAY".to_owned(),
                message: "not in the day file".to_owned(),
            }),
            None => Outcome::Unknown("no answer".to_owned()),
        };
        Box::pin(std::future::ready(outcome))
    }

    fn reverse<'a>(&'a self, _reversal: &'a ReversalOrder) -> BoxFuture<'a, ReversalOutcome> {
        let told = self.undoes.lock().unwrap().pop();
        let outcome = told.unwrap_or_else(|| ReversalOutcome::Reversed(json!({})));
        Box::pin(std::future::ready(outcome))
    }

    fn reversal_status<'a>(
        &'a self,
        reversal: &'a ReversalOrder,
        _last: Option<&'a PendingAnswer>,
    ) -> BoxFuture<'a, ReversalOutcome> {
        self.reverse(reversal)
    }
}

/// Makes the biller speak and lets the payment room ask it.
#[derive(Default)]
pub(super) struct TestDesk {
    pub(super) payments: OnceLock<Arc<Payments>>,
    pub(super) biller: OnceLock<Arc<TestBiller>>,
    pub(super) tasks: Mutex<Vec<Task>>,
    /// How often it is away still.
    pub(super) away: AtomicI64,
}

impl TestDesk {
    async fn settle(&self, payment: &RecordId, applied: bool) -> Result<Carried, DeskError> {
        if self.away.fetch_sub(1, Ordering::SeqCst) > 0 {
            return Err(DeskError::Later("the books are away".to_owned()));
        }
        let biller = self.biller.get().unwrap();
        biller
            .says
            .lock()
            .unwrap()
            .insert(payment.to_string(), applied);
        let claim = Claim {
            payment: payment.clone(),
            service: ServiceCode::new(SERVICE).unwrap(),
            tries: 0,
        };
        self.payments.get().unwrap().drive(&claim).await.unwrap();
        Ok(Carried::Done)
    }
}

impl PaymentDesk for TestDesk {
    fn look<'a>(&'a self, _: &'a RecordId) -> BoxFuture<'a, Result<Option<Seen>, DeskError>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn carry_out<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Result<Carried, DeskError>> {
        self.tasks.lock().unwrap().push(task.clone());
        match task.decision {
            Decision::Applied => Box::pin(self.settle(&task.payment, true)),
            Decision::NotApplied => Box::pin(self.settle(&task.payment, false)),
            _ => Box::pin(std::future::ready(Ok(Carried::Nothing))),
        }
    }

    fn evidence<'a>(
        &'a self,
        payment: &'a RecordId,
        word: &'a Word,
    ) -> BoxFuture<'a, Result<Carried, DeskError>> {
        Box::pin(self.settle(payment, matches!(word, Word::Applied { .. })))
    }
}

/// The register with one account in it, while that is admitted.
pub(super) struct OneAccount(pub(super) Arc<AtomicBool>);

impl SettlementAccounts for OneAccount {
    fn pay_to<'a>(
        &'a self,
        _biller: &'a BillerId,
    ) -> BoxFuture<'a, Result<Option<PayTo>, StoreError>> {
        let account = self.0.load(Ordering::SeqCst).then(|| PayTo {
            record: Digest::from_bytes([9; 32]),
            holder: "杭州水务有限公司".to_owned(),
            bank_code: "102331000007".to_owned(),
            account: "1202020019900000000".to_owned(),
        });
        Box::pin(std::future::ready(Ok(account)))
    }
}
