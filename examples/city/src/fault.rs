//! Switchable faults: which strikes the next request, and how often. What a
//! fault does to an answer is `server`'s.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

/// Rules that may wait at one time.
const RULES_LIMIT: usize = 1_000;

/// What goes wrong (`README.md`, Faults).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fault {
    HangBefore,
    HangAfter,
    ResetBefore,
    ResetAfter,
    ErrorAfterSuccess,
    HalfBody,
    Garbage,
    Slow,
    Duplicate,
    Unavailable,
}

/// Whether a request changes anything at the biller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Intent {
    Read,
    Effect,
}

/// Which requests a fault strikes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum On {
    #[default]
    Effect,
    Read,
    Any,
}

/// An order for faults, as it is posted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultRule {
    /// A service code, or `*`.
    pub(crate) service: String,
    pub(crate) fault: Fault,
    #[serde(default = "one")]
    pub(crate) count: u64,
    #[serde(default)]
    pub(crate) on: On,
}

fn one() -> u64 {
    1
}

/// The faults that wait, in the order in which they were posted.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// Read first, so that a healthy country takes no lock.
    waiting: AtomicUsize,
    rules: Mutex<Vec<FaultRule>>,
}

impl Faults {
    /// Adds a rule; false where too many wait.
    #[must_use]
    pub(crate) fn add(&self, rule: FaultRule) -> bool {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        if rules.len() >= RULES_LIMIT {
            return false;
        }
        if rule.count > 0 {
            rules.push(rule);
        }
        self.waiting.store(rules.len(), Ordering::Release);
        true
    }

    /// Forgets all rules.
    pub(crate) fn clear(&self) {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        rules.clear();
        self.waiting.store(0, Ordering::Release);
    }

    /// The fault that strikes this request, which is then used up once.
    pub(crate) fn strike(&self, service: &str, intent: Intent) -> Option<Fault> {
        if self.waiting.load(Ordering::Acquire) == 0 {
            return None;
        }
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        let index = rules.iter().position(|rule| {
            let hits = match rule.on {
                On::Effect => intent == Intent::Effect,
                On::Read => intent == Intent::Read,
                On::Any => true,
            };
            hits && (rule.service == "*" || rule.service == service)
        })?;
        let rule = &mut rules[index];
        let fault = rule.fault;
        rule.count -= 1;
        if rule.count == 0 {
            rules.remove(index);
        }
        self.waiting.store(rules.len(), Ordering::Release);
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> FaultRule {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_rule_strikes_its_service_and_intent_as_often_as_it_says() {
        let faults = Faults::default();
        assert!(faults.add(rule(r#"{"service":"a","fault":"hang_before","count":2}"#)));
        assert!(faults.add(rule(r#"{"service":"*","fault":"garbage","on":"read"}"#)));
        assert_eq!(faults.strike("b", Intent::Effect), None);
        assert_eq!(faults.strike("a", Intent::Read), Some(Fault::Garbage));
        assert_eq!(faults.strike("a", Intent::Read), None);
        assert_eq!(faults.strike("a", Intent::Effect), Some(Fault::HangBefore));
        assert_eq!(faults.strike("a", Intent::Effect), Some(Fault::HangBefore));
        assert_eq!(faults.strike("a", Intent::Effect), None);
    }

    #[test]
    fn cleared_and_empty_rules_strike_nothing() {
        let faults = Faults::default();
        assert!(faults.add(rule(
            r#"{"service":"*","fault":"slow","count":0,"on":"any"}"#
        )));
        assert_eq!(faults.strike("a", Intent::Effect), None);
        assert!(faults.add(rule(r#"{"service":"*","fault":"slow","on":"any"}"#)));
        faults.clear();
        assert_eq!(faults.strike("a", Intent::Effect), None);
    }
}
