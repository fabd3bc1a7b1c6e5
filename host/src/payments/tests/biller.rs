//! A biller of the tests: keeps a log of its effects and misbehaves on order.

use std::collections::VecDeque;
use std::sync::Mutex;

use futures::future::BoxFuture;
use serde_json::json;

use crate::payments::order::{
    Application, Order, Outcome, PendingAnswer, Refusal, RefusalGround, ReversalOrder,
    ReversalOutcome,
};
use crate::payments::ports::BillerPort;

/// What the biller does with the next submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
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
}

#[derive(Default)]
pub(super) struct State {
    pub(super) moods: VecDeque<Mood>,
    pub(super) effects: Vec<(String, i64)>,
    pub(super) reversed: Vec<String>,
    pub(super) submissions: Vec<(String, u32)>,
    pub(super) questions: Vec<String>,
}

/// Whether a repeated reference is applied again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Memory {
    Deduplicates,
    AppliesAgain,
}

pub(super) struct FakeBiller {
    pub(super) memory: Memory,
    pub(super) state: Mutex<State>,
}

impl FakeBiller {
    pub(super) fn new(memory: Memory) -> Self {
        Self {
            memory,
            state: Mutex::default(),
        }
    }

    pub(super) fn will(&self, moods: &[Mood]) {
        self.state.lock().unwrap().moods.extend(moods);
    }

    pub(super) fn effects_of(&self, payment: &str) -> usize {
        let state = self.state.lock().unwrap();
        state
            .effects
            .iter()
            .filter(|(reference, _)| reference == payment)
            .count()
    }

    fn apply(&self, order: &Order) {
        let mut state = self.state.lock().unwrap();
        let reference = order.payment.to_string();
        let known = state.effects.iter().any(|(other, _)| *other == reference);
        if !known || self.memory == Memory::AppliesAgain {
            state.effects.push((reference, order.total.minor_units()));
        }
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

fn refusal(ground: RefusalGround) -> Outcome {
    Outcome::Refused(Refusal {
        ground,
        code: "E1".to_owned(),
        message: "no".to_owned(),
    })
}

impl BillerPort for FakeBiller {
    fn submit<'a>(&'a self, order: &'a Order) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let mood = {
                let mut state = self.state.lock().unwrap();
                state
                    .submissions
                    .push((order.payment.to_string(), order.attempt));
                state.moods.pop_front().unwrap_or(Mood::Good)
            };
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
                Mood::Refusing => refusal(RefusalGround::Definite),
                Mood::PerhapsPaid => refusal(RefusalGround::PerhapsPaid),
                Mood::Slow => {
                    self.apply(order);
                    Outcome::Pending(PendingAnswer {
                        message: "later".to_owned(),
                        ask_after_seconds: Some(2),
                        record: json!({"token": "t"}),
                    })
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
            }
        })
    }

    fn status<'a>(
        &'a self,
        order: &'a Order,
        _last: Option<&'a PendingAnswer>,
    ) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            self.state
                .lock()
                .unwrap()
                .questions
                .push(order.payment.to_string());
            if self.effects_of(order.payment.as_str()) > 0 {
                Self::applied(order)
            } else {
                Outcome::NotFound
            }
        })
    }

    fn reverse<'a>(&'a self, reversal: &'a ReversalOrder) -> BoxFuture<'a, ReversalOutcome> {
        Box::pin(async move {
            let mut state = self.state.lock().unwrap();
            let mood = state.moods.pop_front().unwrap_or(Mood::Good);
            let reference = reversal.reversal.to_string();
            match mood {
                Mood::Refusing => ReversalOutcome::Refused(Refusal {
                    ground: RefusalGround::Definite,
                    code: "E2".to_owned(),
                    message: "too late".to_owned(),
                }),
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
        _last: Option<&'a PendingAnswer>,
    ) -> BoxFuture<'a, ReversalOutcome> {
        Box::pin(async move {
            let state = self.state.lock().unwrap();
            if state.reversed.contains(&reversal.reversal.to_string()) {
                ReversalOutcome::Reversed(json!({}))
            } else {
                ReversalOutcome::NotFound
            }
        })
    }
}
