//! Which transfers a payment books at each step. Their ids follow from the
//! payment's, so that a repeated step books nothing twice.

use guichet_domain::Money;
use guichet_domain::books::Transfer;
use guichet_domain::fee::{Fee, FeeBearer};
use guichet_domain::id::{AccountId, RecordId, TransferId};

use super::ports::Payee;
use crate::accounts::chart;
use crate::store::{NewAccount, PaymentRow};

fn transfer_id(payment: &RecordId, part: &str) -> TransferId {
    TransferId::new(format!("{payment}:{part}")).expect("a record id and a word make a transfer id")
}

/// What the payer pays beside the total.
pub(super) fn payer_fee(fee: Option<Fee>) -> i64 {
    match fee {
        Some(Fee {
            amount,
            bearer: FeeBearer::Payer,
        }) => amount.minor_units(),
        Some(Fee {
            bearer: FeeBearer::Biller | FeeBearer::Operator,
            ..
        })
        | None => 0,
    }
}

/// All that is taken from the payer: the total and the payer's fee.
pub(super) fn taken(row: &PaymentRow) -> Money {
    let sum = row.total.minor_units().saturating_add(row.payer_fee);
    Money::new(sum, row.total.currency())
}

/// In whose name the money is booked.
fn receiver(row: &PaymentRow) -> NewAccount {
    let currency = row.total.currency();
    match row.terms.payee {
        Payee::Biller => chart::payable(&row.biller, currency),
        Payee::Treasury => chart::treasury(&row.biller, currency),
    }
}

/// Whom the money comes from in the books: the payer's account where they hold
/// it, else what the payer's bank owes.
fn source(row: &PaymentRow) -> AccountId {
    match &row.payer.bank {
        None => row.payer_account.clone(),
        Some(bank) => chart::clearing(&bank.name, row.total.currency()).account.id,
    }
}

/// The accounts that a payment's transfers touch beside the payer's own, opened
/// where they do not exist yet.
pub(super) fn receiving_accounts(row: &PaymentRow) -> Vec<NewAccount> {
    let currency = row.total.currency();
    let mut accounts = vec![receiver(row)];
    if row.order.fee.is_some() {
        accounts.push(chart::fee_income(row.sequence, currency));
    }
    accounts.extend(fee_payer(row).map(|(payer, _fee)| payer));
    if let Some(bank) = &row.payer.bank {
        accounts.push(chart::clearing(&bank.name, currency));
    }
    accounts
}

/// The reservations: the total, and the payer's fee.
pub(super) fn holds(row: &PaymentRow) -> Vec<Transfer> {
    let currency = row.total.currency();
    let mut parts = vec![("hold", receiver(row), row.total.minor_units())];
    if row.payer_fee > 0 {
        let income = chart::fee_income(row.sequence, currency);
        parts.push(("fee-hold", income, row.payer_fee));
    }
    parts
        .into_iter()
        .map(|(part, receiver, amount)| {
            Transfer::pending(
                transfer_id(&row.id, part),
                source(row),
                receiver.account.id,
                Money::new(amount, currency),
            )
        })
        .collect()
}

/// Takes everything that is reserved.
pub(super) fn captures(row: &PaymentRow) -> Vec<Transfer> {
    let parts = ["capture", "fee-capture"];
    holds(row)
        .iter()
        .zip(parts)
        .map(|(held, part)| Transfer::post(transfer_id(&row.id, part), held, held.amount))
        .collect()
}

/// Gives everything back that is reserved.
pub(super) fn releases(row: &PaymentRow) -> Vec<Transfer> {
    let parts = ["release", "fee-release"];
    holds(row)
        .iter()
        .zip(parts)
        .map(|(held, part)| Transfer::void(transfer_id(&row.id, part), held))
        .collect()
}

/// Gives everything back that was taken.
pub(super) fn refunds(row: &PaymentRow) -> Vec<Transfer> {
    let parts = ["refund", "fee-refund"];
    holds(row)
        .into_iter()
        .zip(parts)
        .map(|(held, part)| {
            let id = transfer_id(&row.id, part);
            Transfer::single(id, held.credit, held.debit, held.amount)
        })
        .collect()
}

/// Who pays a fee that the payer does not pay: the biller out of what it is
/// owed, or the house itself. What is the treasury's is never made less.
fn fee_payer(row: &PaymentRow) -> Option<(NewAccount, Money)> {
    let currency = row.total.currency();
    let fee = row.order.fee?;
    match fee.bearer {
        FeeBearer::Payer => None,
        FeeBearer::Biller => Some((chart::payable(&row.biller, currency), fee.amount)),
        FeeBearer::Operator => Some((chart::fee_expense(row.sequence, currency), fee.amount)),
    }
}

/// Books the fee that biller or operator bear, at application.
pub(super) fn borne_fees(row: &PaymentRow) -> Vec<Transfer> {
    let income = chart::fee_income(row.sequence, row.total.currency());
    let fee = fee_payer(row).map(|(payer, fee)| {
        let id = transfer_id(&row.id, "fee");
        Transfer::single(id, payer.account.id, income.account.id, fee)
    });
    fee.into_iter().collect()
}

/// What was undone has no fee.
pub(super) fn returned_fees(row: &PaymentRow) -> Vec<Transfer> {
    let back = borne_fees(row).into_iter().map(|fee| {
        let id = transfer_id(&row.id, "fee-back");
        Transfer::single(id, fee.credit, fee.debit, fee.amount)
    });
    back.collect()
}
