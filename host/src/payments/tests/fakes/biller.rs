//! A biller of the tests: keeps a log of its effects and misbehaves on order.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use guichet_domain::id::RecordId;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{Fault, Late, TestClock};
use crate::payments::ports::BillerPort;
use crate::terms::order::{
    Application, Order, Outcome, PendingAnswer, Refusal, RefusalGround, ReversalOrder,
    ReversalOutcome,
};

/// What the biller does with the next submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::payments::tests) enum Mood {
    /// Applies and says so.
    Good,
    /// Applies; the answer is lost.
    Mute,
    /// Does not apply; the answer is lost.
    Deaf,
    /// Refuses.
    Refusing,
    /// Says that it is paid already, without having applied it.
    PerhapsPaid,
    /// Takes its time; a status query finds it applied.
    Slow,
    /// The plugin sends nothing.
    Unsent,
    /// Applies another amount.
    WrongAmount,
    /// Never answers.
    Hanging,
    /// Applies and never answers.
    HangingAfter,
    /// Applies so many milliseconds later; the answer is lost.
    Late(i64),
}

impl From<Fault> for Mood {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::None => Self::Good,
            Fault::LostBefore => Self::Deaf,
            Fault::LostAfter => Self::Mute,
            Fault::HangBefore => Self::Hanging,
            Fault::HangAfter => Self::HangingAfter,
            Fault::Late(milliseconds) => Self::Late(milliseconds),
            Fault::Refuse => Self::Refusing,
        }
    }
}

pub(in crate::payments::tests) struct State {
    pub(in crate::payments::tests) moods: VecDeque<Mood>,
    pub(in crate::payments::tests) effects: Vec<(String, i64)>,
    pub(in crate::payments::tests) reversed: Vec<String>,
    pub(in crate::payments::tests) submissions: Vec<(String, u32)>,
    pub(in crate::payments::tests) questions: Vec<String>,
    /// What happens to the next questions.
    pub(in crate::payments::tests) answers: VecDeque<Fault>,
    /// What came with each question of the last answer "pending".
    pub(in crate::payments::tests) reminders: Vec<Option<Value>>,
    late: Late<(String, i64)>,
    late_reversals: Late<String>,
    aimed_at: Option<RecordId>,
}

/// Whether a repeated reference is applied again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::payments::tests) enum Memory {
    Deduplicates,
    AppliesAgain,
}

pub(in crate::payments::tests) struct FakeBiller {
    pub(in crate::payments::tests) memory: Memory,
    pub(in crate::payments::tests) state: Mutex<State>,
    /// Rung when a call will never be answered.
    pub(in crate::payments::tests) hung: Notify,
}

impl State {
    fn strikes(&self, payment: &RecordId) -> bool {
        self.aimed_at.as_ref().is_none_or(|aimed| aimed == payment)
    }

    fn next_mood(&mut self, payment: &RecordId) -> Mood {
        let mood = self.strikes(payment).then(|| self.moods.pop_front());
        mood.flatten().unwrap_or(Mood::Good)
    }
}

impl FakeBiller {
    pub(in crate::payments::tests) fn new(memory: Memory, clock: Arc<TestClock>) -> Self {
        let state = State {
            moods: VecDeque::new(),
            effects: Vec::new(),
            reversed: Vec::new(),
            submissions: Vec::new(),
            questions: Vec::new(),
            answers: VecDeque::new(),
            reminders: Vec::new(),
            late: Late::new(clock.clone()),
            late_reversals: Late::new(clock),
            aimed_at: None,
        };
        Self {
            memory,
            state: Mutex::new(state),
            hung: Notify::new(),
        }
    }

    /// Faults strike this payment only.
    pub(in crate::payments::tests) fn aim(&self, payment: &RecordId) {
        self.state.lock().unwrap().aimed_at = Some(payment.clone());
    }

    /// Forgets what should have happened and did not.
    pub(in crate::payments::tests) fn calm(&self) {
        let mut state = self.state.lock().unwrap();
        state.moods.clear();
        state.answers.clear();
    }

    /// Takes in what was on its way.
    fn land(&self) {
        let arrived = self.state.lock().unwrap().late.arrived();
        for (reference, amount) in arrived {
            self.put_effect(reference, amount);
        }
        let mut state = self.state.lock().unwrap();
        let undone = state.late_reversals.arrived();
        state.reversed.extend(undone);
    }

    fn put_effect(&self, reference: String, amount: i64) {
        let mut state = self.state.lock().unwrap();
        let known = state.effects.iter().any(|(other, _)| *other == reference);
        if !known || self.memory == Memory::AppliesAgain {
            state.effects.push((reference, amount));
        }
    }

    pub(in crate::payments::tests) fn will(&self, moods: &[Mood]) {
        self.state.lock().unwrap().moods.extend(moods);
    }

    pub(in crate::payments::tests) fn effects_of(&self, payment: &str) -> usize {
        self.land();
        let state = self.state.lock().unwrap();
        state
            .effects
            .iter()
            .filter(|(reference, _)| reference == payment)
            .count()
    }

    fn apply(&self, order: &Order) {
        self.put_effect(order.payment.to_string(), order.total.minor_units());
    }

    fn applied(order: &Order) -> Outcome {
        Outcome::Applied(Application {
            serial: format!("S-{}", order.sequence),
            amount: order.total,
            at: order.requested_at.to_string(),
            record: json!({"serial": order.sequence.to_string()}),
        })
    }
}

