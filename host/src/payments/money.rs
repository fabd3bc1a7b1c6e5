//! Which transfers a payment books at each step. Their ids follow from the
//! payment's, so that a repeated step books nothing twice.

use guichet_domain::Money;
use guichet_domain::books::Transfer;
use guichet_domain::fee::{Fee, FeeBearer};
use guichet_domain::id::{AccountId, RecordId, TransferId};
use guichet_domain::planted::{Bug, planted};

use super::sequence::slot_of;
use crate::accounts::chart;
use crate::accounts::chart::Stripe;
use crate::store::{NewAccount, PaymentRow};
use crate::terms::Payee;
use crate::terms::price::ClientFee;

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

/// The stripe of the node that opened the payment: that node mostly goes on with
/// it, and whoever takes it over books on the same accounts.
fn stripe(row: &PaymentRow) -> Stripe {
    Stripe::of_slot(slot_of(row.sequence))
}

/// In whose name the money is booked.
fn receiver(row: &PaymentRow) -> NewAccount {
    let currency = row.total.currency();
    match row.terms.payee {
        Payee::Biller => chart::payable(&row.biller, stripe(row), currency),
        Payee::Treasury => chart::treasury(&row.biller, stripe(row), currency),
    }
}

/// Whom the money comes from in the books: the payer's account where they hold
/// it, else what the payer's bank owes.
fn source(row: &PaymentRow) -> AccountId {
    match &row.payer.bank {
        None => row.payer_account.clone(),
        Some(bank) => {
            chart::clearing(&bank.name, stripe(row), row.total.currency())
                .account
                .id
        }
    }
}

/// The accounts that a payment's transfers touch beside the payer's own, opened
/// where they do not exist yet.
pub(super) fn receiving_accounts(row: &PaymentRow) -> Vec<NewAccount> {
    let currency = row.total.currency();
    let mut accounts = vec![receiver(row)];
    if row.order.fee.is_some() || row.client_fee.is_some() {
        accounts.push(chart::fee_income(stripe(row), currency));
    }
    if row.client_fee.is_some() {
        accounts.push(chart::client_funding(&row.client, currency, 0));
    }
    accounts.extend(fee_payer(row).map(|(payer, _fee)| payer));
    if let Some(bank) = &row.payer.bank {
        accounts.push(chart::clearing(&bank.name, stripe(row), currency));
    }
    accounts
}

/// The reservations: the total, and the payer's fee.
pub(super) fn holds(row: &PaymentRow) -> Vec<Transfer> {
    let currency = row.total.currency();
    let mut parts = vec![("hold", receiver(row), row.total.minor_units())];
    if row.payer_fee > 0 {
        let income = chart::fee_income(stripe(row), currency);
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
    let count = if planted(Bug::RefundKeepsFee) { 1 } else { 2 };
    holds(row)
        .into_iter()
        .zip(parts)
        .take(count)
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
        FeeBearer::Biller => {
            let owed = chart::payable(&row.biller, stripe(row), currency);
            Some((owed, fee.amount))
        }
        FeeBearer::Operator => {
            let expense = chart::fee_expense(stripe(row), currency);
            Some((expense, fee.amount))
        }
    }
}

/// Books the fee that biller or operator bear, at application.
pub(super) fn borne_fees(row: &PaymentRow) -> Vec<Transfer> {
    let income = chart::fee_income(stripe(row), row.total.currency());
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

/// Reserves the client's fee on its own account, when the payment begins: it must
/// not fail when the payment is applied.
pub(super) fn client_holds(row: &PaymentRow) -> Vec<Transfer> {
    let currency = row.total.currency();
    let hold = row.client_fee.map(|fee| {
        Transfer::pending(
            transfer_id(&row.id, "client-fee-hold"),
            chart::client_funding(&row.client, currency, 0).account.id,
            chart::fee_income(stripe(row), currency).account.id,
            Money::new(fee.amount, currency),
        )
    });
    hold.into_iter().collect()
}

/// Takes the client's fee, at application.
pub(super) fn client_captures(row: &PaymentRow) -> Vec<Transfer> {
    if planted(Bug::ClientFeeForgotten) {
        return Vec::new();
    }
    let taken = client_holds(row).into_iter().map(|held| {
        let id = transfer_id(&row.id, "client-fee-capture");
        Transfer::post(id, &held, held.amount)
    });
    taken.collect()
}

/// Gives the client's fee back, where nothing was applied.
pub(super) fn client_releases(row: &PaymentRow) -> Vec<Transfer> {
    if planted(Bug::ClientFeeStays) {
        return Vec::new();
    }
    let released = client_holds(row)
        .into_iter()
        .map(|held| Transfer::void(transfer_id(&row.id, "client-fee-release"), &held));
    released.collect()
}

/// Gives back of the client's fee what the client's prices say, where the payment
/// was undone.
pub(super) fn client_refunds(row: &PaymentRow) -> Vec<Transfer> {
    let back = |fee: ClientFee| match planted(Bug::ClientFeeBack) {
        true => fee.amount,
        false => fee.back,
    };
    let Some(back) = row.client_fee.map(back).filter(|back| *back > 0) else {
        return Vec::new();
    };
    let back = Money::new(back, row.total.currency());
    let refunded = client_holds(row).into_iter().map(|held| {
        let id = transfer_id(&row.id, "client-fee-refund");
        Transfer::single(id, held.credit, held.debit, back)
    });
    refunded.collect()
}
