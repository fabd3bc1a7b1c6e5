//! The judgement over a world that has calmed down: the books by themselves, then
//! every payment against the biller's own log, the bank's own log and the payer's
//! account.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result, ensure};
use guichet::store::{PaymentRow, WorkOrderFilter};
use guichet_domain::Moment;
use guichet_domain::id::{ClientId, RecordId};
use guichet_domain::payment::State;
use guichet_domain::work_order::State as OrderState;

use crate::bank::BankTown;
use crate::biller::{Biller, Log};
use crate::client::Seen;
use crate::model::effects_that_must_stand;
use crate::node::Room;
use crate::nodes::Nodes;
use crate::payers::{FUNDS, Payer};
use crate::prices;

mod agreement;
mod bank;
mod day;
mod fees;

use agreement::agreed_to;
use day::Differences;
use fees::Fees;

/// What a run leaves behind.
pub struct Finished {
    pub nodes: Nodes,
    pub seen: Arc<Mutex<Vec<Seen>>>,
    pub biller: Arc<Biller>,
    pub banks: BankTown,
    pub payers: Arc<Vec<Payer>>,
    /// How many clients there are.
    pub clients: usize,
    /// What people were let do.
    pub complaints: Arc<Mutex<Vec<String>>>,
    /// Whether the day has ended, and was compared.
    pub day_ends_here: bool,
}

/// Money of one payer, or of one bank's payers, as the payments tell it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Told {
    payments: usize,
    paid: i64,
    held: i64,
    /// Payments that have not ended.
    open: usize,
}

impl Finished {
    fn room(&self) -> Result<Room> {
        self.nodes.room(0).context("the first node is down")
    }

    /// Whether nothing is left to do, and nobody to come.
    pub async fn is_at_rest(&self) -> Result<bool> {
        if self.seen.lock().expect("one thread").len() < self.clients {
            return Ok(false);
        }
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
        let complaints = std::mem::take(&mut *self.complaints.lock().expect("one thread"));
        ensure!(complaints.is_empty(), "people: {complaints:?}");
        let orders = self.open_orders(&room).await?;
        let seen = std::mem::take(&mut *self.seen.lock().expect("one thread"));
        for one in seen.iter() {
            ensure!(one.wrong.is_none(), "a client was told: {:?}", one.wrong);
            if let Some(id) = &one.payment {
                let found = room.store.payment(id).await?;
                ensure!(found.is_some(), "{id} was acknowledged and is lost");
            }
        }
        let agreed = |id: &RecordId| {
            let mut own = seen.iter().filter(|one| one.payment.as_ref() == Some(id));
            own.next().map_or(&[][..], |one| &one.agreed)
        };
        let mut fees: BTreeMap<ClientId, Fees> = BTreeMap::new();
        let mut differences = Differences::default();
        let mut payments = 0;
        let mut by_bank = BTreeMap::new();
        for payer in self.payers.iter() {
            let rows = self.rows_of(&room, payer).await?;
            let told = self.look_through(&rows, (&log, &orders))?;
            payments += told.payments;
            for row in &rows {
                agreed_to(row, agreed(&row.id))?;
                fees.entry(row.client.clone()).or_default().add(row)?;
                differences.add(row, &log);
            }
            match &payer.bank {
                None => own_account_agrees(&room, payer, told).await?,
                Some((bank, number)) => {
                    self.bank_account_agrees(bank, number, told)?;
                    by_bank.insert(bank.to_string(), told);
                }
            }
        }
        if self.day_ends_here {
            self.day_agrees(&room, &differences).await?;
        }
        self.clearing_agrees(&room, &by_bank).await?;
        for client in prices::clients() {
            let fees = fees.remove(&client).unwrap_or_default();
            fees.agree(&room, &client).await?;
        }
        Ok(payments)
    }

    /// The records of the orders that people have to work at.
    async fn open_orders(&self, room: &Room) -> Result<BTreeSet<String>> {
        let mut records = BTreeSet::new();
        for state in [OrderState::Open, OrderState::Proposed, OrderState::Decided] {
            let filter = WorkOrderFilter {
                state: Some(state),
                owner: None,
            };
            let page = room.work_orders.list(filter, "", 200).await?;
            records.extend(page.into_iter().map(|order| order.record));
        }
        Ok(records)
    }

    /// Every payment of a payer, as it is kept.
    async fn rows_of(&self, room: &Room, payer: &Payer) -> Result<Vec<PaymentRow>> {
        let mut rows = Vec::new();
        let mut cursor = None;
        loop {
            let (client, subject) = (&payer.client, &payer.subject);
            let page = room.payments.list(client, subject, cursor.as_ref(), 50);
            let page = page.await?;
            for payment in &page.items {
                let row = room.store.payment(&payment.id).await?;
                rows.push(row.context("a listed payment is gone")?);
            }
            let Some(next) = page.next_cursor else {
                return Ok(rows);
            };
            cursor = Some(next.parse().context("a cursor")?);
        }
    }

    /// Looks at payments one by one.
    fn look_through(
        &self,
        rows: &[PaymentRow],
        (log, orders): (&Log, &BTreeSet<String>),
    ) -> Result<Told> {
        let mut told = Told::default();
        for row in rows {
            agrees(row, log)?;
            let is_peoples = row.owner.as_deref() == Some("operator");
            ensure!(
                !is_peoples || orders.contains(row.id.as_str()),
                "{} needs people, and has no work order",
                row.id
            );
            self.bank_agrees(row)?;
            told.add(row);
        }
        Ok(told)
    }
}

impl Told {
    fn add(&mut self, row: &PaymentRow) {
        self.payments += 1;
        let amount = taken(row);
        let ended = row.snapshot.has_ended();
        self.open += usize::from(!ended);
        match row.snapshot.state {
            State::Applied | State::Reversing | State::Refunding => self.paid += amount,
            State::Reversed if !ended => self.paid += amount,
            State::Held | State::Submitted | State::Pending | State::Unknown | State::Refused => {
                self.held += amount;
            }
            State::Cancelled | State::Expired if !ended => self.held += amount,
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
}

/// What the payer pays in all.
fn taken(row: &PaymentRow) -> i64 {
    row.total.minor_units() + row.payer_fee
}

/// Whether an account in the house's own books is what its payments say.
async fn own_account_agrees(room: &Room, payer: &Payer, told: Told) -> Result<()> {
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
    Ok(())
}

/// Whether the payment is what the biller's log says.
fn agrees(row: &PaymentRow, log: &Log) -> Result<()> {
    let id = row.id.as_str();
    let made = log.effects.get(id).map_or(0, Vec::len);
    ensure!(made <= 1, "{id} took effect {made} times");
    let undone = log.undone.get(id).copied().unwrap_or(0);
    ensure!(undone <= 1, "{id} was undone {undone} times");
    let (state, standing) = (row.snapshot.state, log.standing(id));
    match effects_that_must_stand(state) {
        Some(must) => ensure!(
            standing == must,
            "{id} is {state} and its effect stands {standing} times"
        ),
        None => ensure!(
            row.news_by.is_some(),
            "{id} is {state} and promises nothing"
        ),
    }
    ensure!(
        state != State::Refunded || log.refunds.contains(id),
        "{id} is refunded, and the biller has not agreed"
    );
    ensure!(
        row.snapshot.has_ended() || row.owner.is_some(),
        "{id} is {state} and nobody's"
    );
    Ok(())
}
