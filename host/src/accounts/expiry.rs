//! Ends pending transfers whose time is over. Only transfers that belong to no
//! payment ever have an end in time: what a payment has reserved goes back by
//! evidence, when the payment itself has ended, and never by a clock.

use guichet_domain::books::{BooksError, Transfer};
use guichet_domain::id::TransferId;

use super::clients::digest_id;
use super::{AccountError, Accounts};
use crate::store::{LedgerCommand, Refused};

/// Transfers that one round ends at most.
const ROUND: u32 = 500;

impl Accounts {
    /// Gives back what expired pending transfers reserve, and says how many it
    /// ended. Repeated, or on several nodes at once, it ends each of them once. One
    /// that the books refuse to end keeps no other waiting: it is told of and tried
    /// again.
    pub async fn end_expired(&self) -> Result<usize, AccountError> {
        let mut ended = 0;
        loop {
            let now = self.ports.now();
            let expired = self.store.expired_transfers(now, ROUND).await?;
            let is_last = expired.len() < ROUND as usize;
            let mut over = Vec::with_capacity(expired.len());
            for held in expired {
                let command = LedgerCommand {
                    accounts: Vec::new(),
                    transfers: vec![Transfer::void(expiry_of(&held.id), &held)],
                    payment: None,
                    at: now,
                };
                match self.store.record_transfers(command).await? {
                    Ok(()) => ended += 1,
                    // Posted or voided in time.
                    Err(Refused::Books(BooksError::Ended(_))) => {}
                    Err(refused) => {
                        let transfer = &held.id;
                        tracing::error!(%transfer, ?refused, "an expired reservation stays");
                        continue;
                    }
                }
                over.push(held);
            }
            self.store.forget_expiring(&over).await?;
            if is_last || over.is_empty() {
                return Ok(ended);
            }
        }
    }
}

/// Follows from the transfer, so that nodes that see to it at once make one record.
fn expiry_of(held: &TransferId) -> TransferId {
    digest_id("expired", &[held.as_str().as_bytes()])
}
