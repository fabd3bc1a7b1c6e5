//! What the bank's statements say about settlements: paid, or come back. What
//! does not fit is a matter for people, and moves nothing.

use std::collections::BTreeMap;

use guichet_domain::id::RecordId;
use guichet_domain::reconciliation::{Direction, Entry, PartyKind};
use guichet_domain::settlement::{BatchEvent, BatchState};
use guichet_domain::work_order::Kind;
use guichet_domain::{AccountingDate, Currency, Money};
use serde_json::json;

use super::gather::accounts;
use super::settle::bank_reference;
use super::{DayEnd, DayEndError};
use crate::accounts::chart;
use crate::store::BatchRow;
use crate::work_orders::Matter;

/// What all statements together say about one attempt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Said {
    paid: i64,
    came_back: i64,
    last_paid: Option<AccountingDate>,
    last_back: Option<AccountingDate>,
    /// Entries of another currency than the batch's.
    foreign: u32,
}

/// One attempt to pay a batch, as a bank names it.
struct Attempt {
    reference: String,
    batch: BatchRow,
    number: i64,
}

impl DayEnd {
    /// Notes what banks say about the attempts that the day's statements name, with
    /// what the statements of other days say about them: one attempt is paid once.
    /// Money first, under ids that follow from the batch, then its state: run again,
    /// it changes nothing. How many work orders are open now and were not before.
    pub(super) async fn confirm(&self, date: AccountingDate) -> Result<usize, DayEndError> {
        let (mut attempts, mut opened) = (Vec::new(), 0);
        for (reference, (bank, amount)) in self.named_settlements(date).await? {
            match self.attempt(&reference).await? {
                Some(attempt) => attempts.push(attempt),
                None => {
                    let stranger = Matter {
                        kind: Kind::BankDiffers,
                        record: reference,
                        party: bank,
                        date,
                        amount: Some(amount),
                        found: json!({"bank": amount, "settlement": "absent"}),
                    };
                    opened += self.work_orders.open_or_again(&[stranger]).await?;
                }
            }
        }
        let said = self.said_about(&attempts).await?;
        for attempt in attempts {
            let said = said.get(&attempt.reference).copied().unwrap_or_default();
            opened += self.hear_of(attempt, said).await?;
        }
        Ok(opened)
    }

    /// Settlements that the day's statements name, with the bank and an amount.
    async fn named_settlements(
        &self,
        date: AccountingDate,
    ) -> Result<BTreeMap<String, (String, Money)>, DayEndError> {
        let mut named = BTreeMap::new();
        for file in self.store.party_files_of_day(date, PartyKind::Bank).await? {
            for entry in self.statement_of(&file).await?.entries {
                if entry.reference.starts_with("stl_") {
                    named.insert(entry.reference, (file.party.clone(), entry.amount));
                }
            }
        }
        Ok(named)
    }

    /// The attempt of that reference; none where there was none.
    async fn attempt(&self, reference: &str) -> Result<Option<Attempt>, DayEndError> {
        let Some((id, number)) = reference.split_once('-') else {
            return Ok(None);
        };
        let (Ok(id), Ok(number)) = (id.parse::<RecordId>(), number.parse::<i64>()) else {
            return Ok(None);
        };
        let batch = self.store.batch(&id).await?;
        let batch = batch.filter(|batch| (1..=batch.attempt).contains(&number));
        Ok(batch.map(|batch| Attempt {
            reference: reference.to_owned(),
            batch,
            number,
        }))
    }

    /// What the newest statements of all days say about these attempts. No bank pays
    /// a batch before its day.
    async fn said_about(
        &self,
        attempts: &[Attempt],
    ) -> Result<BTreeMap<String, Said>, DayEndError> {
        let mut said: BTreeMap<String, (Currency, Said)> = attempts
            .iter()
            .map(|one| (one.reference.clone(), (one.batch.currency, Said::default())))
            .collect();
        let Some(from) = attempts.iter().map(|attempt| attempt.batch.date).min() else {
            return Ok(BTreeMap::new());
        };
        for day in self.store.days_with_statement(from).await? {
            for file in self.store.party_files_of_day(day, PartyKind::Bank).await? {
                for entry in &self.statement_of(&file).await?.entries {
                    if let Some((currency, said)) = said.get_mut(&entry.reference) {
                        hear(said, entry, *currency, day);
                    }
                }
            }
        }
        let said = said.into_iter();
        Ok(said
            .map(|(reference, (_, said))| (reference, said))
            .collect())
    }

    async fn hear_of(&self, attempt: Attempt, said: Said) -> Result<usize, DayEndError> {
        let net = attempt.batch.sums.net;
        let is_latest = attempt.number == attempt.batch.attempt;
        if !said.fits(net) || !(is_latest || said.came_back == net) {
            return self.differs(&attempt, said).await;
        }
        if is_latest {
            self.hear_latest(attempt.batch, said).await?;
        }
        Ok(0)
    }

    /// Moves the batch as the bank says that its latest attempt went.
    async fn hear_latest(&self, batch: BatchRow, said: Said) -> Result<(), DayEndError> {
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
        let reference = bank_reference(batch);
        let found = json!({"attempt": batch.attempt});
        let matter = matter(batch, reference, Kind::ReturnedSettlement, found);
        self.work_orders.open(&[matter]).await?;
        Ok(())
    }

    async fn differs(&self, attempt: &Attempt, said: Said) -> Result<usize, DayEndError> {
        let found = json!({
            "net": attempt.batch.sums.net,
            "attempt": attempt.number,
            "latest_attempt": attempt.batch.attempt,
            "paid": said.paid,
            "paid_on": said.last_paid,
            "came_back": said.came_back,
            "came_back_on": said.last_back,
            "entries_in_another_currency": said.foreign,
        });
        let reference = attempt.reference.clone();
        let matter = matter(&attempt.batch, reference, Kind::BankDiffers, found);
        Ok(self.work_orders.open_or_again(&[matter]).await?)
    }
}

impl Said {
    /// Whether an attempt can have gone so: paid once or not at all, and after that
    /// come back whole or not at all.
    fn fits(self, net: i64) -> bool {
        let whole = |amount: i64| amount == 0 || amount == net;
        let paid_after_return = self.last_back.is_some() && self.last_paid > self.last_back;
        self.foreign == 0 && whole(self.paid) && whole(self.came_back) && !paid_after_return
    }
}

fn hear(said: &mut Said, entry: &Entry, currency: Currency, day: AccountingDate) {
    if entry.amount.currency() != currency {
        said.foreign = said.foreign.saturating_add(1);
        return;
    }
    let amount = entry.amount.minor_units();
    match entry.direction {
        Direction::Debit => {
            said.paid = said.paid.saturating_add(amount);
            said.last_paid = said.last_paid.max(Some(day));
        }
        Direction::Credit => {
            said.came_back = said.came_back.saturating_add(amount);
            said.last_back = said.last_back.max(Some(day));
        }
    }
}

fn matter(batch: &BatchRow, record: String, kind: Kind, found: serde_json::Value) -> Matter {
    Matter {
        kind,
        record,
        party: batch.biller.to_string(),
        date: batch.date,
        amount: Some(Money::new(batch.sums.net, batch.currency)),
        found,
    }
}
