//! Puts a biller's payments into a batch, page by page, and books what it comes
//! to: from what is owed to what is on its way.

use guichet_domain::books::Transfer;
use guichet_domain::id::{BillerId, TransferId};
use guichet_domain::settlement::{BatchState, Share, Sums};
use guichet_domain::{AccountingDate, Currency, Money};

use super::{DayEnd, DayEndError, PAGE, look_back};
use crate::accounts::chart;
use crate::accounts::chart::Stripe;
use crate::store::{BatchRow, DayPayment, LedgerCommand, NewAccount};
use crate::terms::Payee;
use crate::work_orders::derived_id;

/// A group of payments that are settled together.
type Group = (Payee, Currency);

impl DayEnd {
    /// Gathers the biller's payments up to the day into batches, one for each
    /// payee and currency; those that were made before stay as they are.
    pub(super) async fn gather(
        &self,
        date: AccountingDate,
        biller: &BillerId,
    ) -> Result<(), DayEndError> {
        let groups = self.groups(date, biller).await?;
        for group in groups {
            let batch = self.begin(date, biller, group).await?;
            if batch.state == BatchState::Gathering {
                self.fill(&batch).await?;
                self.store
                    .finish_gathering(&batch.id, self.ports.now())
                    .await?;
                // Nothing to be paid: the payments wait for a better day.
                self.store.dissolve_batch(&batch.id).await?;
            }
            if let Some(batch) = self.store.batch(&batch.id).await? {
                self.book_out(&batch).await?;
            }
        }
        Ok(())
    }

    /// What has to be settled: from payments that are in no batch, and from
    /// batches of the day that were begun.
    async fn groups(
        &self,
        date: AccountingDate,
        biller: &BillerId,
    ) -> Result<Vec<Group>, DayEndError> {
        let mut groups: Vec<Group> = Vec::new();
        let mut note = |group: Group| {
            if !groups.contains(&group) {
                groups.push(group);
            }
        };
        let days = (look_back(date), date);
        let mut after = String::new();
        loop {
            let page = self
                .store
                .unsettled_payments(biller, days, &after, PAGE)
                .await?;
            let Some(last) = page.last() else { break };
            after = last.id.to_string();
            page.iter().for_each(|payment| note(group_of(payment)));
        }
        let mut after = String::new();
        loop {
            let page = self
                .store
                .given_back_payments(biller, days, &after, PAGE)
                .await?;
            let Some(last) = page.last() else { break };
            after = last.id.to_string();
            page.iter().for_each(|payment| note(group_of(payment)));
        }
        for batch in self.store.batches_of(date, biller).await? {
            note((batch.payee, batch.currency));
        }
        Ok(groups)
    }

    async fn begin(
        &self,
        date: AccountingDate,
        biller: &BillerId,
        (payee, currency): Group,
    ) -> Result<BatchRow, DayEndError> {
        let word = match payee {
            Payee::Biller => "biller",
            Payee::Treasury => "treasury",
        };
        let texts = [&date.to_string(), biller.as_str(), word, currency.as_str()];
        let now = self.ports.now();
        let batch = BatchRow {
            id: derived_id("stl", &texts),
            date,
            biller: biller.clone(),
            payee,
            currency,
            attempt: 1,
            sums: Sums {
                gross: 0,
                given_back: 0,
                fees: 0,
                net: 0,
                count: 0,
            },
            state: BatchState::Gathering,
            biller_record: None,
            payment_file: None,
            reason: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        self.store.begin_batch(&batch).await?;
        Ok(self.store.batch(&batch.id).await?.unwrap_or(batch))
    }

    async fn fill(&self, batch: &BatchRow) -> Result<(), DayEndError> {
        let days = (look_back(batch.date), batch.date);
        let wanted = (batch.payee, batch.currency);
        for given_back in [false, true] {
            let mut after = String::new();
            loop {
                let (biller, store) = (&batch.biller, &self.store);
                let page = if given_back {
                    store
                        .given_back_payments(biller, days, &after, PAGE)
                        .await?
                } else {
                    store.unsettled_payments(biller, days, &after, PAGE).await?
                };
                let Some(last) = page.last() else { break };
                after = last.id.to_string();
                let own = page.iter().filter(|payment| group_of(payment) == wanted);
                let shares: Vec<_> = own
                    .map(|payment| {
                        let (total, fee) = (payment.total, payment.biller_fee());
                        let share = if given_back {
                            Share::GivenBack { total, fee }
                        } else {
                            Share::Application { total, fee }
                        };
                        (payment.id.clone(), share)
                    })
                    .collect();
                self.store.gather(&batch.id, &shares).await?;
            }
        }
        Ok(())
    }

    /// Books a batch out of what is owed. Repeated, it changes nothing.
    pub(super) async fn book_out(&self, batch: &BatchRow) -> Result<(), DayEndError> {
        if batch.state == BatchState::Gathering {
            return Ok(());
        }
        let (owed, transit) = accounts(batch);
        self.book(batch, "out", (owed, transit)).await
    }

    /// Records one of a batch's transfers under an id that follows from it.
    pub(super) async fn book(
        &self,
        batch: &BatchRow,
        step: &str,
        (debit, credit): (NewAccount, NewAccount),
    ) -> Result<(), DayEndError> {
        let id = TransferId::new(format!("{}:{}:{step}", batch.id, batch.attempt));
        let transfer = Transfer::single(
            id.expect("a record id, a number and a word make a transfer id"),
            debit.account.id.clone(),
            credit.account.id.clone(),
            Money::new(batch.sums.net, batch.currency),
        );
        let command = LedgerCommand {
            accounts: vec![debit, credit],
            transfers: vec![transfer],
            payment: None,
            at: self.ports.now(),
        };
        let recorded = self.store.record_transfers(command).await?;
        recorded.map_err(|refused| DayEndError::Refused(refused.to_string()))
    }
}

/// What is owed, and what is on its way. A whole batch is booked out of one stripe
/// of what is owed: only their sum means anything.
pub(super) fn accounts(batch: &BatchRow) -> (NewAccount, NewAccount) {
    let owed = match batch.payee {
        Payee::Biller => chart::payable(&batch.biller, Stripe::FIRST, batch.currency),
        Payee::Treasury => chart::treasury(&batch.biller, Stripe::FIRST, batch.currency),
    };
    (owed, chart::settlement_transit(batch.currency))
}

fn group_of(payment: &DayPayment) -> Group {
    (payment.terms.payee, payment.total.currency())
}
