//! Checks a plugin's statement against the contract before anybody sees it, and
//! gives the part that money rules look at. A statement that breaks the contract
//! is refused whole: a wrong amount must not reach a citizen.

use std::collections::BTreeSet;

use guichet_domain::bill::{AmountRule, Bill, Limits, Payability, Selection};
use guichet_domain::{AccountingDate, Money};
use guichet_sandbox::contract::bill_payment as contract;
use guichet_sandbox::contract::types;

use crate::plugins::translate::money;

/// Bills of one statement; what is above is no statement that people read.
const MAX_BILLS: usize = 500;
/// Bytes of a bill's number.
const MAX_NUMBER_BYTES: usize = 128;
/// Bytes of a bill's token; the contract says so.
const MAX_TOKEN_BYTES: usize = 4_096;

/// What a payment may take from a statement.
#[derive(Debug)]
pub struct Checked {
    /// The bills.
    pub bills: Vec<Bill>,
    /// How many of them.
    pub selection: Selection,
    /// Limits of the account.
    pub limits: Limits,
}

/// How the statement breaks the contract; for the operator and the publisher.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("bill {bill:?}: {what}")]
pub struct Broken {
    /// Number of the bill; empty for the statement as a whole.
    bill: String,
    /// What is wrong.
    what: &'static str,
}

fn broken(bill: &str, what: &'static str) -> Broken {
    Broken {
        bill: bill.chars().take(40).collect(),
        what,
    }
}

