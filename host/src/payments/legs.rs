//! The bank's legs of one payment: order them, find out what became of them.
//! Whatever was ordered is committed as asked before; whoever inherits it asks
//! the bank first, and orders the same again where the bank does not know it:
//! the reference makes both one.

use guichet_domain::Moment;
use guichet_domain::payment::{Backing, Event, Leg, LegState, State, Step};
use guichet_domain::planted::{Bug, planted};

use super::apply::Draft;
use super::drive::{CONCLUSIONS, Driven, Look};
use super::money::taken;
use super::restored::RESTORED;
use super::schedule::{
    ESCALATION_AGE_MS, NEWS_BY_OPERATOR_MS, OPERATOR, WORKER, news_by, next_look,
};
use super::{PaymentError, Payments};
use crate::bank::{Bank, BankAnswer, BankOrder};
use crate::store::{PaymentRow, Refused, Schedule};

impl Payments {
    /// Commits that the leg is asked for, then orders it.
    pub(super) async fn order_leg(
        &self,
        row: PaymentRow,
        leg: Leg,
        tries: u32,
    ) -> Result<Look, PaymentError> {
        if row.payer.backing() == Backing::OwnLedger {
            return self.book_leg(&row, leg).await;
        }
        let Some((bank, order)) = self.bank_order(&row, leg) else {
            return self
                .keep_leg(&row, "the bank is not connected", tries)
                .await;
        };
        let mut draft = Draft::of(&row, self.ports.now());
        if draft.push(Event::Bank(leg, Step::Asked)).is_err() {
            return Ok(Look::Ended(Driven::Overtaken));
        }
        let change = draft.finish(Schedule::Keep);
        let asked = change.next.clone();
        let spoken = if planted(Bug::OrderFirst) {
            Some(bank.order(&order).await)
        } else {
            None
        };
        // Committed before the first byte leaves.
        if self.record(change).await? == Driven::Overtaken {
            return Ok(Look::Ended(Driven::Overtaken));
        }
        let answer = match spoken {
            Some(answer) => answer,
            None => bank.order(&order).await,
        };
        self.conclude_leg(asked, leg, &answer, tries).await
    }

    /// Asks what became of a leg that was ordered.
    pub(super) async fn inquire_leg(
        &self,
        row: PaymentRow,
        leg: Leg,
        tries: u32,
    ) -> Result<Look, PaymentError> {
        let Some((bank, order)) = self.bank_order(&row, leg) else {
            return self
                .keep_leg(&row, "the bank is not connected", tries)
                .await;
        };
        // The books do not say that it was asked for; a time may be lost in which it was.
        let is_lost = row.snapshot.leg(leg) == LegState::None;
        let answer = match bank.status(&order).await {
            // The bank was never asked: what is older than a restored database is
            // not begun.
            BankAnswer::NotFound if is_lost && row.snapshot.state == State::Requested => {
                return self.expire(row, Some(RESTORED.to_owned())).await;
            }
            BankAnswer::Unknown(reason) if is_lost => {
                return self.keep_leg(&row, &reason, tries).await;
            }
            BankAnswer::NotFound if planted(Bug::BankNotFoundIsNo) => BankAnswer::NotFound,
            BankAnswer::NotFound => bank.order(&order).await,
            answer @ (BankAnswer::Done { .. }
            | BankAnswer::Refused { .. }
            | BankAnswer::Unknown(_)) => answer,
        };
        self.conclude_leg(row, leg, &answer, tries).await
    }

    /// The house's own ledger does it at once, or has not the money.
    async fn book_leg(&self, row: &PaymentRow, leg: Leg) -> Result<Look, PaymentError> {
        let mut draft = Draft::of(row, self.ports.now());
        if draft.push(Event::Bank(leg, Step::Done)).is_err() {
            return Ok(Look::Ended(Driven::Overtaken));
        }
        match self.try_record(draft.finish(Schedule::Keep)).await? {
            Ok(()) => Ok(Look::GoesOn),
            Err(Refused::Books(_)) => {
                let mut draft = Draft::of(row, self.ports.now());
                if draft.push(Event::Declined).is_err() {
                    return Ok(Look::Ended(Driven::Overtaken));
                }
                draft.next().answer.reason = Some("the account has not enough money".to_owned());
                let ended = self.record(draft.finish(Schedule::Done)).await?;
                Ok(Look::Ended(ended))
            }
            Err(
                Refused::Stale
                | Refused::KeyReused
                | Refused::BillInPayment(_)
                | Refused::ReferenceReused
                | Refused::AboveDayLimit
                | Refused::AbovePayerLimit,
            ) => Ok(Look::Ended(Driven::Overtaken)),
        }
    }

    fn bank_order(&self, row: &PaymentRow, leg: Leg) -> Option<(&dyn Bank, BankOrder)> {
        let account = row.payer.bank.as_ref()?;
        let bank = self.outside.banks.bank(account.name.as_str())?;
        let order = BankOrder {
            payment: row.id.clone(),
            leg,
            account: account.number.clone(),
            amount: if planted(Bug::FeeNotAsked) {
                row.total
            } else {
                taken(row)
            },
            payee: row.biller.to_string(),
            accounting_date: row.accounting_date,
            requested_at: row.created_at,
        };
        Some((bank, order))
    }

