//! Which bills, and which amounts of them, one payment may take: amount rules,
//! selections and limits of a queried statement. Windows and fees are the
//! service's and stand in `terms`.

use serde::{Deserialize, Serialize};

use crate::moment::AccountingDate;
use crate::money::{Currency, Money};

/// Which amounts a bill accepts, or a service for all its bills.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, tag = "is")]
pub enum AmountRule {
    /// The payable amount and no other.
    #[default]
    Exact,
    /// Anything above zero up to `maximum`.
    AtMost {
        /// Included.
        maximum: Money,
    },
    /// `minimum` or more.
    AtLeast {
        /// Included.
        minimum: Money,
    },
    /// From `minimum` to `maximum`.
    Between {
        /// Included.
        minimum: Money,
        /// Included.
        maximum: Money,
    },
    /// `minimum` plus a whole number of `step`, up to `maximum`.
    Steps {
        /// Included.
        minimum: Money,
        /// Included.
        maximum: Money,
        /// Above zero.
        step: Money,
    },
    /// One of these.
    Choices {
        /// Ascending.
        amounts: Vec<Money>,
    },
    /// The whole bill and up to `allowance` on top.
    WholePlus {
        /// Included.
        allowance: Money,
    },
}

/// How many of a statement's bills one payment may take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Selection {
    /// Exactly one.
    #[default]
    Single,
    /// Any of them.
    Any,
    /// All of them.
    All,
    /// The oldest ones without a gap.
    OldestFirst,
}

/// Whether a bill may be paid here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Payability {
    /// It may.
    Payable,
    /// Shown with the reason.
    NotPayable {
        /// For the citizen.
        reason: String,
    },
    /// Its payability, amount rule or selection is of a later contract: not
    /// payable here.
    Other {
        /// What that contract calls it.
        name: String,
    },
}

/// The part of a bill that money rules look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    /// The biller's number, the same at every query.
    pub number: String,
    /// For people.
    pub title: String,
    /// What is owed; zero for an open bill.
    pub payable: Money,
    /// Which amounts are lawful.
    pub rule: AmountRule,
    /// Whether it may be paid here.
    pub payability: Payability,
    /// First day on which it may be paid.
    pub payable_from: Option<AccountingDate>,
    /// Last day on which it may be paid.
    pub payable_to: Option<AccountingDate>,
    /// The smallest is the oldest.
    pub order: u32,
    /// Bills of one group are chosen together or not at all.
    pub group: Option<String>,
    /// The plugin's own; comes back on submission.
    pub token: String,
}

/// Limits of one account or service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Most that one payment may take.
    pub per_payment: Option<Money>,
    /// Most that one account may be paid on one accounting date.
    pub per_day: Option<Money>,
}

/// One bill and what is to be paid of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The bill's number.
    pub bill: String,
    /// Above zero.
    pub amount: Money,
}

/// The most bills that one payment may take.
pub const MAX_ITEMS: usize = 50;

/// Why these items make no payment. The position counts the items from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    /// None, or more than `MAX_ITEMS`.
    #[error("a payment takes 1 to {MAX_ITEMS} bills")]
    Count,
    /// No such bill in the statement.
    #[error("item {0}: the query has no such bill")]
    NoSuchBill(usize),
    /// The same bill twice.
    #[error("item {0}: the bill is named twice")]
    Twice(usize),
    /// Shown only.
    #[error("item {0}: the bill cannot be paid here: {1}")]
    NotPayable(usize, String),
    /// Before its first or after its last day.
    #[error("item {0}: the bill can be paid from {1} to {2} only")]
    OutsideDates(usize, String, String),
    /// The amount breaks the bill's rule.
    #[error("item {0}: {1}")]
    Amount(usize, String),
    /// The choice of bills breaks the statement's selection.
    #[error("{0}")]
    Selection(&'static str),
    /// Above the limit for one payment.
    #[error("one payment may take at most {0} {1} in minor units")]
    AboveLimit(i64, Currency),
    /// Beyond 64 bits, or of several currencies.
    #[error("the amounts cannot be added")]
    Sum,
}