fn refusal(ground: RefusalGround, message: &str) -> Refusal {
    Refusal {
        ground,
        code: "E1".to_owned(),
        message: message.to_owned(),
    }
}

fn later() -> PendingAnswer {
    PendingAnswer {
        message: "later".to_owned(),
        ask_after_seconds: Some(2),
        record: json!({"token": "t"}),
    }
}

fn reminder(last: Option<&PendingAnswer>) -> Option<Value> {
    last.map(|last| last.record.clone())
}

impl BillerPort for FakeBiller {
    fn submit<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let mood = {
                let mut state = self.state.lock().unwrap();
                state
                    .submissions
                    .push((order.payment.to_string(), order.attempt));
                state.next_mood(&order.payment)
            };
            if matches!(mood, Mood::Hanging | Mood::HangingAfter) {
                self.hung.notify_one();
            }
            match mood {
                Mood::Good => {
                    self.apply(order);
                    Self::applied(order)
                }
                Mood::Mute => {
                    self.apply(order);
                    Outcome::Unknown("no answer".to_owned())
                }
                Mood::Deaf => Outcome::Unknown("no answer".to_owned()),
                Mood::Refusing => Outcome::Refused(refusal(RefusalGround::Definite, "no")),
                Mood::PerhapsPaid => Outcome::Refused(refusal(RefusalGround::PerhapsPaid, "no")),
                Mood::Slow => {
                    self.apply(order);
                    Outcome::Pending(later())
                }
                Mood::Unsent => Outcome::NotSent("no connection".to_owned()),
                Mood::WrongAmount => match Self::applied(order) {
                    Outcome::Applied(application) => Outcome::Applied(Application {
                        amount: guichet_domain::Money::cny(1),
                        ..application
                    }),
                    other => other,
                },
                Mood::Hanging => futures::future::pending().await,
                Mood::HangingAfter => {
                    self.apply(order);
                    futures::future::pending().await
                }
                Mood::Late(milliseconds) => {
                    let effect = (order.payment.to_string(), order.total.minor_units());
                    self.state.lock().unwrap().late.put(milliseconds, effect);
                    Outcome::Unknown("no answer".to_owned())
                }
            }
        })
    }

    fn status<'a>(
        &'a self,
        order: &'a Order,
        last: Option<&'a PendingAnswer>,
    ) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let fault = {
                let mut state = self.state.lock().unwrap();
                state.questions.push(order.payment.to_string());
                state.reminders.push(reminder(last));
                let fault = state
                    .strikes(&order.payment)
                    .then(|| state.answers.pop_front());
                fault.flatten().unwrap_or(Fault::None)
            };
            match fault {
                Fault::None => {}
                Fault::HangBefore | Fault::HangAfter => {
                    self.hung.notify_one();
                    futures::future::pending::<()>().await;
                }
                Fault::LostBefore | Fault::LostAfter | Fault::Late(_) | Fault::Refuse => {
                    return Outcome::Unknown("no answer".to_owned());
                }
            }
            if self.effects_of(order.payment.as_str()) > 0 {
                Self::applied(order)
            } else {
                Outcome::NotFound
            }
        })
    }

    fn knows_again(&self, evidence: &Application) -> bool {
        let by_others = ["callback", "day_file", "decision"];
        by_others.iter().all(|by| evidence.record.get(by).is_none())
    }

    fn reverse<'a>(&'a self, reversal: &'a ReversalOrder) -> BoxFuture<'a, ReversalOutcome> {
        Box::pin(async move {
            let reference = reversal.reversal.to_string();
            let mood = {
                let mut state = self.state.lock().unwrap();
                let mood = state.next_mood(&reversal.order.payment);
                if mood == Mood::HangingAfter {
                    state.reversed.push(reference.clone());
                }
                mood
            };
            if matches!(mood, Mood::Hanging | Mood::HangingAfter) {
                self.hung.notify_one();
                futures::future::pending::<()>().await;
            }
            let mut state = self.state.lock().unwrap();
            match mood {
                Mood::Deaf => ReversalOutcome::Unknown("no answer".to_owned()),
                Mood::Late(milliseconds) => {
                    state.late_reversals.put(milliseconds, reference);
                    ReversalOutcome::Unknown("no answer".to_owned())
                }
                Mood::Refusing => {
                    ReversalOutcome::Refused(refusal(RefusalGround::Definite, "too late"))
                }
                Mood::PerhapsPaid => {
                    ReversalOutcome::Refused(refusal(RefusalGround::PerhapsPaid, "known"))
                }
                Mood::Unsent => ReversalOutcome::NotSent("no connection".to_owned()),
                Mood::Slow => {
                    state.reversed.push(reference);
                    ReversalOutcome::Pending(later())
                }
                Mood::Mute => {
                    state.reversed.push(reference);
                    ReversalOutcome::Unknown("no answer".to_owned())
                }
                _ => {
                    state.reversed.push(reference);
                    ReversalOutcome::Reversed(json!({}))
                }
            }
        })
    }

    fn reversal_status<'a>(
        &'a self,
        reversal: &'a ReversalOrder,
        last: Option<&'a PendingAnswer>,
    ) -> BoxFuture<'a, ReversalOutcome> {
        Box::pin(async move {
            self.land();
            let mut state = self.state.lock().unwrap();
            state.reminders.push(reminder(last));
            if state.reversed.contains(&reversal.reversal.to_string()) {
                ReversalOutcome::Reversed(json!({}))
            } else {
                ReversalOutcome::NotFound
            }
        })
    }
}
