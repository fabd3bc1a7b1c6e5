//! A bank of the tests: its own balances, holds and log of effects; one
//! reference has one effect, whatever is sent how often.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use guichet_domain::id::RecordId;
use guichet_domain::payment::Leg;
use tokio::sync::Notify;

use super::{Fault, Late, TestClock};
use crate::bank::{Bank, BankAnswer, BankOrder, Banks, Custom};

pub(in crate::payments::tests) const BANK: &str = "icbc";

/// What the bank did under one reference.
#[derive(Debug, Clone)]
struct Entry {
    answer: BankAnswer,
    amount: i64,
}

struct State {
    custom: Custom,
    is_connected: bool,
    available: i64,
    entries: BTreeMap<String, Entry>,
    /// Effects, in order: leg and payment.
    log: Vec<(Leg, String)>,
    faults: VecDeque<(Leg, Fault)>,
    questions: VecDeque<Fault>,
    late: Late<BankOrder>,
    aimed_at: Option<RecordId>,
}

pub(in crate::payments::tests) struct FakeBank {
    state: Mutex<State>,
    /// Rung when a call will never be answered.
    pub(in crate::payments::tests) hung: Notify,
}

impl FakeBank {
    pub(in crate::payments::tests) fn new(clock: Arc<TestClock>, available: i64) -> Self {
        let state = Mutex::new(State {
            custom: Custom::HoldFirst,
            is_connected: true,
            available,
            entries: BTreeMap::new(),
            log: Vec::new(),
            faults: VecDeque::new(),
            questions: VecDeque::new(),
            late: Late::new(clock),
            aimed_at: None,
        });
        Self {
            state,
            hung: Notify::new(),
        }
    }

    pub(in crate::payments::tests) fn set_custom(&self, custom: Custom) {
        self.state.lock().unwrap().custom = custom;
    }

    /// The house has no connection to it from now on.
    pub(in crate::payments::tests) fn disconnect(&self) {
        self.state.lock().unwrap().is_connected = false;
    }

    /// It has one again.
    pub(in crate::payments::tests) fn connect(&self) {
        self.state.lock().unwrap().is_connected = true;
    }

    /// What happens to the next order of this leg.
    pub(in crate::payments::tests) fn will(&self, leg: Leg, fault: Fault) {
        self.state.lock().unwrap().faults.push_back((leg, fault));
    }

    /// What happens to the next questions.
    pub(in crate::payments::tests) fn will_answer(&self, faults: &[Fault]) {
        self.state.lock().unwrap().questions.extend(faults);
    }

    /// Faults strike this payment only.
    pub(in crate::payments::tests) fn aim(&self, payment: &RecordId) {
        self.state.lock().unwrap().aimed_at = Some(payment.clone());
    }

    /// Forgets what should have happened and did not.
    pub(in crate::payments::tests) fn calm(&self) {
        let mut state = self.state.lock().unwrap();
        state.faults.clear();
        state.questions.clear();
    }

    /// How often a leg had its effect for this payment.
    pub(in crate::payments::tests) fn effects(&self, leg: Leg, payment: &str) -> usize {
        let mut state = self.state.lock().unwrap();
        state.land();
        let same = |effect: &&(Leg, String)| effect.0 == leg && effect.1 == payment;
        state.log.iter().filter(same).count()
    }

    /// What the payer can spend.
    pub(in crate::payments::tests) fn available(&self) -> i64 {
        self.state.lock().unwrap().available
    }
}

impl State {
    fn strikes(&self, order: &BankOrder) -> bool {
        self.aimed_at
            .as_ref()
            .is_none_or(|payment| *payment == order.payment)
    }

    fn land(&mut self) {
        for order in self.late.arrived() {
            self.carry_out(&order);
        }
    }