/// Checks the items against the statement, and against the service's own rule,
/// which no bill may widen; gives their sum.
pub fn check_items(
    bills: &[Bill],
    selection: Selection,
    service_rule: Option<&AmountRule>,
    limits: &[Limits],
    items: &[Item],
    today: AccountingDate,
) -> Result<Money, ItemError> {
    if items.is_empty() || items.len() > MAX_ITEMS {
        return Err(ItemError::Count);
    }
    let mut chosen: Vec<&Bill> = Vec::with_capacity(items.len());
    for (position, item) in items.iter().enumerate() {
        let bill = bills
            .iter()
            .find(|bill| bill.number == item.bill)
            .ok_or(ItemError::NoSuchBill(position))?;
        if chosen.iter().any(|other| other.number == bill.number) {
            return Err(ItemError::Twice(position));
        }
        check_bill(bill, position, today)?;
        for rule in [Some(&bill.rule), service_rule].into_iter().flatten() {
            check_amount(rule, bill.payable, item.amount)
                .map_err(|message| ItemError::Amount(position, message))?;
        }
        chosen.push(bill);
    }
    check_selection(bills, selection, &chosen)?;
    let currency = items[0].amount.currency();
    let total = Money::checked_sum(currency, items.iter().map(|item| item.amount))
        .map_err(|_| ItemError::Sum)?;
    for limit in limits.iter().filter_map(|limits| limits.per_payment) {
        if limit.currency() != currency || total.minor_units() > limit.minor_units() {
            return Err(ItemError::AboveLimit(limit.minor_units(), limit.currency()));
        }
    }
    Ok(total)
}

fn check_bill(bill: &Bill, position: usize, today: AccountingDate) -> Result<(), ItemError> {
    match &bill.payability {
        Payability::Payable => {}
        Payability::NotPayable { reason } => {
            return Err(ItemError::NotPayable(position, reason.clone()));
        }
        Payability::Other { name } => return Err(ItemError::NotPayable(position, name.clone())),
    }
    let early = bill.payable_from.is_some_and(|from| today < from);
    let late = bill.payable_to.is_some_and(|to| today > to);
    if early || late {
        let text = |date: Option<AccountingDate>| date.map(String::from).unwrap_or_default();
        let (from, to) = (text(bill.payable_from), text(bill.payable_to));
        return Err(ItemError::OutsideDates(position, from, to));
    }
    Ok(())
}

fn check_amount(rule: &AmountRule, payable: Money, amount: Money) -> Result<(), String> {
    if amount.currency() != payable.currency() {
        return Err(format!("the bill is in {}", payable.currency()));
    }
    if !amount.is_positive() {
        return Err("the amount must be above zero".to_owned());
    }
    let (paid, owed) = (amount.minor_units(), payable.minor_units());
    let range = |minimum: i64, maximum: i64| {
        if (minimum..=maximum).contains(&paid) {
            Ok(())
        } else {
            Err(format!(
                "the amount must lie from {minimum} to {maximum} minor units"
            ))
        }
    };
    match rule {
        AmountRule::Exact => range(owed, owed),
        AmountRule::AtMost { maximum } => range(1, maximum.minor_units()),
        AmountRule::AtLeast { minimum } => range(minimum.minor_units(), i64::MAX),
        AmountRule::Between { minimum, maximum } => {
            range(minimum.minor_units(), maximum.minor_units())
        }
        AmountRule::Steps {
            minimum,
            maximum,
            step,
        } => {
            range(minimum.minor_units(), maximum.minor_units())?;
            // The range above makes the difference non-negative.
            match (paid - minimum.minor_units()).checked_rem(step.minor_units()) {
                Some(0) => Ok(()),
                Some(_) | None => Err(format!(
                    "the amount must go in steps of {}",
                    step.minor_units()
                )),
            }
        }
        AmountRule::Choices { amounts } if amounts.contains(&amount) => Ok(()),
        AmountRule::Choices { .. } => Err("the amount is not one of the choices".to_owned()),
        AmountRule::WholePlus { allowance } => {
            range(owed, owed.saturating_add(allowance.minor_units()))
        }
    }
}

fn check_selection(
    bills: &[Bill],
    selection: Selection,
    chosen: &[&Bill],
) -> Result<(), ItemError> {
    let is_chosen = |bill: &Bill| chosen.iter().any(|other| other.number == bill.number);
    let payable = || {
        bills
            .iter()
            .filter(|bill| bill.payability == Payability::Payable)
    };
    let broken_group = chosen
        .iter()
        .filter_map(|bill| bill.group.as_ref())
        .any(|group| payable().any(|bill| bill.group.as_ref() == Some(group) && !is_chosen(bill)));
    if broken_group {
        return Err(ItemError::Selection("bills of one group are paid together"));
    }
    match selection {
        Selection::Single if chosen.len() == 1 => Ok(()),
        Selection::Single => Err(ItemError::Selection(
            "exactly one bill can be paid at a time",
        )),
        Selection::Any => Ok(()),
        Selection::All if payable().all(is_chosen) => Ok(()),
        Selection::All => Err(ItemError::Selection("all bills are paid together")),
        Selection::OldestFirst => {
            let newest = chosen.iter().map(|bill| bill.order).max().unwrap_or(0);
            if payable().any(|bill| bill.order < newest && !is_chosen(bill)) {
                return Err(ItemError::Selection("older bills are paid first"));
            }
            Ok(())
        }
    }
}

#[cfg(test)]
#[path = "bill_tests.rs"]
mod tests;
