//! Closing a day: nothing is settled or reconciled of a day that goes on.

use guichet_domain::AccountingDate;

use super::{DayEnd, DayEndError};
use crate::store::ClosedDay;

/// A payment takes its date from the clock of its node and is committed a moment
/// later; nodes' clocks differ a little.
const GRACE_MS: i64 = 60_000;

impl DayEnd {
    /// Closes a day that has ended, or counts a closed one anew. Payments whose
    /// outcome is open then are carried: they stay open items of their day.
    pub async fn close(&self, date: AccountingDate, by: &str) -> Result<ClosedDay, DayEndError> {
        let now = self.ports.now();
        if now < date.ends(self.ports.clock.cut_off()).plus_ms(GRACE_MS) {
            return Err(DayEndError::NotEnded(date));
        }
        self.store.close_day(date, by, now).await?;
        let closed = self.store.closed_day(date).await?;
        closed.ok_or(DayEndError::NotClosed(date))
    }

    /// A day, where it was closed.
    pub async fn closed(&self, date: AccountingDate) -> Result<Option<ClosedDay>, DayEndError> {
        Ok(self.store.closed_day(date).await?)
    }
}