    /// Records what the bank's answer proves. It stays evidence where somebody
    /// moved the payment meanwhile: one reference has one fate.
    async fn conclude_leg(
        &self,
        row: PaymentRow,
        leg: Leg,
        answer: &BankAnswer,
        tries: u32,
    ) -> Result<Look, PaymentError> {
        let mut row = row;
        for _ in 0..CONCLUSIONS {
            let now = self.ports.now();
            let step = proven(answer);
            let mut draft = Draft::of(&row, now);
            if draft.push(Event::Bank(leg, step)).is_err() {
                tracing::warn!(payment = %row.id, %leg, %step, "a bank's answer came too late");
                return Ok(Look::Ended(Driven::Overtaken));
            }
            note_answer(&mut draft, leg, answer);
            let schedule = self.schedule_leg(&mut draft, leg, tries, now);
            let look = self.settle(draft, schedule).await?;
            if look != Look::Ended(Driven::Overtaken) {
                return Ok(look);
            }
            match Box::pin(self.store.payment(&row.id)).await? {
                Some(fresh) => row = fresh,
                None => return Ok(Look::Ended(Driven::Overtaken)),
            }
        }
        Ok(Look::Ended(Driven::Overtaken))
    }

    /// Who looks after the payment now, and when.
    fn schedule_leg(&self, draft: &mut Draft, leg: Leg, tries: u32, now: Moment) -> Schedule {
        let next = draft.next();
        let look = next_look(now, tries, None, &*self.ports.random);
        match next.snapshot.leg(leg) {
            // A bank that breaks its word: people mend it, and it is asked again
            // when their time is over. What it was free to decline has ended, and
            // needs nobody.
            LegState::Refused => {
                next.open_since.get_or_insert(now);
                next.owner = Some(OPERATOR.to_owned());
                let deadline = now.plus_ms(NEWS_BY_OPERATOR_MS);
                next.news_by = Some(deadline);
                Schedule::Due(deadline, 0)
            }
            LegState::Asked | LegState::Unknown => {
                age(next, now);
                Schedule::Due(look, tries.saturating_add(1))
            }
            LegState::None | LegState::Done => {
                next.owner = Some(WORKER.to_owned());
                next.open_since = None;
                next.news_by = None;
                Schedule::Due(now, 0)
            }
        }
    }

    /// Nothing could be asked; the payment stays as it is and grows older.
    async fn keep_leg(
        &self,
        row: &PaymentRow,
        reason: &str,
        tries: u32,
    ) -> Result<Look, PaymentError> {
        let now = self.ports.now();
        tracing::warn!(payment = %row.id, reason, "a bank's leg waits");
        let mut draft = Draft::of(row, now);
        age(draft.next(), now);
        let look = next_look(now, tries, None, &*self.ports.random);
        self.settle(draft, Schedule::Due(look, tries.saturating_add(1)))
            .await
    }
}

/// What an answer proves about the leg.
fn proven(answer: &BankAnswer) -> Step {
    match answer {
        BankAnswer::Done { .. } => Step::Done,
        BankAnswer::Refused { .. } => Step::Refused,
        BankAnswer::NotFound if planted(Bug::BankNotFoundIsNo) => Step::Refused,
        BankAnswer::Unknown(_) if planted(Bug::BankSilenceIsNo) => Step::Refused,
        BankAnswer::Unknown(_) if planted(Bug::BankSilenceIsYes) => Step::Done,
        BankAnswer::NotFound | BankAnswer::Unknown(_) => Step::Unknown,
    }
}

/// People look after it from now on; gives their deadline.
pub(super) fn own_by_operator(next: &mut PaymentRow, now: Moment) -> Moment {
    let since = *next.open_since.get_or_insert(now);
    let deadline = news_by(OPERATOR, since, now);
    next.owner = Some(OPERATOR.to_owned());
    next.news_by = Some(deadline);
    deadline
}

/// An open leg has an owner and an age as an open outcome has.
pub(super) fn age(next: &mut PaymentRow, now: Moment) {
    let since = *next.open_since.get_or_insert(now);
    let old = now.ms_since(since) >= ESCALATION_AGE_MS;
    let owner = if old { OPERATOR } else { WORKER };
    next.owner = Some(owner.to_owned());
    next.news_by = Some(news_by(owner, since, now));
}

/// Keeps the bank's serial number; and, where the bank would not give the money
/// at all, its reason for the payer.
fn note_answer(draft: &mut Draft, leg: Leg, answer: &BankAnswer) {
    let next = draft.next();
    match answer {
        BankAnswer::Done { serial } => next.payer.put_serial(leg, serial.clone()),
        BankAnswer::Refused { message, .. } if next.snapshot.state == State::Declined => {
            next.answer.reason = Some(message.clone());
        }
        BankAnswer::Refused { code, .. } => {
            tracing::error!(payment = %next.id, %leg, code, "a bank refuses what it owes");
        }
        BankAnswer::NotFound | BankAnswer::Unknown(_) => {}
    }
}
