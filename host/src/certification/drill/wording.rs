//! Words of the drill's findings: where something went wrong, and the mend.

use guichet_registry::certification::{Fault, Function};
use guichet_registry::scenario::Scenario;

use super::is_worth_naming;
use crate::certification::errand::Step;
use crate::certification::stage::Strike;

/// The call, the exchange and the fault.
pub(super) fn place(step: &Step, strike: Strike, scenario: &Scenario) -> String {
    let exchange = step
        .exchanges
        .get(strike.position - 1)
        .map(|index| scenario.exchanges[*index].name.to_string())
        .unwrap_or_default();
    let fault = strike.fault.tells();
    let moment = if is_worth_naming(strike.fault, strike.moment) && strike.fault != Fault::Refused {
        format!(" ({})", strike.moment.tells())
    } else {
        String::new()
    };
    format!("{}, at {exchange}, {fault}{moment}", step.label())
}

/// What to do about a call of this function.
pub(super) const fn mend(function: Function) -> &'static str {
    match function {
        Function::SubmitPayment | Function::ReversePayment => {
            "send the effect once, and answer unknown unless a whole and genuine answer of the \
             biller's proves more"
        }
        Function::PaymentStatus | Function::ReversalStatus => {
            "answer unknown unless a whole and genuine answer of the biller's says what became of it"
        }
        Function::QueryBills
        | Function::PollQuery
        | Function::Ask
        | Function::Poll
        | Function::Issue => {
            "answer unavailable or other unless a whole and genuine answer came, and check that \
             it is one (status, form, signature)"
        }
    }
}
