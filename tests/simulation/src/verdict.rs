//! The judgement over a world that has calmed down: the books by themselves, then
//! every payment against the biller's own log and the payer's account.

use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, ensure};
use guichet::payments::PaymentView;
use guichet_domain::Moment;
use guichet_domain::payment::State;

use crate::biller::{Biller, Log};
use crate::client::Seen;
use crate::model::effects_that_must_stand;
use crate::node::Room;
use crate::world::{FUNDS, Nodes, Payer};

/// What a run leaves behind.
pub struct Finished {
    pub nodes: Nodes,
    pub seen: Arc<Mutex<Vec<Seen>>>,
    pub biller: Arc<Biller>,
    pub payers: Arc<Vec<Payer>>,
}

/// Money of one payer, as the payments tell it.
#[derive(Default)]
struct Told {
    payments: usize,
    paid: i64,
    held: i64,
}

impl Finished {
    fn room(&self) -> Result<Room> {
        self.nodes.room(0).context("the first node is down")
    }

    /// Whether nothing is left to do.
    pub async fn is_at_rest(&self) -> Result<bool> {
        Ok(self.room()?.store.open_payments().await?.is_empty())
    }

    /// How many payments there are, where everything is right.
    pub async fn judge(&self) -> Result<usize> {
        let room = self.room()?;
        let report = room.store.check_ledger(Moment::from_micros(0)).await?;
        let findings = report.findings;
        ensure!(findings.is_empty(), "ledger check: {findings:#?}");
        let log = std::mem::take(&mut *self.biller.log.lock().expect("one thread"));
        let complaints = &log.complaints;
        ensure!(
            complaints.is_empty(),
            "the biller complains: {complaints:?}"
        );
        let seen = std::mem::take(&mut *self.seen.lock().expect("one thread"));
        for one in seen.iter() {
            ensure!(one.wrong.is_none(), "a client was told: {:?}", one.wrong);
            if let Some(id) = &one.payment {
                let found = room.store.payment(id).await?;
                ensure!(found.is_some(), "{id} was acknowledged and is lost");
            }
        }
        let mut payments = 0;
        for payer in self.payers.iter() {
            let told = look_through(&room, payer, &log).await?;
            payments += told.payments;
            let account = room.store.account(&payer.account).await?;
            let account = account.context("the payer's account is gone")?.account;
            let reserved = account.debits_pending;
            let balance = account.available().minor_units() + reserved;
            ensure!(
                reserved == told.held && balance == FUNDS - told.paid,
                "{} has {balance} and {reserved} held, but {} paid and {} held by payments",
                payer.account,
                told.paid,
                told.held
            );
        }
        Ok(payments)
    }
}

async fn look_through(room: &Room, payer: &Payer, log: &Log) -> Result<Told> {
    let mut told = Told::default();
    let mut cursor = None;
    loop {
        let (client, subject) = (&payer.client, &payer.subject);
        let page = room.payments.list(client, subject, cursor.as_ref(), 50);
        let page = page.await?;
        for payment in &page.items {
            told.payments += 1;
            agrees(payment, log)?;
            let amount = payment.total.minor_units();
            match payment.state {
                State::Applied | State::Reversing | State::Refunding => told.paid += amount,
                State::Held
                | State::Submitted
                | State::Pending
                | State::Unknown
                | State::Refused => told.held += amount,
                State::Requested
                | State::RequiresAction
                | State::Declined
                | State::Cancelled
                | State::Expired
                | State::Released
                | State::Reversed
                | State::Refunded => {}
            }
        }
        let Some(next) = page.next_cursor else {
            return Ok(told);
        };
        cursor = Some(next.parse().context("a cursor")?);
    }
}

/// Whether the payment is what the biller's log says.
fn agrees(payment: &PaymentView, log: &Log) -> Result<()> {
    let id = payment.id.as_str();
    let made = log.effects.get(id).map_or(0, Vec::len);
    ensure!(made <= 1, "{id} took effect {made} times");
    let undone = log.undone.get(id).copied().unwrap_or(0);
    ensure!(undone <= 1, "{id} was undone {undone} times");
    let (state, standing) = (payment.state, log.standing(id));
    match effects_that_must_stand(state) {
        Some(must) => ensure!(
            standing == must,
            "{id} is {state} and its effect stands {standing} times"
        ),
        None => ensure!(
            payment.owner.is_some() && payment.news_by.is_some(),
            "{id} is {state} and nobody's"
        ),
    }
    Ok(())
}
