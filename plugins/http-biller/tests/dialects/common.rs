//! What the suites share: a service of a dialect on the fake host, and its
//! biller's answers.

use guichet_sdk::bill::{Application, Order, QueryOutcome, ReversalOrder, Statement};
use guichet_sdk::fake::{self, Answer, Host, Installed, Sent};
use guichet_sdk::{Failure, Inputs, Money};

/// The mappings of the city's dialects, as the generator embeds them.
pub(crate) const MAPPINGS: [(&str, &str); 5] = [
    (
        "json-hmac",
        include_str!("../../../../examples/city/mappings/json-hmac.json"),
    ),
    (
        "json-rsa",
        include_str!("../../../../examples/city/mappings/json-rsa.json"),
    ),
    (
        "xml-gb18030",
        include_str!("../../../../examples/city/mappings/xml-gb18030.json"),
    ),
    (
        "form",
        include_str!("../../../../examples/city/mappings/form.json"),
    ),
    (
        "json-sm2",
        include_str!("../../../../examples/city/mappings/json-sm2.json"),
    ),
];

/// A host with the mapping of a dialect and its keys.
pub(crate) fn host(dialect: &str) -> Host {
    let (_, mapping) = MAPPINGS
        .iter()
        .find(|(name, _)| *name == dialect)
        .expect("a dialect");
    let host = Host::new().config("mapping", mapping);
    match dialect {
        "json-hmac" | "form" => host.mac_key("mac", "hmac-sha256", b"example-key"),
        "xml-gb18030" => host.mac_key("mac", "hmac-sm3", b"example-key"),
        _ => host.signing_key("signing").signing_key("biller"),
    }
}

/// The same host with one answer to everything.
pub(crate) fn answering(dialect: &str, answer: impl FnMut(&Sent) -> Answer + 'static) -> Installed {
    host(dialect).answers(answer).install()
}

/// An input named `account`.
pub(crate) fn account() -> Inputs {
    Inputs::from([("account", "3301000001")])
}

/// An order of one bill, with its account.
pub(crate) fn order() -> Order {
    let mut order = fake::order(Some("3301000001"), "202609-3301000001", "k3v9", 8650);
    order.inputs = vec![("account".to_owned(), "3301000001".to_owned())];
    order
}

/// A reversal of that order.
pub(crate) fn reversal() -> ReversalOrder {
    ReversalOrder {
        reference: "rev_1".to_owned(),
        attempt: 1,
        order: order(),
        application: Application::new(
            "S0000000001",
            "2026-11-21T08:30:00Z".to_owned(),
            Money::fen(8650),
        ),
        amount: Money::fen(8650),
        reason: "重复 <缴费> & 退回".to_owned(),
        accounting_date: "2026-11-21".to_owned(),
        requested_at: "2026-11-21T08:40:00Z".to_owned(),
        details: Vec::new(),
    }
}

/// The statement of an outcome that is ready.
pub(crate) fn ready(outcome: Result<QueryOutcome, Failure>) -> Statement {
    match outcome {
        Ok(QueryOutcome::Ready(statement)) => statement,
        other => panic!("not ready: {other:?}"),
    }
}

/// The body of a request as text.
pub(crate) fn body(sent: &Sent) -> String {
    String::from_utf8(sent.body.clone()).expect("UTF-8")
}

/// A JSON answer with status 200.
pub(crate) fn ok(body: &serde_json::Value) -> Answer {
    fake::bytes(200, body.to_string().as_bytes())
}

/// The JSON body of a request.
pub(crate) fn json_of(sent: &Sent) -> serde_json::Value {
    serde_json::from_slice(&sent.body).unwrap_or_default()
}
