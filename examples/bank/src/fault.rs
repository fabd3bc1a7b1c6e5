//! What can go wrong at the bank, and which requests it strikes. What a fault does
//! to an answer is `server`'s.

use guichet_stage::Rule;
use serde::Deserialize;

use crate::order::Leg;

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

impl FaultRule {
    /// Whether it means this order, or this question where there is none.
    pub(crate) fn hits(&self, leg: Option<Leg>) -> bool {
        self.on.hits(leg)
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
    fn a_rule_hits_its_leg() {
        let capture = rule(r#"{"fault":"hang_before","on":"capture"}"#);
        assert!(capture.hits(Some(Leg::Capture)));
        assert!(!capture.hits(Some(Leg::Hold)) && !capture.hits(None));
        let read = rule(r#"{"fault":"garbage","on":"read"}"#);
        assert!(read.hits(None) && !read.hits(Some(Leg::Refund)));
        let any = rule(r#"{"fault":"slow","on":"any"}"#);
        assert!(any.hits(None) && any.hits(Some(Leg::Release)));
    }

    #[test]
    fn a_rule_without_more_strikes_one_order() {
        let mut usual = rule(r#"{"fault":"refuse"}"#);
        assert_eq!((*usual.count(), usual.fault()), (1, Fault::Refuse));
        assert!(usual.hits(Some(Leg::Refund)) && !usual.hits(None));
    }
}
