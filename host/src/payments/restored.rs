//! Payments that are older than the database they stand in: it was put back from
//! a backup, and what happened after the backup is not in it. Whatever may have
//! been sent is taken for sent and asked about; nothing of it is sent again.

use guichet_domain::Moment;
use guichet_domain::payment::{Event, Standing};

use super::apply::Draft;
use super::drive::{Driven, Look};
use super::judge::standing;
use super::{PaymentError, Payments};
use crate::store::{PaymentRow, Reversal, Schedule};

/// For whoever looks into such a payment.
pub(super) const RESTORED: &str = "the database was put back from a backup";

impl Payments {
    /// What is known of the payment besides its capabilities.
    pub(super) fn standing(&self, row: &PaymentRow) -> Standing {
        standing(row, self.settings.attempts, self.store.restored_at())
    }

    /// Whether the biller may have been asked to undo in the time that was lost.
    pub(super) fn may_lack_reversal(&self, reversal: &Reversal) -> bool {
        self.store.restored_at().is_some_and(|restored| {
            reversal.order.requested_at <= restored
                && reversal.attempted_at.is_none_or(|at| at < restored)
        })
    }

    /// Commits an attempt that may have been made. Its answer is unknown, as that of
    /// any attempt after a crash.
    pub(super) async fn assume_submitted(
        &self,
        row: PaymentRow,
        now: Moment,
    ) -> Result<Look, PaymentError> {
        let mut draft = Draft::of(&row, now);
        draft.note("restored");
        let next = draft.next();
        next.exposed = 1;
        next.attempts += 1;
        next.attempted_at = Some(now);
        next.order.attempt = next.attempts;
        next.answer.reason = Some(RESTORED.to_owned());
        if draft.push(Event::Submitted).is_err() {
            return Ok(Look::Ended(Driven::Overtaken));
        }
        self.settle(draft, Schedule::Due(now, 0)).await
    }

    /// The same for an attempt to undo.
    pub(super) async fn assume_reversal(
        &self,
        row: PaymentRow,
        reversal: Reversal,
    ) -> Result<Look, PaymentError> {
        let now = self.ports.now();
        let mut draft = Draft::of(&row, now);
        draft.note("restored");
        let mut assumed = reversal;
        assumed.order.attempt = assumed.order.attempt.max(1);
        assumed.attempted_at = Some(now);
        let next = draft.next();
        next.reversal = Some(assumed);
        next.answer.reason = Some(RESTORED.to_owned());
        self.settle(draft, Schedule::Due(now, 0)).await
    }
}
