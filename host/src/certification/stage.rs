//! The stage: a scenario's test biller with its state and its own account of
//! what was done, which is the truth that plugins are judged by. How it speaks
//! HTTP and how exchanges are broken stands in `serve`.

mod http;
mod serve;
mod strike;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use guichet_registry::scenario::{Came, Effect, Exchange, Scenario, StateName, Values};

pub(super) use serve::{Opening, Seen};
pub(super) use strike::Strike;

/// What is true at the test biller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Truth {
    /// Its state.
    pub(super) state: StateName,
    /// Payments written off since the beginning.
    pub(super) payments: u32,
    /// Payments undone since the beginning.
    pub(super) reversals: u32,
}

/// A request as it came over the wire.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) endpoint: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
}

/// What the recording says of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// The exchange of this number.
    Recorded(usize),
    /// That exchange, but in another state; with the state it came in.
    OutOfState(usize, StateName),
    /// Nothing; with the nearest exchange and the difference.
    Nothing(String),
}

/// A scenario's test biller.
pub(super) struct Stage {
    scenario: Arc<Scenario>,
    values: Values,
    inner: Mutex<Inner>,
}

struct Inner {
    truth: Truth,
    /// An exchange that is carried out later.
    late: Option<usize>,
}

impl Stage {
    /// A test biller to which nothing has happened.
    pub(super) fn new(scenario: &Arc<Scenario>) -> Self {
        let truth = Truth {
            state: scenario.begins.clone(),
            payments: 0,
            reversals: 0,
        };
        Self::at(scenario, truth)
    }

    /// A test biller to which this has happened.
    pub(super) fn at(scenario: &Arc<Scenario>, truth: Truth) -> Self {
        Self {
            values: scenario.values(),
            scenario: scenario.clone(),
            inner: Mutex::new(Inner { truth, late: None }),
        }
    }

    /// What is true now.
    pub(super) fn truth(&self) -> Truth {
        self.with(|inner| inner.truth.clone())
    }

    /// Lets happen what was to happen later.
    pub(super) fn land_late(&self) {
        if let Some(index) = self.with(|inner| inner.late.take()) {
            self.carry_out(index);
        }
    }

    /// What will be true once it has happened.
    pub(super) fn truth_when_landed(&self) -> Truth {
        let mut truth = self.truth();
        if let Some(index) = self.with(|inner| inner.late) {
            truth.follow(self.exchange(index));
        }
        truth
    }

    fn exchange(&self, index: usize) -> &Exchange {
        &self.scenario.exchanges[index]
    }

    fn values(&self) -> &Values {
        &self.values
    }

    fn find(&self, arrived: &Arrived) -> Found {
        let came = Came {
            endpoint: &arrived.endpoint,
            method: &arrived.method,
            path: &arrived.path,
            headers: &arrived.headers,
            body: &arrived.body,
        };
        let state = self.truth().state;
        let mut elsewhere = None;
        let mut nearest: Option<(u32, String)> = None;
        for (index, exchange) in self.scenario.exchanges.iter().enumerate() {
            match exchange.difference(came, &self.values) {
                None if exchange.when.has(&state) => return Found::Recorded(index),
                // One with an effect says more about what would have happened.
                None if elsewhere.is_none() || exchange.effect.is_some() => {
                    elsewhere = Some(index);
                }
                None => {}
                Some((near, text)) if nearest.as_ref().is_none_or(|known| near > known.0) => {
                    let text = format!("nearest is {}: {text}", exchange.name);
                    nearest = Some((near, text));
                }
                Some(_) => {}
            }
        }
        if let Some(index) = elsewhere {
            return Found::OutOfState(index, state);
        }
        let request = format!("{} {}", arrived.method, arrived.path);
        Found::Nothing(match nearest {
            Some((_, text)) => format!("{request}: {text}"),
            None => format!("{request}: nothing is recorded"),
        })
    }

    /// The exchange takes place: its state follows and its effect counts.
    fn carry_out(&self, index: usize) {
        let exchange = self.exchange(index);
        self.with(|inner| inner.truth.follow(exchange));
    }

    /// A request with an effect came in a state for which nothing is recorded:
    /// a biller could carry it out once more, so it counts.
    fn carry_out_again(&self, index: usize) {
        let effect = self.exchange(index).effect;
        self.with(|inner| inner.truth.count(effect));
    }

    fn postpone(&self, index: usize) {
        self.with(|inner| inner.late = Some(index));
    }

    fn with<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> T {
        act(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Truth {
    fn follow(&mut self, exchange: &Exchange) {
        if let Some(then) = &exchange.then {
            self.state = then.clone();
        }
        self.count(exchange.effect);
    }

    fn count(&mut self, effect: Option<Effect>) {
        match effect {
            Some(Effect::Payment) => self.payments += 1,
            Some(Effect::Reversal) => self.reversals += 1,
            None => {}
        }
    }
}
