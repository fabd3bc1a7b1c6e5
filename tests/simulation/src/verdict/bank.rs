//! What the banks' own logs say about the payments.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use guichet::bank::AccountNumber;
use guichet::store::PaymentRow;
use guichet_domain::id::BankName;
use guichet_domain::payment::{Leg, LegState, State};

use super::{Finished, Told, taken};
use crate::bank::BankLog;
use crate::node::Room;
use crate::payers::FUNDS;

impl Finished {
    /// Whether each leg was done at the payment's bank as the payment says, once and
    /// about the whole amount; and where the payment has ended, whether the bank has
    /// what the payment says that it has.
    pub(super) fn bank_agrees(&self, row: &PaymentRow) -> Result<()> {
        let id = row.id.as_str();
        let Some(bank) = &row.payer.bank else {
            return Ok(());
        };
        let Some(log) = self.banks.log(&bank.name) else {
            anyhow::bail!("{id} is at a bank that is not there");
        };
        for leg in Leg::ALL {
            let (told, done) = (row.snapshot.leg(*leg), log.done(id, *leg));
            ensure!(
                done.is_none_or(|amount| amount == taken(row)),
                "{id}: the bank's {leg} is about {done:?}"
            );
            let agree = match told {
                LegState::Done => done.is_some(),
                LegState::None | LegState::Refused => done.is_none(),
                LegState::Asked | LegState::Unknown => true,
            };
            // A bank that has said no to what it owes may do it late.
            let late = told == LegState::Refused && row.snapshot.state != State::Declined;
            ensure!(
                agree || late,
                "{id} is {}: its {leg} is {told}, and the bank did {done:?}",
                row.snapshot.state
            );
        }
        if row.snapshot.has_ended() {
            let must = match row.snapshot.state {
                State::Applied => (0, taken(row)),
                _ => (0, 0),
            };
            let stands = standing(&log, id);
            ensure!(
                stands == must,
                "{id} is {}, and the bank holds {} and has taken {}",
                row.snapshot.state,
                stands.0,
                stands.1
            );
        }
        Ok(())
    }

    /// Whether the bank took from the account what the payments say, and nothing else.
    pub(super) fn bank_account_agrees(
        &self,
        bank: &BankName,
        number: &AccountNumber,
        told: Told,
    ) -> Result<()> {
        let Some(log) = self.banks.log(bank) else {
            anyhow::bail!("{bank} is not there");
        };
        let complaints = &log.complaints;
        ensure!(complaints.is_empty(), "{bank} complains: {complaints:?}");
        // Legs whose answer is missing may be on either side of it.
        let left = log.available(number);
        ensure!(
            told.open > 0 || left == FUNDS - told.paid - told.held,
            "{bank} has left {left}, but {} paid and {} held by payments",
            told.paid,
            told.held
        );
        Ok(())
    }

    /// Whether the books say of each bank what its payers' payments say.
    pub(super) async fn clearing_agrees(
        &self,
        room: &Room,
        by_bank: &BTreeMap<String, Told>,
    ) -> Result<()> {
        let chart = room.store.chart_balances(("", "", ""), 100).await?;
        for (bank, told) in by_bank {
            let one = chart
                .iter()
                .find(|one| one.kind == "clearing" && one.name == *bank);
            let booked = one.map_or((0, 0), |one| (-one.owed, one.going));
            ensure!(
                booked == (told.paid, told.held),
                "{bank} owes {booked:?} in the books, but {told:?} by payments"
            );
        }
        Ok(())
    }
}

/// What the bank holds for a payment, and what it has taken.
fn standing(log: &BankLog, payment: &str) -> (i64, i64) {
    let done = |leg| log.done(payment, leg).unwrap_or(0);
    let (hold, capture) = (done(Leg::Hold), done(Leg::Capture));
    let held = if capture > 0 {
        0
    } else {
        hold - done(Leg::Release)
    };
    (held, capture - done(Leg::Refund))
}