/// Checks the whole statement.
pub fn statement(statement: &contract::Statement) -> Result<Checked, Broken> {
    if statement.bills.len() > MAX_BILLS {
        return Err(broken("", "more than 500 bills"));
    }
    let mut numbers = BTreeSet::new();
    let bills = statement
        .bills
        .iter()
        .map(|bill| {
            if !numbers.insert(bill.number.as_str()) {
                return Err(broken(&bill.number, "the number stands twice"));
            }
            check_bill(bill, &statement.selection)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mixed = bills
        .windows(2)
        .any(|two| two[0].payable.currency() != two[1].payable.currency());
    if mixed {
        return Err(broken("", "bills of several currencies"));
    }
    Ok(Checked {
        bills,
        selection: selection(&statement.selection),
        limits: limits(statement)?,
    })
}

fn check_bill(bill: &contract::Bill, selection: &contract::Selection) -> Result<Bill, Broken> {
    let wrong = |what| broken(&bill.number, what);
    if bill.number.is_empty() || bill.number.len() > MAX_NUMBER_BYTES {
        return Err(wrong("the number has 1 to 128 bytes"));
    }
    if bill.token.len() > MAX_TOKEN_BYTES {
        return Err(wrong("the token has at most 4,096 bytes"));
    }
    let payable = not_negative(&bill.payable).ok_or(wrong("payable is no amount"))?;
    let rule = rule(&bill.rule).ok_or(wrong("the rule's amounts are wrong"))?;
    let is_open = rule != AmountRule::Exact && payable.minor_units() == 0;
    if !is_open && sum(bill).ok_or(wrong("a part is no amount"))? != payable {
        return Err(wrong("the parts do not make the payable amount"));
    }
    let date = |text: &Option<String>| {
        text.as_deref()
            .map(str::parse::<AccountingDate>)
            .transpose()
    };
    Ok(Bill {
        number: bill.number.clone(),
        title: bill.title.clone(),
        payable,
        rule,
        payability: payability(bill, selection),
        payable_from: date(&bill.payable_from).map_err(|_| wrong("payable-from is no date"))?,
        payable_to: date(&bill.payable_to).map_err(|_| wrong("payable-to is no date"))?,
        order: bill.order,
        group: bill.group.clone(),
        token: bill.token.clone(),
    })
}

/// Principal and late charges, less discount, credit and what is paid, with
/// rounding; never below zero. Charges must sum up to the principal.
fn sum(bill: &contract::Bill) -> Option<Money> {
    let principal = not_negative(&bill.principal)?;
    let currency = principal.currency();
    if !bill.charges.is_empty() {
        let charges = bill.charges.iter().map(|charge| money(&charge.amount));
        let charges: Vec<Money> = charges.collect::<Option<_>>()?;
        (Money::checked_sum(currency, charges).ok()? == principal).then_some(())?;
    }
    let late = bill
        .late_charges
        .iter()
        .map(|late| not_negative(&late.amount));
    let late: Vec<Money> = late.collect::<Option<_>>()?;
    let mut total = principal
        .checked_add(Money::checked_sum(currency, late).ok()?)
        .ok()?;
    for less in [&bill.discount, &bill.brought_forward, &bill.paid]
        .into_iter()
        .flatten()
    {
        total = total.checked_sub(not_negative(less)?).ok()?;
    }
    if let Some(rounding) = &bill.rounding {
        total = total.checked_add(money(rounding)?).ok()?;
    }
    Some(Money::new(total.minor_units().max(0), currency))
}

fn not_negative(amount: &types::Money) -> Option<Money> {
    money(amount).filter(|money| money.minor_units() >= 0)
}

fn positive(amount: &types::Money) -> Option<Money> {
    money(amount).filter(|money| money.is_positive())
}

fn rule(rule: &contract::AmountRule) -> Option<AmountRule> {
    Some(match rule {
        contract::AmountRule::Exact => AmountRule::Exact,
        contract::AmountRule::AtMost(maximum) => AmountRule::AtMost {
            maximum: positive(maximum)?,
        },
        contract::AmountRule::AtLeast(minimum) => AmountRule::AtLeast {
            minimum: positive(minimum)?,
        },
        contract::AmountRule::Between(range) => AmountRule::Between {
            minimum: positive(&range.minimum)?,
            maximum: positive(&range.maximum)?,
        },
        contract::AmountRule::Steps(steps) => AmountRule::Steps {
            minimum: positive(&steps.minimum)?,
            maximum: positive(&steps.maximum)?,
            step: positive(&steps.step)?,
        },
        contract::AmountRule::Choices(amounts) if amounts.is_empty() => return None,
        contract::AmountRule::Choices(amounts) => AmountRule::Choices {
            amounts: amounts.iter().map(positive).collect::<Option<_>>()?,
        },
        contract::AmountRule::WholePlus(allowance) => AmountRule::WholePlus {
            allowance: not_negative(allowance)?,
        },
        // `payability` keeps such a bill from being paid.
        contract::AmountRule::Other(_) => AmountRule::Exact,
    })
}

/// What this host does not know makes a bill one that is only shown.
fn payability(bill: &contract::Bill, selection: &contract::Selection) -> Payability {
    let unknown = |name: &String| Payability::Other { name: name.clone() };
    match (&bill.payability, &bill.rule, selection) {
        (contract::Payability::NotPayable(reason), ..) => Payability::NotPayable {
            reason: reason.clone(),
        },
        (contract::Payability::Other(name), ..)
        | (_, contract::AmountRule::Other(name), _)
        | (.., contract::Selection::Other(name)) => unknown(name),
        (contract::Payability::Payable, ..) => Payability::Payable,
    }
}

fn selection(selection: &contract::Selection) -> Selection {
    match selection {
        contract::Selection::Single | contract::Selection::Other(_) => Selection::Single,
        contract::Selection::Any => Selection::Any,
        contract::Selection::All => Selection::All,
        contract::Selection::OldestFirst => Selection::OldestFirst,
    }
}

fn limits(statement: &contract::Statement) -> Result<Limits, Broken> {
    let Some(limits) = &statement.limits else {
        return Ok(Limits::default());
    };
    let read = |amount: &Option<types::Money>| match amount {
        None => Ok(None),
        Some(amount) => match positive(amount) {
            None => Err(broken("", "a limit is no amount")),
            limit => Ok(limit),
        },
    };
    Ok(Limits {
        per_payment: read(&limits.per_payment)?,
        per_day: read(&limits.per_day)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cny(minor_units: i64) -> types::Money {
        types::Money {
            minor_units,
            currency: "CNY".into(),
        }
    }

    fn bill(number: &str, principal: i64, payable: i64) -> contract::Bill {
        contract::Bill {
            number: number.into(),
            title: "water".into(),
            period: None,
            payable_from: None,
            payable_to: None,
            principal: cny(principal),
            charges: Vec::new(),
            late_charges: Vec::new(),
            discount: None,
            brought_forward: None,
            paid: None,
            rounding: None,
            readings: Vec::new(),
            tiers: Vec::new(),
            payable: cny(payable),
            rule: contract::AmountRule::Exact,
            payability: contract::Payability::Payable,
            token: String::new(),
            order: 1,
            group: None,
            fields: Vec::new(),
            details: Vec::new(),
        }
    }

    fn run(bills: Vec<contract::Bill>) -> Result<Checked, Broken> {
        run_with(bills, contract::Selection::Any)
    }

    fn run_with(
        bills: Vec<contract::Bill>,
        selection: contract::Selection,
    ) -> Result<Checked, Broken> {
        statement(&contract::Statement {
            account: None,
            bills,
            selection,
            limits: None,
            notice: None,
            valid_for_seconds: None,
            details: Vec::new(),
        })
    }

    #[test]
    fn the_parts_must_make_the_payable_amount() {
        let mut late = bill("1", 8_000, 8_650);
        late.late_charges.push(contract::LateCharge {
            kind: contract::LateChargeKind::LiquidatedDamages,
            amount: cny(700),
            details: Vec::new(),
        });
        late.discount = Some(cny(50));
        assert_eq!(
            run(vec![late.clone()]).unwrap().bills[0].payable,
            Money::cny(8_650)
        );
        late.payable = cny(8_651);
        assert!(run(vec![late]).is_err());
    }

    #[test]
    fn numbers_are_unique_and_amounts_lawful() {
        assert!(run(vec![bill("1", 5, 5), bill("2", 6, 6)]).is_ok());
        assert!(run(vec![bill("1", 5, 5), bill("1", 6, 6)]).is_err());
        assert!(run(vec![bill("1", -5, -5)]).is_err());
        let mut dollars = bill("2", 5, 5);
        dollars.principal.currency = "USD".into();
        dollars.payable.currency = "USD".into();
        assert!(run(vec![bill("1", 5, 5), dollars]).is_err());
        let mut odd = bill("1", 5, 5);
        odd.payable_to = Some("tomorrow".into());
        assert!(run(vec![odd]).is_err());
    }

    #[test]
    fn what_is_not_known_here_is_shown_and_not_paid() {
        let payability = |bill: contract::Bill, selection: contract::Selection| {
            let checked = run_with(vec![bill], selection).unwrap();
            checked.bills[0].payability.clone()
        };
        let other = Payability::Other {
            name: "later".into(),
        };
        let mut odd = bill("1", 5, 5);
        odd.rule = contract::AmountRule::Other("later".into());
        assert_eq!(payability(odd, contract::Selection::Any), other);
        let plain = bill("1", 5, 5);
        let later = contract::Selection::Other("later".into());
        assert_eq!(payability(plain.clone(), later), other);
        assert_eq!(
            payability(plain, contract::Selection::Any),
            Payability::Payable
        );
    }

    #[test]
    fn an_open_bill_owes_nothing_and_needs_no_parts() {
        let mut open = bill("open", 0, 0);
        open.rule = contract::AmountRule::AtLeast(cny(100));
        assert!(run(vec![open.clone()]).is_ok());
        open.rule = contract::AmountRule::Choices(Vec::new());
        assert!(run(vec![open]).is_err());
    }
}
