//! Checks that a service's payment terms can be kept.

use guichet_domain::Money;
use guichet_domain::bill::AmountRule;
use guichet_domain::fee::{FeeRule, FeeTerms};
use guichet_domain::payment::StatusAnswer;

use super::Fault;
use crate::service::{Amounts, Flow, PaymentTerms};

const CHOICES_LIMIT: usize = 64;
const STATUS_LIMIT_SECONDS: u32 = 86_400;
/// Ten billion yuan: beyond it no sum of a day's payments could be trusted to
/// stay within 64 bits.
const AMOUNT_LIMIT: i64 = 1_000_000_000_000;

pub(crate) fn check(terms: &PaymentTerms) -> Vec<Fault> {
    let mut faults = amounts(&terms.amount);
    let whole = matches!(
        terms.amount.rule,
        AmountRule::Exact | AmountRule::WholePlus { .. }
    );
    if whole && matches!(terms.flow, Flow::Direct | Flow::ValidateThenPay) {
        faults.push(Fault::new(
            "an open bill owes nothing, so the payer must be able to choose the amount",
            "state the amount rule choices, between, steps, at-least or at-most",
        ));
    }
    faults.extend(fee(&terms.fee, &terms.amount));
    let late = |after: u32| after > STATUS_LIMIT_SECONDS;
    if matches!(terms.capabilities.status, StatusAnswer::Authoritative { after_seconds } if late(after_seconds))
    {
        faults.push(Fault::new(
            "a status is authoritative after a day at most",
            "state fewer after_seconds, or call the status advisory",
        ));
    }
    faults
}

fn amounts(amounts: &Amounts) -> Vec<Fault> {
    let mut faults = Vec::new();
    let stated = stated_amounts(amounts);
    if stated
        .iter()
        .any(|money| !money.is_positive() || money.minor_units() > AMOUNT_LIMIT)
    {
        faults.push(Fault::new(
            "an amount is not between 1 and 1,000,000,000,000 minor units",
            "correct it",
        ));
    }
    if stated
        .windows(2)
        .any(|pair| pair[0].currency() != pair[1].currency())
    {
        faults.push(Fault::new(
            "the amounts have different currencies",
            "use one currency",
        ));
    }
    if let Some((problem, mend)) = rule_fault(&amounts.rule) {
        faults.push(Fault::new(problem, mend));
    }
    let below = |limit: Option<Money>, least: Option<Money>| {
        limit
            .zip(least)
            .is_some_and(|(limit, least)| limit.minor_units() < least.minor_units())
    };
    if below(amounts.per_payment, least(&amounts.rule))
        || below(
            amounts.per_day,
            amounts.per_payment.or_else(|| least(&amounts.rule)),
        )
    {
        faults.push(Fault::new(
            "a limit is so low that nothing can be paid, or the day's is below the payment's",
            "raise it",
        ));
    }
    faults
}

fn stated_amounts(amounts: &Amounts) -> Vec<Money> {
    let mut stated: Vec<Money> = match &amounts.rule {
        AmountRule::Exact => Vec::new(),
        AmountRule::AtMost { maximum } => vec![*maximum],
        AmountRule::AtLeast { minimum } => vec![*minimum],
        AmountRule::Between { minimum, maximum } => vec![*minimum, *maximum],
        AmountRule::Steps {
            minimum,
            maximum,
            step,
        } => vec![*minimum, *maximum, *step],
        AmountRule::Choices { amounts } => amounts.clone(),
        AmountRule::WholePlus { allowance } => vec![*allowance],
    };
    stated.extend(amounts.per_payment.iter().chain(&amounts.per_day));
    stated
}

fn rule_fault(rule: &AmountRule) -> Option<(&'static str, &'static str)> {
    let minor = |money: &Money| money.minor_units();
    match rule {
        AmountRule::Between { minimum, maximum } if minor(minimum) > minor(maximum) => {
            Some(("the minimum is above the maximum", "exchange them"))
        }
        AmountRule::Steps {
            minimum,
            maximum,
            step,
        } if minor(minimum) > minor(maximum) || minor(step) > minor(maximum) => Some((
            "the minimum or the step is above the maximum",
            "correct them",
        )),
        AmountRule::Choices { amounts }
            if amounts.is_empty()
                || amounts.len() > CHOICES_LIMIT
                || amounts
                    .windows(2)
                    .any(|pair| minor(&pair[0]) >= minor(&pair[1])) =>
        {
            Some((
                "choices are 1 to 64 different amounts, ascending",
                "sort them",
            ))
        }
        _ => None,
    }
}

/// The least that can be paid, where the rule says so.
fn least(rule: &AmountRule) -> Option<Money> {
    match rule {
        AmountRule::Exact | AmountRule::AtMost { .. } | AmountRule::WholePlus { .. } => None,
        AmountRule::AtLeast { minimum }
        | AmountRule::Between { minimum, .. }
        | AmountRule::Steps { minimum, .. } => Some(*minimum),
        AmountRule::Choices { amounts } => amounts.first().copied(),
    }
}

fn fee(fee: &FeeTerms, amounts: &Amounts) -> Vec<Fault> {
    let lawful = |money: &Money| (0..=AMOUNT_LIMIT).contains(&money.minor_units());
    let (fine, stated) = match &fee.rule {
        FeeRule::None => (true, None),
        FeeRule::Fixed { amount } => (lawful(amount), Some(*amount)),
        FeeRule::Rate {
            basis_points,
            minimum,
            maximum,
        } => {
            let ordered = minimum.minor_units() <= maximum.minor_units();
            let alike = minimum.currency() == maximum.currency();
            let bounded = lawful(minimum) && lawful(maximum);
            (
                *basis_points <= 10_000 && ordered && alike && bounded,
                Some(*minimum),
            )
        }
    };
    let mut faults = Vec::new();
    if !fine {
        faults.push(Fault::new(
            "the fee is negative, above 100 %, or its bounds do not fit each other",
            "correct it",
        ));
    }
    let other = stated_amounts(amounts)
        .first()
        .map(|money| money.currency());
    if stated
        .zip(other)
        .is_some_and(|(fee, currency)| fee.currency() != currency)
    {
        faults.push(Fault::new(
            "fee and amounts have different currencies",
            "use one currency",
        ));
    }
    faults
}

#[cfg(test)]
mod tests;
