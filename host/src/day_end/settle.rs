//! Settlement of a day: batches are made, put into a payment file for the bank,
//! and made again where people have cleared why they came back.

use guichet_domain::AccountingDate;
use guichet_domain::id::BillerId;
use guichet_domain::settlement::{BatchEvent, BatchState, Unmoved, move_batch};
use guichet_domain::work_order::{Kind, State};

use super::{DayEnd, DayEndError, PAGE, Scope, look_back};
use crate::store::{BatchRow, DayFileRow};
use crate::work_orders::order_id;

/// What settling came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    /// All batches of the day.
    pub batches: Vec<BatchRow>,
    /// The payment file, where one was made now.
    pub payment_file: Option<DayFileRow>,
    /// Billers that cannot be paid, with the reason.
    pub held_back: Vec<(BillerId, String)>,
}

impl DayEnd {
    /// Settles the day of a scope: makes what is not made, and sends what waits.
    pub async fn settle(&self, scope: &Scope, by: &str) -> Result<Settled, DayEndError> {
        self.require_closed(scope.date).await?;
        let mut settled = Settled::default();
        let checked = self.store.day_checks(scope.date).await?;
        let of_day = self.billers(scope).await?;
        for biller in self.billers_before(scope, &of_day).await? {
            self.settle_biller(scope.date, biller, &mut settled).await?;
        }
        for biller in of_day {
            if checked.iter().any(|row| row.biller == biller) {
                self.settle_biller(scope.date, biller, &mut settled).await?;
            } else {
                let why = DayEndError::NotChecked(biller.to_string()).to_string();
                settled.held_back.push((biller, why));
            }
        }
        self.make_again().await?;
        let (file, without_account) = self.send(scope.date, by).await?;
        settled.payment_file = file;
        settled.held_back.extend(without_account);
        settled.batches = self.all_batches(scope).await?;
        Ok(settled)
    }

    /// Gathers what can be settled, and names the days that have to be compared
    /// before the rest can.
    async fn settle_biller(
        &self,
        date: AccountingDate,
        biller: BillerId,
        settled: &mut Settled,
    ) -> Result<(), DayEndError> {
        self.gather(date, &biller).await?;
        let days = (look_back(date), date);
        for date in self.store.days_to_compare(&biller, days).await? {
            let why = DayEndError::NotComparedSince {
                biller: biller.to_string(),
                date,
            };
            settled.held_back.push((biller.clone(), why.to_string()));
        }
        Ok(())
    }

    /// The batches of a scope.
    pub async fn all_batches(&self, scope: &Scope) -> Result<Vec<BatchRow>, DayEndError> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page = self
                .store
                .batches(None, Some(scope.date), &after, PAGE)
                .await?;
            let Some(last) = page.last() else { break };
            after = last.id.to_string();
            all.extend(page);
        }
        all.retain(|batch| {
            scope
                .biller
                .as_ref()
                .is_none_or(|biller| batch.biller == *biller)
        });
        Ok(all)
    }

    /// Makes batches again that came back and whose work order is closed.
    async fn make_again(&self) -> Result<(), DayEndError> {
        let mut after = String::new();
        loop {
            let state = Some(BatchState::Returned);
            let page = self.store.batches(state, None, &after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = last.id.to_string();
            for batch in page {
                let order = order_id(Kind::ReturnedSettlement, &bank_reference(&batch));
                let order = self.store.work_order(&order).await?;
                let cleared = order.is_some_and(|order| order.standing.state == State::Closed);
                if cleared {
                    let again = BatchRow {
                        attempt: batch.attempt + 1,
                        payment_file: None,
                        reason: None,
                        ..batch.clone()
                    };
                    let again = self.move_to(&batch, BatchEvent::MadeAgain, again).await?;
                    self.book_out(&again).await?;
                }
            }
        }
    }

    /// Moves a batch; `next` carries what else changes with it. One that stands
    /// there already is given as it is.
    pub(super) async fn move_to(
        &self,
        batch: &BatchRow,
        event: BatchEvent,
        next: BatchRow,
    ) -> Result<BatchRow, DayEndError> {
        let state = match move_batch(batch.state, event) {
            Ok(state) => state,
            Err(Unmoved::Already) => return Ok(batch.clone()),
            Err(error @ Unmoved::Forbidden(_)) => {
                return Err(DayEndError::Refused(error.to_string()));
            }
        };
        let next = BatchRow {
            state,
            version: batch.version + 1,
            updated_at: self.ports.now(),
            ..next
        };
        if self.store.change_batch(&next).await? {
            Ok(next)
        } else {
            Err(DayEndError::Busy)
        }
    }
}

/// The end-to-end reference under which a bank pays a batch: at most 35
/// characters, another one for each attempt.
pub(super) fn bank_reference(batch: &BatchRow) -> String {
    format!("{}-{}", batch.id, batch.attempt)
}
