//! The contract's records as values that templates can speak of. A value that
//! the record leaves open is null.

use guichet_sdk::bill::{Application, Order, Pending, ReversalOrder};
use guichet_sdk::{AssuranceLevel, Context, PayerType};

use crate::json;
use crate::node::Node;

/// `inputs.NAME`.
pub(crate) fn inputs(inputs: &[(String, String)]) -> Node<'_> {
    Node::object(
        inputs
            .iter()
            .map(|(name, value)| (name.as_str(), Node::text(value.trim()))),
    )
}

/// `context.…`.
pub(crate) fn context(context: &Context) -> Node<'_> {
    let consent = context.consent.as_ref();
    Node::object([
        ("call", Node::text(context.call.as_str())),
        ("service", Node::text(context.service.as_str())),
        ("region", Node::text(context.region.as_str())),
        ("subject", Node::text(context.subject.as_str())),
        ("payer_type", payer_type(&context.payer_type)),
        ("assurance", Node::text(assurance(context.assurance))),
        (
            "consent",
            consent.map_or(Node::Null, |consent| {
                Node::object([
                    ("id", Node::text(consent.id.as_str())),
                    ("purpose", Node::text(consent.purpose.as_str())),
                    ("expires_at", Node::text(consent.expires_at.as_str())),
                ])
            }),
        ),
        ("channel", Node::text(context.channel.as_str())),
        ("journey", Node::text(context.journey.as_str())),
        ("locale", Node::text(context.locale.as_str())),
        (
            "accounting_date",
            Node::text(context.accounting_date.as_str()),
        ),
    ])
}

fn payer_type(payer: &PayerType) -> Node<'_> {
    Node::text(match payer {
        PayerType::Person => "person",
        PayerType::Firm => "firm",
        PayerType::Other(other) => other.as_str(),
    })
}

fn assurance(level: AssuranceLevel) -> &'static str {
    match level {
        AssuranceLevel::None => "none",
        AssuranceLevel::Low => "low",
        AssuranceLevel::Substantial => "substantial",
        AssuranceLevel::High => "high",
    }
}

/// `order.…`. An item's token that is JSON stands parsed under `data`.
pub(crate) fn order(order: &Order) -> Node<'_> {
    let items = order.items.iter().map(|item| {
        let structured = item
            .token
            .starts_with('{')
            .then(|| json::parse(&item.token).ok())
            .flatten();
        Node::object([
            ("bill_number", Node::text(item.bill_number.as_str())),
            ("token", Node::text(item.token.as_str())),
            ("data", structured.unwrap_or(Node::Null)),
            ("amount", Node::whole(item.amount.minor_units)),
        ])
    });
    let funding = order.funding.as_ref();
    Node::object([
        ("reference", Node::text(order.reference.as_str())),
        ("sequence", Node::whole(order.sequence)),
        ("attempt", Node::whole(order.attempt)),
        (
            "account_number",
            Node::optional(order.account_number.as_deref()),
        ),
        ("items", Node::List(items.collect())),
        ("total", Node::whole(order.total.minor_units)),
        ("currency", Node::text(order.total.currency.as_str())),
        (
            "fee",
            order
                .fee
                .as_ref()
                .map_or(Node::Null, |fee| Node::whole(fee.amount.minor_units)),
        ),
        (
            "funding",
            funding.map_or(Node::Null, |funding| {
                Node::object([
                    ("method", Node::text(funding.method.as_str())),
                    ("institution", Node::text(funding.institution.as_str())),
                    ("reference", Node::optional(funding.reference.as_deref())),
                    ("at", Node::optional(funding.at.as_deref())),
                ])
            }),
        ),
        ("channel", Node::text(order.channel.as_str())),
        (
            "accounting_date",
            Node::text(order.accounting_date.as_str()),
        ),
        ("payer_type", payer_type(&order.payer_type)),
        ("requested_at", Node::text(order.requested_at.as_str())),
    ])
}

/// `last.…`: what the last `pending` answer left behind.
pub(crate) fn last(last: Option<&Pending>) -> Node<'_> {
    Node::object([
        (
            "reference",
            Node::optional(last.and_then(|last| last.reference.as_deref())),
        ),
        (
            "token",
            Node::optional(last.and_then(|last| last.token.as_deref())),
        ),
    ])
}

/// `reversal.…`.
pub(crate) fn reversal(reversal: &ReversalOrder) -> Node<'_> {
    Node::object([
        ("reference", Node::text(reversal.reference.as_str())),
        ("attempt", Node::whole(reversal.attempt)),
        ("amount", Node::whole(reversal.amount.minor_units)),
        ("reason", Node::text(reversal.reason.as_str())),
        (
            "accounting_date",
            Node::text(reversal.accounting_date.as_str()),
        ),
        ("requested_at", Node::text(reversal.requested_at.as_str())),
    ])
}

/// `application.…`: the biller's answer to the payment that is reversed.
pub(crate) fn application(application: &Application) -> Node<'_> {
    Node::object([
        ("serial", Node::text(application.serial.as_str())),
        ("at", Node::text(application.at.as_str())),
        ("amount", Node::whole(application.amount.minor_units)),
        (
            "invoice_reference",
            Node::optional(application.invoice_reference.as_deref()),
        ),
        (
            "treasury_code",
            Node::optional(application.treasury_code.as_deref()),
        ),
        (
            "fiscal_receipt",
            Node::optional(application.fiscal_receipt.as_deref()),
        ),
    ])
}
