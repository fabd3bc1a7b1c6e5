//! The publisher's check of a mapping: everything is read and walked, with no
//! values and nothing sent, and the first mistake is told with its place and its
//! mend.

use std::cell::OnceCell;

use guichet_sdk::bill::{Application, Order, OrderItem, ReversalOrder};
use guichet_sdk::{AssuranceLevel, Context, Money, PayerType};

use crate::application::{application, reversed};
use crate::document::document;
use crate::error::Fault;
use crate::exchange;
use crate::host::Host;
use crate::mapping::Mapping;
use crate::node::Node;
use crate::part::Part;
use crate::payment::pending_section;
use crate::plugin::{CALLS, currency, reversal_roots};
use crate::scope::{Call, Mode, View};
use crate::shapes::{next_step, ticket};
use crate::statement::{Bills, statement};
use crate::{template, values};

/// Sections whose templates may speak of an order, and of a reversal.
const OF_ORDERS: [&str; 3] = ["applied", "reversed", "pending"];

/// Checks a mapping; the host is asked nothing but the names of its functions.
pub fn check(text: &str, host: &dyn Host) -> Result<(), Fault> {
    let mapping = Mapping::open(text)?;
    let order = sample_order();
    let context = sample_context();
    let call = |roots| -> Result<Call<'_>, Fault> {
        Ok(Call {
            host,
            mode: Mode::Check,
            locale: "zh-CN",
            currency: currency(&mapping)?,
            tables: tables(&mapping)?,
            roots,
            now: OnceCell::new(),
            nonce: OnceCell::new(),
        })
    };
    let asking = call(vec![
        ("inputs", Node::Object(Vec::new())),
        ("context", values::context(&context)),
        ("token", Node::Null),
    ])?;
    let mut roots = reversal_roots(&order, None);
    roots.push(("context", values::context(&context)));
    let paying = call(roots)?;
    calls(&asking, &mapping)?;
    for name in mapping.operations() {
        let operation = mapping.operation(name)?.unwrap_or(Node::Null);
        let of_orders = OF_ORDERS.iter().any(|key| operation.get(key).is_some());
        exchange::check(
            if of_orders { &paying } else { &asking },
            &mapping,
            name,
            sections,
        )?;
    }
    Ok(())
}

fn sections(part: &Part<'_>) -> Result<(), Fault> {
    let mut found = false;
    let mut walk = |key: &str, made: &dyn Fn(&Part<'_>) -> Result<(), Fault>| {
        let Some(section) = part.part(key) else {
            return Ok(());
        };
        found = true;
        made(&section)
    };
    walk("statement", &|section| {
        statement(section, Bills::Listed).map(|_| ())
    })?;
    walk("choose", &|section| next_step(section).map(|_| ()))?;
    walk("later", &|section| ticket(section, "").map(|_| ()))?;
    walk("applied", &|section| application(section).map(|_| ()))?;
    walk("reversed", &|section| reversed(section).map(|_| ()))?;
    walk("pending", &|section| {
        pending_section(section, "").map(|_| ())
    })?;
    walk("document", &|section| document(section).map(|_| ()))?;
    if found {
        Ok(())
    } else {
        Err(part.mistake(
            "",
            "makes nothing of its answer: add statement, applied, reversed or document",
        ))
    }
}

fn calls(call: &Call<'_>, mapping: &Mapping<'_>) -> Result<(), Fault> {
    let section = mapping.section("calls")?;
    let part = Part::new(&section, "calls", View::new(call));
    for (name, operation) in section.members() {
        if !CALLS.iter().any(|(known, _)| known == name) {
            let names: Vec<&str> = CALLS.iter().map(|(name, _)| *name).collect();
            return Err(part.mistake(name, format!("is no call; there are {}", names.join(", "))));
        }
        part.text(name)?;
        if let Node::Text(operation) = operation
            && template::is_constant(operation)
            && !mapping.operations().any(|known| known == operation)
        {
            return Err(part.mistake(name, format!("names no operation: \"{operation}\"")));
        }
    }
    Ok(())
}

fn tables<'m>(mapping: &Mapping<'m>) -> Result<Node<'m>, Fault> {
    let tables = mapping.section("tables")?;
    for (name, table) in tables.members() {
        let plain = |(_, value): &(_, Node<'_>)| value.plain().is_some();
        if table.members().is_empty() || !table.members().iter().all(plain) {
            return Err(
                Fault::mapping("is an object of values and their translations")
                    .at(|| format!("tables.{name}")),
            );
        }
    }
    Ok(tables)
}

fn sample_context() -> Context {
    Context {
        call: String::new(),
        service: String::new(),
        region: String::new(),
        subject: String::new(),
        payer_type: PayerType::Person,
        assurance: AssuranceLevel::None,
        consent: None,
        channel: String::new(),
        journey: String::new(),
        locale: String::new(),
        accounting_date: String::new(),
        details: Vec::new(),
    }
}

fn sample_order() -> ReversalOrder {
    let nothing = || Money {
        minor_units: 0,
        currency: String::new(),
    };
    let order = Order {
        reference: String::new(),
        sequence: 0,
        attempt: 1,
        account_number: None,
        items: vec![OrderItem {
            bill_number: String::new(),
            token: String::new(),
            amount: nothing(),
            details: Vec::new(),
        }],
        total: nothing(),
        fee: None,
        funding: None,
        inputs: Vec::new(),
        channel: String::new(),
        accounting_date: String::new(),
        payer_type: PayerType::Person,
        requested_at: String::new(),
        details: Vec::new(),
    };
    ReversalOrder {
        reference: String::new(),
        attempt: 1,
        order,
        application: Application::new("", String::new(), nothing()),
        amount: nothing(),
        reason: String::new(),
        accounting_date: String::new(),
        requested_at: String::new(),
        details: Vec::new(),
    }
}
