//! The contract's functions: each finds its operation in the mapping and carries
//! it out. Which operation serves a call can depend on the service, by the
//! mapping's section `calls`.

use std::cell::OnceCell;

use guichet_sdk::bill::{
    Order, Pending, QueryOutcome, Reversal, ReversalOrder, Status, Submission,
};
use guichet_sdk::document::InquiryOutcome;
use guichet_sdk::{BillPayment, Context, Doubt, Failure, Inputs, Inquiry};

use crate::document::inquire;
use crate::error::Fault;
use crate::host::Host;
use crate::mapping::Mapping;
use crate::node::Node;
use crate::part::Part;
use crate::payment::{self, About};
use crate::scope::{Call, Mode, View};
use crate::sdk_host::SdkHost;
use crate::statement::query;
use crate::values;

/// Calls by name, each with the operation that serves it unless told otherwise.
pub const CALLS: [(&str, &str); 11] = [
    ("query-bills", "query"),
    ("second-step", "second"),
    ("poll-query", "result"),
    ("submit-payment", "pay"),
    ("payment-status", "status"),
    ("reverse-payment", "reverse"),
    ("reversal-status", "reversal-status"),
    ("ask", "ask"),
    ("ask-second-step", "ask-second"),
    ("ask-poll", "ask-result"),
    ("ask-next", "ask-next"),
];

/// The plugin.
pub struct HttpBiller;

impl BillPayment for HttpBiller {
    fn query_bills(context: &Context, inputs: &Inputs) -> Result<QueryOutcome, Failure> {
        answer(context, inputs_of(inputs), |call, mapping| {
            query(call, mapping, &serving(call, mapping, "query-bills")?)
        })
    }

    fn poll_query(
        context: &Context,
        token: &str,
        inputs: &Inputs,
    ) -> Result<QueryOutcome, Failure> {
        let (name, token) = resumed(token, "second-step", "poll-query", "poll-query");
        let mut roots = inputs_of(inputs);
        roots.push(("token", Node::text(token)));
        answer(context, roots, |call, mapping| {
            query(call, mapping, &serving(call, mapping, name)?)
        })
    }

    fn submit_payment(context: &Context, order: &Order) -> Result<Submission, Doubt> {
        decide(context, order_roots(order, None), |call, mapping| {
            Ok(payment::submit(
                call,
                mapping,
                &serving(call, mapping, "submit-payment")?,
            ))
        })
    }

    fn payment_status(
        context: &Context,
        order: &Order,
        last: Option<&Pending>,
    ) -> Result<Status, Doubt> {
        decide(context, order_roots(order, last), |call, mapping| {
            Ok(payment::status(
                call,
                mapping,
                &serving(call, mapping, "payment-status")?,
            ))
        })
    }

    fn reverse_payment(context: &Context, reversal: &ReversalOrder) -> Result<Reversal, Doubt> {
        decide(context, reversal_roots(reversal, None), |call, mapping| {
            let name = serving(call, mapping, "reverse-payment")?;
            Ok(payment::reverse(call, mapping, &name, About::Reversing))
        })
    }

    fn reversal_status(
        context: &Context,
        reversal: &ReversalOrder,
        last: Option<&Pending>,
    ) -> Result<Reversal, Doubt> {
        decide(context, reversal_roots(reversal, last), |call, mapping| {
            let name = serving(call, mapping, "reversal-status")?;
            Ok(payment::reverse(call, mapping, &name, About::Asking))
        })
    }
}

impl Inquiry for HttpBiller {
    fn ask(context: &Context, inputs: &Inputs) -> Result<InquiryOutcome, Failure> {
        answer(context, inputs_of(inputs), |call, mapping| {
            inquire(call, mapping, &serving(call, mapping, "ask")?)
        })
    }

    fn poll(context: &Context, token: &str, inputs: &Inputs) -> Result<InquiryOutcome, Failure> {
        let (name, token) = resumed(token, "ask-second-step", "ask-poll", "ask-next");
        let mut roots = inputs_of(inputs);
        roots.push(("token", Node::text(token)));
        answer(context, roots, |call, mapping| {
            inquire(call, mapping, &serving(call, mapping, name)?)
        })
    }
}

