//! One recorded exchange: in which state it is answered, what is asked, what is
//! answered, and what the test biller has done by it.

use std::collections::{BTreeMap, BTreeSet};

use guichet_domain::id::EndpointName;
use serde::{Deserialize, Serialize};

use super::body::Body;
use super::names::{ExchangeName, StateName};
use super::pattern::{Pattern, Values};

/// A recorded exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// What it is called in reports.
    pub name: ExchangeName,
    /// The logical endpoint of the manifest.
    pub endpoint: EndpointName,
    /// The states in which it is answered; none said: in every state.
    #[serde(default, skip_serializing_if = "States::is_every")]
    pub when: States,
    /// What is asked.
    pub request: RecordedRequest,
    /// What is answered.
    pub response: RecordedResponse,
    /// The state afterwards; none: it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<StateName>,
    /// What is done by it at the biller; none: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
}

/// What an exchange does at the biller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// A payment is written off. Twice in one errand is paid twice.
    Payment,
    /// A payment is undone.
    Reversal,
}

/// States in which an exchange is answered: a name or a list of names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "OneOrMany", into = "OneOrMany")]
pub struct States(pub BTreeSet<StateName>);

#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "a state's name, or a list of names")]
enum OneOrMany {
    One(StateName),
    Many(BTreeSet<StateName>),
}

impl From<OneOrMany> for States {
    fn from(written: OneOrMany) -> Self {
        match written {
            OneOrMany::One(state) => Self([state].into()),
            OneOrMany::Many(states) => Self(states),
        }
    }
}

impl From<States> for OneOrMany {
    fn from(states: States) -> Self {
        let mut names = states.0.iter();
        match (names.next(), names.next()) {
            (Some(only), None) => Self::One(only.clone()),
            _ => Self::Many(states.0),
        }
    }
}

impl States {
    /// Whether it is answered in every state.
    #[must_use]
    pub fn is_every(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is answered in this state.
    #[must_use]
    pub fn has(&self, state: &StateName) -> bool {
        self.is_every() || self.0.contains(state)
    }
}

/// A request as it must come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedRequest {
    /// The HTTP method.
    pub method: String,
    /// Path and query.
    pub path: Pattern,
    /// Header fields that must be there, names in lower case. Others may be.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Pattern>,
    /// The body; none said: none.
    #[serde(default = "Body::empty", skip_serializing_if = "is_empty")]
    pub body: Body,
}

/// An answer as it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedResponse {
    /// The HTTP status.
    pub status: u16,
    /// Header fields, names in lower case.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Pattern>,
    /// The body; none said: none.
    #[serde(default = "Body::empty", skip_serializing_if = "is_empty")]
    pub body: Body,
}

fn is_empty(body: &Body) -> bool {
    *body == Body::empty()
}

/// A request that came.
#[derive(Debug, Clone, Copy)]
pub struct Came<'a> {
    /// The logical endpoint.
    pub endpoint: &'a str,
    /// The HTTP method.
    pub method: &'a str,
    /// Path and query.
    pub path: &'a str,
    /// Header fields, names in lower case.
    pub headers: &'a BTreeMap<String, String>,
    /// The body.
    pub body: &'a [u8],
}

impl Exchange {
    /// How the request differs from this exchange's, the coarsest difference
    /// first and with how far it came: the larger, the nearer. None: it is it.
    #[must_use]
    pub fn difference(&self, came: Came<'_>, values: &Values) -> Option<(u32, String)> {
        let own = &self.request;
        if self.endpoint.as_str() != came.endpoint {
            let text = format!(
                "it went to the endpoint {}, not {}",
                came.endpoint, self.endpoint
            );
            return Some((0, text));
        }
        if !own.path.matches(came.path, values) {
            return Some((1, told("the path", &own.path.fill(values), came.path)));
        }
        if own.method != came.method {
            return Some((2, told("the method", &own.method, came.method)));
        }
        if !own.body.matches(came.body, values) {
            let expected = own.body.bytes(values).unwrap_or_default();
            let (expected, found) = (own.body.show(&expected), own.body.show(came.body));
            return Some((3, told("the body", &expected, &found)));
        }
        own.headers.iter().find_map(|(name, pattern)| {
            let what = format!("the header {name}");
            match came.headers.get(name) {
                None => Some((4, format!("{what} is missing"))),
                Some(value) if pattern.matches(value, values) => None,
                Some(value) => Some((4, told(&what, &pattern.fill(values), value))),
            }
        })
    }
}

/// Both texts from a little before the place where they part.
fn told(what: &str, expected: &str, found: &str) -> String {
    const BEFORE: usize = 12;
    const SHOWN: usize = 60;
    let same = expected
        .chars()
        .zip(found.chars())
        .take_while(|(one, other)| one == other)
        .count();
    let cut = |text: &str| {
        let from = same.saturating_sub(BEFORE);
        let shown: String = text.chars().skip(from).take(SHOWN).collect();
        let lead = if from > 0 { "…" } else { "" };
        let rest = text.chars().count() > from + SHOWN;
        format!("{lead}{shown}{}", if rest { "…" } else { "" })
    };
    format!(
        "{what} parts from the recorded one at character {}: recorded {:?}, came {:?}",
        same + 1,
        cut(expected),
        cut(found)
    )
}
