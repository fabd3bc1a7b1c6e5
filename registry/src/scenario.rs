//! The scenario: a recorded test biller that certification plays to a plugin
//! and breaks in every way a network can. Holds and checks the format; playing
//! it is the host's work. The format is public: `docs/certification.md`.

mod body;
mod check;
mod exchange;
mod expect;
mod names;
mod pattern;
mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use guichet_domain::Moment;
use guichet_domain::id::{DataScope, EndpointName, KeyName, RecordId, RegionCode, ServiceCode};
use serde::{Deserialize, Serialize};

pub use body::{Body, BodyError, Charset};
pub use exchange::{Came, Effect, Exchange, RecordedRequest, RecordedResponse, States};
pub use expect::{
    Expectation, ExpectedBill, ExpectedCredential, ExpectedDocument, ExpectedQuery, ExpectedWord,
};
pub use names::{ExchangeName, ScenarioName, ScenarioNameError, StateName};
pub use pattern::{Pattern, PatternError, Values};
pub use read::{read, read_all, read_text, write};

use crate::service::Assurance;

/// The folder of scenarios in a package and a bundle.
pub const SCENARIOS_FOLDER: &str = "tests/";
/// The version of the format that is written today.
pub const FORMAT_VERSION: u32 = 1;
/// The most scenarios of one package.
pub const SCENARIOS_LIMIT: usize = 64;
/// The most bytes of one scenario.
pub const SCENARIO_LIMIT_BYTES: usize = 1 << 20;
/// The most exchanges of one scenario.
pub const EXCHANGES_LIMIT: usize = 64;

/// One recorded errand with a test biller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The version of this format: 1.
    pub guichet_scenario: u32,
    /// What happens in it, for people.
    pub title: String,
    /// The service that is asked.
    pub service: ServiceCode,
    /// The plugin's clock: it stands still at this moment in every call.
    pub clock: Moment,
    /// Where the plugin's randomness begins in every call, so that nonces come
    /// out the same each time.
    #[serde(default)]
    pub seed: u64,
    /// Where and for whom.
    #[serde(default, skip_serializing_if = "Circumstances::is_usual")]
    pub circumstances: Circumstances,
    /// What the citizen fills in; numbers and booleans as their JSON text.
    #[serde(default)]
    pub inputs: BTreeMap<String, String>,
    /// What the citizen answers where the plugin asks for more, in turn: the
    /// value of the field that it asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<String>,
    /// Attributes of the subject, by scope; consent to these is given.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub subject: BTreeMap<DataScope, String>,
    /// Made-up material of the keys that the manifest names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<KeyName, Material>,
    /// Headers that the host adds, as the operator will bind them, with made-up
    /// secrets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub credentials: BTreeMap<EndpointName, Vec<TestCredential>>,
    /// What is paid; nothing where the scenario only asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
    /// What must come out.
    #[serde(default, skip_serializing_if = "Expectation::is_usual")]
    pub expect: Expectation,
    /// The state in which the test biller begins.
    #[serde(default)]
    pub begins: StateName,
    /// What the test biller answers.
    #[serde(default)]
    pub exchanges: Vec<Exchange>,
}

/// Where and for whom a plugin is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Circumstances {
    /// The region that the citizen chose; none: the service's first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionCode>,
    /// The client's channel.
    pub channel: String,
    /// BCP 47 language tag.
    pub locale: String,
    /// How well the subject is known; none: as the service asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assurance: Option<Assurance>,
}

impl Default for Circumstances {
    fn default() -> Self {
        Self {
            region: None,
            channel: "mobile".to_owned(),
            locale: "zh-CN".to_owned(),
            assurance: None,
        }
    }
}

impl Circumstances {
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// Material of a test key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Material {
    /// The bytes of a text.
    Text(String),
    /// Bytes in hexadecimal digits.
    Hex(String),
    /// Bytes in base64.
    Base64(String),
}

/// A header that the host adds to requests of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestCredential {
    /// Its name, in lower case.
    pub header: String,
    /// Its form, with `{}` for the secret: `Bearer {}`.
    #[serde(default = "plain_format")]
    pub format: String,
    /// The made-up secret.
    pub value: String,
}

fn plain_format() -> String {
    "{}".to_owned()
}

/// What is paid of the bills that the query found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// The payment's id: `{{reference}}` in exchanges.
    #[serde(default = "usual_payment")]
    pub reference: RecordId,
    /// The same as a number: `{{sequence}}`.
    #[serde(default = "usual_sequence")]
    pub sequence: u64,
    /// The reversal's id: `{{reversal}}`.
    #[serde(default = "usual_reversal")]
    pub reversal: RecordId,
    /// The bills, 1 to 50.
    pub items: Vec<Item>,
}

/// One bill and what is paid of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The bill's number, as the query gives it.
    pub bill: String,
    /// In the minor unit of the bill's currency.
    pub amount: i64,
}

fn usual_payment() -> RecordId {
    RecordId::new("pay_00000000000000000000000001").expect("the text is a record id")
}

fn usual_reversal() -> RecordId {
    RecordId::new("rev_00000000000000000000000001").expect("the text is a record id")
}

const fn usual_sequence() -> u64 {
    1
}

impl Scenario {
    /// What placeholders in its exchanges stand for.
    #[must_use]
    pub fn values(&self) -> Values {
        let payment = self.payment.as_ref();
        Values {
            reference: payment.map_or_else(usual_payment, |payment| payment.reference.clone()),
            reversal: payment.map_or_else(usual_reversal, |payment| payment.reversal.clone()),
            sequence: payment.map_or_else(usual_sequence, |payment| payment.sequence),
        }
    }
}

impl Material {
    /// The bytes; none where the text is no such encoding.
    #[must_use]
    pub fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Text(text) => Some(text.clone().into_bytes()),
            Self::Hex(digits) => from_hex(digits),
            Self::Base64(text) => body::from_base64(text),
        }
    }
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let pair = |pair: &[u8]| {
        let text = std::str::from_utf8(pair).ok()?;
        let plain = pair.len() == 2 && pair.iter().all(u8::is_ascii_hexdigit);
        plain.then(|| u8::from_str_radix(text, 16).ok()).flatten()
    };
    digits.as_bytes().chunks(2).map(pair).collect()
}
