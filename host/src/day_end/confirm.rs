//! What the bank's statements say about settlements: paid, or come back.

use std::collections::BTreeMap;

use guichet_domain::AccountingDate;
use guichet_domain::id::RecordId;
use guichet_domain::reconciliation::{Direction, Entry, PartyKind};
use guichet_domain::settlement::{BatchEvent, BatchState};
use guichet_domain::work_order::Kind;
use serde_json::json;

use super::gather::accounts;
use super::settle::bank_reference;
use super::{DayEnd, DayEndError};
use crate::accounts::chart;
use crate::store::BatchRow;
use crate::work_orders::Matter;

/// What a statement says about one attempt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Said {
    paid: i64,
    came_back: i64,
}

impl DayEnd {
    /// Notes what the statements of the day say. Money first, under ids that
    /// follow from the batch, then its state: run again, it changes nothing.
    pub(super) async fn confirm(&self, date: AccountingDate) -> Result<(), DayEndError> {
        let mut said: BTreeMap<String, Said> = BTreeMap::new();
        for file in self.store.party_files_of_day(date, PartyKind::Bank).await? {
            for entry in &self.statement_of(&file).await?.entries {
                if entry.reference.starts_with("stl_") {
                    hear(said.entry(entry.reference.clone()).or_default(), entry);
                }
            }
        }
        for (reference, said) in said {
            let Some((batch, attempt)) = reference.split_once('-') else {
                continue;
            };
            let Ok(id) = batch.parse::<RecordId>() else {
                continue;
            };
            let Some(batch) = self.store.batch(&id).await? else {
                continue;
            };
            if batch.attempt.to_string() == attempt {
                self.hear_of(batch, said).await?;
            }
        }
        Ok(())
    }

    async fn hear_of(&self, batch: BatchRow, said: Said) -> Result<(), DayEndError> {
        let net = batch.sums.net;
        let whole = |amount: i64| amount == net;
        if !(said.paid == 0 || whole(said.paid)) || !(said.came_back == 0 || whole(said.came_back))
        {
            return self.differs(&batch, said).await;
        }
        let mut batch = batch;
        let may_be_paid = matches!(batch.state, BatchState::Made | BatchState::Sent);
        if said.paid > 0 && may_be_paid {
            self.book_out(&batch).await?;
            let (_, transit) = accounts(&batch);
            let outside = chart::settlement(batch.currency);
            self.book(&batch, "paid", (transit, outside)).await?;
            batch = self
                .move_to(&batch, BatchEvent::Confirmed, batch.clone())
                .await?;
        }
        let may_return = matches!(batch.state, BatchState::Sent | BatchState::Confirmed);
        if said.came_back > 0 && may_return {
            let (owed, transit) = accounts(&batch);
            let from = match batch.state {
                BatchState::Confirmed => chart::settlement(batch.currency),
                _ => transit,
            };
            self.book(&batch, "back", (from, owed)).await?;
            let next = BatchRow {
                reason: Some("returned by the bank".to_owned()),
                ..batch.clone()
            };
            let returned = self.move_to(&batch, BatchEvent::Returned, next).await?;
            self.came_back(&returned).await?;
        } else if batch.state == BatchState::Returned {
            // Killed after the batch was moved and before the order was opened.
            self.came_back(&batch).await?;
        }
        Ok(())
    }

    async fn came_back(&self, batch: &BatchRow) -> Result<(), DayEndError> {
        let matter = matter(
            batch,
            Kind::ReturnedSettlement,
            json!({"attempt": batch.attempt}),
        );
        self.work_orders.open(&[matter]).await?;
        Ok(())
    }

    async fn differs(&self, batch: &BatchRow, said: Said) -> Result<(), DayEndError> {
        let found = json!({"net": batch.sums.net, "paid": said.paid, "came_back": said.came_back});
        self.work_orders
            .open(&[matter(batch, Kind::BankDiffers, found)])
            .await?;
        Ok(())
    }
}

fn hear(said: &mut Said, entry: &Entry) {
    let amount = entry.amount.minor_units();
    match entry.direction {
        Direction::Debit => said.paid = said.paid.saturating_add(amount),
        Direction::Credit => said.came_back = said.came_back.saturating_add(amount),
    }
}

fn matter(batch: &BatchRow, kind: Kind, found: serde_json::Value) -> Matter {
    Matter {
        kind,
        record: bank_reference(batch),
        party: batch.biller.to_string(),
        date: batch.date,
        amount: Some(guichet_domain::Money::new(batch.sums.net, batch.currency)),
        found,
    }
}
