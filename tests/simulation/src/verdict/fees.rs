//! What clients' own accounts have to say, from their payments.

use anyhow::{Context as _, Result, ensure};
use guichet::accounts::chart;
use guichet::store::PaymentRow;
use guichet_domain::Currency;
use guichet_domain::id::ClientId;
use guichet_domain::payment::State;

use crate::node::Room;
use crate::prices::{PAID_IN, fee};

/// Fees of one client.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fees {
    taken: i64,
    held: i64,
}

impl Fees {
    /// Counts the fee of one payment, which has to be what the prices say.
    pub(super) fn add(&mut self, row: &PaymentRow) -> Result<()> {
        let must = fee(&row.client, row.total.minor_units());
        ensure!(
            row.client_fee == Some(must),
            "{} costs its client {:?} instead of {must:?}",
            row.id,
            row.client_fee
        );
        match row.snapshot.state {
            State::Requested
            | State::RequiresAction
            | State::Held
            | State::Submitted
            | State::Pending
            | State::Unknown => self.held += must.amount,
            State::Applied | State::Reversing | State::Refunding => self.taken += must.amount,
            State::Reversed if !row.snapshot.has_ended() => self.taken += must.amount,
            State::Reversed | State::Refunded => self.taken += must.amount - must.back,
            State::Declined
            | State::Cancelled
            | State::Expired
            | State::Refused
            | State::Released => {}
        }
        Ok(())
    }

    /// Whether the client's account is what its payments say.
    pub(super) async fn agree(self, room: &Room, client: &ClientId) -> Result<()> {
        let id = chart::client_funding(client, Currency::CNY, 0).account.id;
        let account = room.store.account(&id).await?;
        let account = account.context("a client's account is gone")?.account;
        let held = account.debits_pending;
        let left = account.available().minor_units() + held;
        ensure!(
            held == self.held && left == PAID_IN - self.taken,
            "{client} has {left} and {held} held, but by payments {self:?}"
        );
        Ok(())
    }
}
