//! Which transfers a payment books at each step. Their ids follow from the
//! payment's, so that a repeated step books nothing twice.

use guichet_domain::Money;
use guichet_domain::books::Transfer;
use guichet_domain::fee::{Fee, FeeBearer};
use guichet_domain::id::{RecordId, TransferId};

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

/// The accounts that receive the money, opened where they do not exist yet.
pub(super) fn receiving_accounts(row: &PaymentRow) -> Vec<NewAccount> {
    let currency = row.total.currency();
    let mut accounts = vec![match row.terms.payee {
        Payee::Biller => chart::payable(&row.biller, currency),
        Payee::Treasury => chart::treasury(&row.biller, currency),
    }];
    if row.payer_fee > 0 {
        accounts.push(chart::fee_income(row.sequence, currency));
    }
    accounts
}

/// The reservations: the total, and the payer's fee.
pub(super) fn holds(row: &PaymentRow) -> Vec<Transfer> {
    let amounts = [
        ("hold", row.total.minor_units()),
        ("fee-hold", row.payer_fee),
    ];
    receiving_accounts(row)
        .into_iter()
        .zip(amounts)
        .map(|(receiver, (part, amount))| {
            Transfer::pending(
                transfer_id(&row.id, part),
                row.payer_account.clone(),
                receiver.account.id,
                Money::new(amount, row.total.currency()),
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
