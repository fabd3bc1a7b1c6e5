//! Applying an order: whole or not at all, once per reference where the biller
//! deduplicates.

use std::collections::HashSet;

use guichet_stage::Journal;

use super::effect::dated;
use super::{Books, Effect, EffectItem, ITEMS_LIMIT, Receipt, Submission};
use crate::catalogue::{Amounts, Selection};
use crate::clock::Moment;
use crate::code::Code;
use crate::draw::Draw;
use crate::world::{Bill, OPEN};

/// The rules that an order must keep, and the bills it may pay.
#[derive(Debug)]
pub(crate) struct Terms<'a> {
    pub(crate) bills: &'a [Bill],
    pub(crate) amounts: &'a Amounts,
    pub(crate) selection: Selection,
    /// Whether an `open` bill is taken.
    pub(crate) open: bool,
}

/// Where effects go: whose they are, the file, and what room is left.
#[derive(Debug)]
pub(crate) struct Gate<'a> {
    pub(crate) seed: u64,
    pub(crate) service: &'a str,
    pub(crate) deduplicates: bool,
    pub(crate) log: &'a Journal,
    pub(crate) now: Moment,
}

impl Gate<'_> {
    /// A serial number that depends on the order only, never on the sequence in
    /// which orders arrive.
    pub(super) fn serial(&self, reference: &str, occurrence: u32) -> String {
        let occurrence = occurrence.to_string();
        let names = ["serial", self.service, reference, &occurrence];
        format!("S{}", Draw::of(self.seed, &names).digits(12))
    }
}

impl Books {
    /// Applies an order, or says why not.
    pub(crate) fn apply(
        &mut self,
        gate: &Gate<'_>,
        submission: &Submission,
        terms: &Terms<'_>,
    ) -> Result<Receipt, Code> {
        check_form(submission)?;
        let known = self.orders.get(&submission.reference);
        if let Some(order) = known {
            let same = order.account == submission.account && order.total == submission.total;
            if !same || (gate.deduplicates && order.standing == 0) {
                return Err(Code::DuplicateReference);
            }
            if gate.deduplicates {
                return Ok(self.receipt(&submission.reference, order));
            }
        }
        let occurrence = known.map_or(0, |order| order.ever);
        let items = if occurrence == 0 {
            self.allot(submission, terms)?
        } else {
            // Without deduplication the money is taken again; the bill is paid,
            // so it becomes balance.
            submission
                .items
                .iter()
                .map(|item| EffectItem {
                    bill: item.bill.clone(),
                    amount: item.amount,
                    to_balance: item.amount,
                })
                .collect()
        };
        let effect = Effect {
            reference: submission.reference.clone(),
            service: gate.service.to_owned(),
            amount: submission.total,
            at: gate.now.rfc3339(),
            serial: gate.serial(&submission.reference, occurrence),
            account: submission.account.clone(),
            items,
            accounting_date: dated(submission.accounting_date),
            reversal: None,
        };
        let serial = effect.serial.clone();
        gate.log
            .append(std::slice::from_ref(&effect))
            .map_err(|_| Code::SystemBusy)?;
        self.enter(effect);
        let order = &self.orders[&submission.reference];
        let mut receipt = self.receipt(&submission.reference, order);
        receipt.serial = serial;
        receipt.at = gate.now;
        Ok(receipt)
    }

    /// Decides what each item pays.
    fn allot(&self, submission: &Submission, terms: &Terms<'_>) -> Result<Vec<EffectItem>, Code> {
        let unpaid: Vec<Bill> = terms
            .bills
            .iter()
            .map(|bill| bill.clone().with_paid(self.paid(&bill.number)))
            .filter(|bill| bill.payable > 0)
            .collect();
        let items = submission
            .items
            .iter()
            .map(|item| {
                if item.bill == OPEN {
                    return open_item(item.amount, terms);
                }
                if let Some(bill) = unpaid.iter().find(|bill| bill.number == item.bill) {
                    if bill.token != item.token {
                        return Err(Code::NotPayable);
                    }
                    return bill_item(bill, item.amount, terms.amounts);
                }
                let known = terms.bills.iter().any(|bill| bill.number == item.bill);
                Err(if known {
                    Code::AlreadyPaid
                } else {
                    Code::NotPayable
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        check_selection(&items, &unpaid, terms)?;
        Ok(items)
    }
}

fn open_item(amount: i64, terms: &Terms<'_>) -> Result<EffectItem, Code> {
    if !terms.open {
        return Err(Code::NotPayable);
    }
    let fits = match terms.amounts {
        Amounts::Between(from, to) => (*from..=*to).contains(&amount),
        Amounts::Steps(from, to, step) => {
            (*from..=*to).contains(&amount) && (amount - from) % step.max(&1) == 0
        }
        Amounts::Choices(choices) => choices.contains(&amount),
        Amounts::Exact | Amounts::AtMost | Amounts::WholePlus(_) => amount > 0,
    };
    if !fits {
        return Err(Code::AmountWrong);
    }
    Ok(EffectItem {
        bill: OPEN.to_owned(),
        amount,
        to_balance: amount,
    })
}

fn bill_item(bill: &Bill, amount: i64, amounts: &Amounts) -> Result<EffectItem, Code> {
    let fits = match amounts {
        Amounts::AtMost => (1..=bill.payable).contains(&amount),
        Amounts::WholePlus(extra) => (bill.payable..=bill.payable + extra).contains(&amount),
        Amounts::Exact | Amounts::Between(..) | Amounts::Steps(..) | Amounts::Choices(_) => {
            amount == bill.payable
        }
    };
    if !fits {
        return Err(Code::AmountWrong);
    }
    let to_balance = (amount - bill.payable).max(0);
    Ok(EffectItem {
        bill: bill.number.clone(),
        amount,
        to_balance,
    })
}

fn check_form(submission: &Submission) -> Result<(), Code> {
    let reference = submission.reference.as_bytes();
    let lawful = (1..=32).contains(&reference.len())
        && reference
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_');
    let numbers: HashSet<_> = submission.items.iter().map(|item| &item.bill).collect();
    let count = submission.items.len();
    if !lawful || !(1..=ITEMS_LIMIT).contains(&count) || numbers.len() != count {
        return Err(Code::BadRequest);
    }
    let sum = submission.items.iter().try_fold(0_i64, |sum, item| {
        sum.checked_add(item.amount).filter(|_| item.amount > 0)
    });
    if sum == Some(submission.total) {
        Ok(())
    } else {
        Err(Code::AmountWrong)
    }
}

/// Bills that must go together, or in order, do.
fn check_selection(items: &[EffectItem], unpaid: &[Bill], terms: &Terms<'_>) -> Result<(), Code> {
    let chosen = |bill: &Bill| items.iter().any(|item| item.bill == bill.number);
    let lawful = match terms.selection {
        Selection::Any => true,
        Selection::Single => items.len() == 1,
        Selection::All => terms.open || unpaid.iter().all(chosen),
        Selection::OldestFirst => terms.open || unpaid.iter().take(items.len()).all(chosen),
    };
    if lawful {
        Ok(())
    } else {
        Err(Code::NotPayable)
    }
}