type Roots<'r> = Vec<(&'static str, Node<'r>)>;

fn inputs_of(inputs: &Inputs) -> Roots<'_> {
    vec![(
        "inputs",
        Node::object(
            inputs
                .iter()
                .map(|(name, value)| (name, Node::text(value.trim()))),
        ),
    )]
}

/// What a payment's templates can speak of.
pub fn order_roots<'r>(order: &'r Order, last: Option<&'r Pending>) -> Roots<'r> {
    vec![
        ("inputs", values::inputs(&order.inputs)),
        ("order", values::order(order)),
        ("last", values::last(last)),
    ]
}

/// What a reversal's templates can speak of.
pub fn reversal_roots<'r>(reversal: &'r ReversalOrder, last: Option<&'r Pending>) -> Roots<'r> {
    let mut roots = order_roots(&reversal.order, last);
    roots.push(("reversal", values::reversal(reversal)));
    roots.push(("application", values::application(&reversal.application)));
    roots
}

/// Which call a token belongs to, and what the mapping put into it.
fn resumed<'t>(
    token: &'t str,
    step: &'static str,
    ticket: &'static str,
    page: &'static str,
) -> (&'static str, &'t str) {
    match token.split_once(':') {
        Some(("step", rest)) => (step, rest),
        Some(("page", rest)) => (page, rest),
        Some(("ticket", rest)) => (ticket, rest),
        _ => (ticket, token),
    }
}

fn answer<T>(
    context: &Context,
    roots: Roots<'_>,
    carry_out: impl FnOnce(&Call<'_>, &Mapping<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    with_mapping(&SdkHost, context, roots, carry_out)
        .unwrap_or_else(|fault| Err(Failure::from(fault)))
}

fn decide<T>(
    context: &Context,
    roots: Roots<'_>,
    carry_out: impl FnOnce(&Call<'_>, &Mapping<'_>) -> Result<T, Fault>,
) -> Result<T, Doubt> {
    let outcome = with_mapping(&SdkHost, context, roots, carry_out);
    outcome
        .and_then(|outcome| outcome)
        .map_err(|fault| Doubt::now(&fault.to_string()))
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Other(fault.to_string())
    }
}

/// Opens the configured mapping for one call.
pub fn with_mapping<'c, T>(
    host: &'c dyn Host,
    context: &'c Context,
    mut roots: Roots<'c>,
    carry_out: impl FnOnce(&Call<'_>, &Mapping<'_>) -> T,
) -> Result<T, Fault> {
    let missing = || {
        Fault::mapping("is missing: put the mapping's JSON into the package's config")
            .at(|| "config.mapping".to_owned())
    };
    let text = host.config("mapping").ok_or_else(missing)?;
    let mapping = Mapping::open(&text)?;
    roots.push(("context", values::context(context)));
    let call = Call {
        host,
        mode: Mode::Run,
        locale: &context.locale,
        currency: currency(&mapping)?,
        tables: mapping.section("tables")?,
        roots,
        now: OnceCell::new(),
        nonce: OnceCell::new(),
    };
    Ok(carry_out(&call, &mapping))
}

/// The currency of the mapping's amounts.
pub fn currency(mapping: &Mapping<'_>) -> Result<String, Fault> {
    match mapping.section("currency")? {
        Node::Null => Ok("CNY".to_owned()),
        Node::Text(code)
            if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) =>
        {
            Ok(code.into_owned())
        }
        _ => {
            Err(Fault::mapping("is three capital letters, like \"CNY\"")
                .at(|| "currency".to_owned()))
        }
    }
}

/// The operation that serves a call for this service.
fn serving(call: &Call<'_>, mapping: &Mapping<'_>, name: &str) -> Result<String, Fault> {
    let calls = mapping.section("calls")?;
    let part = Part::new(&calls, "calls", View::new(call));
    if let Some(operation) = part.text(name)? {
        return Ok(operation);
    }
    let usual = CALLS
        .iter()
        .find(|(call, _)| *call == name)
        .map(|(_, operation)| *operation);
    Ok(usual.unwrap_or(name).to_owned())
}
