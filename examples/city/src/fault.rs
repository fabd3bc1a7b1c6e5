//! What can go wrong in the country, and which requests it strikes. What a fault
//! does to an answer is `server`'s.

use guichet_stage::Rule;
use serde::Deserialize;

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

impl FaultRule {
    /// Whether it means this request to this service.
    pub(crate) fn hits(&self, service: &str, intent: Intent) -> bool {
        let hits = match self.on {
            On::Effect => intent == Intent::Effect,
            On::Read => intent == Intent::Read,
            On::Any => true,
        };
        hits && (self.service == "*" || self.service == service)
    }
}

impl Rule for FaultRule {
    type Fault = Fault;

    fn fault(&self) -> Fault {
        self.fault
    }

    fn count(&mut self) -> &mut u64 {
        &mut self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> FaultRule {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_rule_hits_its_service_and_intent() {
        let mut usual = rule(r#"{"service":"a","fault":"hang_before"}"#);
        assert_eq!((*usual.count(), usual.fault()), (1, Fault::HangBefore));
        assert!(usual.hits("a", Intent::Effect));
        assert!(!usual.hits("a", Intent::Read) && !usual.hits("b", Intent::Effect));
        let read = rule(r#"{"service":"*","fault":"garbage","on":"read"}"#);
        assert!(read.hits("b", Intent::Read) && !read.hits("b", Intent::Effect));
        let any = rule(r#"{"service":"*","fault":"slow","on":"any"}"#);
        assert!(any.hits("b", Intent::Read) && any.hits("b", Intent::Effect));
    }
}