    /// Does what is ordered, once for each reference.
    fn carry_out(&mut self, order: &BankOrder) -> BankAnswer {
        let reference = order.reference();
        if let Some(known) = self.entries.get(&reference) {
            assert_eq!(known.amount, order.amount.minor_units(), "{reference}");
            return known.answer.clone();
        }
        let amount = order.amount.minor_units();
        let done = |leg: Leg| {
            let reference = format!("{}:{leg}", order.payment);
            let entry = self.entries.get(&reference);
            matches!(
                entry.map(|entry| &entry.answer),
                Some(BankAnswer::Done { .. })
            )
        };
        let (allowed, moved) = match order.leg {
            Leg::Hold => (self.available >= amount, -amount),
            Leg::Capture if self.custom == Custom::CaptureFirst => {
                (self.available >= amount, -amount)
            }
            Leg::Capture => (done(Leg::Hold) && !done(Leg::Release), 0),
            Leg::Release => (done(Leg::Hold) && !done(Leg::Capture), amount),
            Leg::Refund => (done(Leg::Capture), amount),
        };
        let answer = if allowed {
            self.available += moved;
            self.log.push((order.leg, order.payment.to_string()));
            BankAnswer::Done {
                serial: format!("B{}", self.log.len()),
            }
        } else {
            refusal()
        };
        let entry = Entry {
            answer: answer.clone(),
            amount,
        };
        self.entries.insert(reference, entry);
        answer
    }
}

fn refusal() -> BankAnswer {
    BankAnswer::Refused {
        code: "51".to_owned(),
        message: "insufficient funds".to_owned(),
    }
}

impl Banks for FakeBank {
    fn bank(&self, name: &str) -> Option<&dyn Bank> {
        let is_connected = self.state.lock().unwrap().is_connected;
        (name == BANK && is_connected).then_some(self as &dyn Bank)
    }
}

impl Bank for FakeBank {
    fn custom(&self) -> Custom {
        self.state.lock().unwrap().custom
    }

    fn order<'a>(&'a self, order: &'a BankOrder) -> BoxFuture<'a, BankAnswer> {
        Box::pin(async move {
            let (answer, hangs) = {
                let mut state = self.state.lock().unwrap();
                state.land();
                let strikes = state.strikes(order);
                let next = state
                    .faults
                    .iter()
                    .position(|(leg, _)| strikes && *leg == order.leg);
                let fault = next.and_then(|next| state.faults.remove(next));
                let lost = BankAnswer::Unknown("no answer".to_owned());
                match fault.map_or(Fault::None, |(_, fault)| fault) {
                    Fault::None => (state.carry_out(order), false),
                    Fault::LostBefore => (lost, false),
                    Fault::LostAfter => {
                        state.carry_out(order);
                        (lost, false)
                    }
                    Fault::HangBefore => (lost, true),
                    Fault::HangAfter => {
                        state.carry_out(order);
                        (lost, true)
                    }
                    Fault::Late(milliseconds) => {
                        state.late.put(milliseconds, order.clone());
                        (lost, false)
                    }
                    // A refusal of what the bank owes is against its word; asked
                    // again it keeps it.
                    Fault::Refuse => (refusal(), false),
                }
            };
            if hangs {
                self.hung.notify_one();
                futures::future::pending::<()>().await;
            }
            answer
        })
    }

    fn status<'a>(&'a self, order: &'a BankOrder) -> BoxFuture<'a, BankAnswer> {
        Box::pin(async move {
            let (answer, hangs) = {
                let mut state = self.state.lock().unwrap();
                state.land();
                let known = state.entries.get(&order.reference());
                let known = known.map_or(BankAnswer::NotFound, |entry| entry.answer.clone());
                let fault = state.strikes(order).then(|| state.questions.pop_front());
                match fault.flatten().unwrap_or(Fault::None) {
                    Fault::None => (known, false),
                    Fault::HangBefore | Fault::HangAfter => (known, true),
                    Fault::LostBefore | Fault::LostAfter | Fault::Late(_) | Fault::Refuse => {
                        (BankAnswer::Unknown("no answer".to_owned()), false)
                    }
                }
            };
            if hangs {
                self.hung.notify_one();
                futures::future::pending::<()>().await;
            }
            answer
        })
    }
}
