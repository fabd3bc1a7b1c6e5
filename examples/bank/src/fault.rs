//! Switchable faults: which strikes the next request, and how often. What a fault
//! does to an answer is `server`'s.

use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

use crate::order::Leg;

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
    Refuse,
    Late,
    Unsigned,
    Forged,
    OtherAmount,
    Redirect,
}

/// Which requests a fault strikes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum On {
    /// Every order.
    #[default]
    Effect,
    Hold,
    Capture,
    Release,
    Refund,
    /// Questions.
    Read,
    Any,
}

impl On {
    /// Whether it means this order, or this question where there is none.
    fn hits(self, leg: Option<Leg>) -> bool {
        match self {
            Self::Effect => leg.is_some(),
            Self::Hold => leg == Some(Leg::Hold),
            Self::Capture => leg == Some(Leg::Capture),
            Self::Release => leg == Some(Leg::Release),
            Self::Refund => leg == Some(Leg::Refund),
            Self::Read => leg.is_none(),
            Self::Any => true,
        }
    }
}

/// An order for faults, as it is posted.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultRule {
    fault: Fault,
    #[serde(default = "one")]
    count: u64,
    #[serde(default)]
    on: On,
}

const fn one() -> u64 {
    1
}

/// The faults that wait, in the order in which they were posted.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<FaultRule>>);

impl Faults {
    /// Adds a rule; false where too many wait.
    #[must_use]
    pub(crate) fn add(&self, rule: FaultRule) -> bool {
        let mut rules = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if rules.len() >= RULES_LIMIT {
            return false;
        }
        if rule.count > 0 {
            rules.push(rule);
        }
        true
    }

    /// Forgets all rules.
    pub(crate) fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// The fault that strikes this request, which is then used up once.
    pub(crate) fn strike(&self, leg: Option<Leg>) -> Option<Fault> {
        let mut rules = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let index = rules.iter().position(|rule| rule.on.hits(leg))?;
        let rule = &mut rules[index];
        let fault = rule.fault;
        rule.count -= 1;
        if rule.count == 0 {
            rules.remove(index);
        }
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_strikes_its_leg_as_often_as_it_says() {
        let faults = Faults::default();
        let rule = |text| serde_json::from_str::<FaultRule>(text).unwrap();
        assert!(faults.add(rule(r#"{"fault":"hang_before","count":2,"on":"capture"}"#)));
        assert!(faults.add(rule(r#"{"fault":"garbage","on":"read"}"#)));
        assert!(faults.add(rule(r#"{"fault":"slow","count":0,"on":"any"}"#)));
        assert_eq!(faults.strike(Some(Leg::Hold)), None);
        assert_eq!(faults.strike(None), Some(Fault::Garbage));
        assert_eq!(faults.strike(None), None);
        assert_eq!(faults.strike(Some(Leg::Capture)), Some(Fault::HangBefore));
        assert_eq!(faults.strike(Some(Leg::Capture)), Some(Fault::HangBefore));
        assert_eq!(faults.strike(Some(Leg::Capture)), None);
        assert!(faults.add(rule(r#"{"fault":"refuse"}"#)));
        assert_eq!(faults.strike(None), None);
        faults.clear();
        assert_eq!(faults.strike(Some(Leg::Refund)), None);
    }
}
