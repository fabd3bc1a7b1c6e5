//! What the comparison of the day has to have found, from the biller's own log.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use guichet::store::PaymentRow;
use guichet::work_orders::order_id;
use guichet_domain::payment::State;
use guichet_domain::reconciliation::Finding;
use guichet_domain::work_order::Kind;

use super::Finished;
use crate::accountant::{day, day_ends};
use crate::biller::Log;
use crate::node::Room;
use crate::services;

/// Payments that the comparison has to have found different.
#[derive(Debug, Default)]
pub(super) struct Differences(BTreeSet<(String, &'static str)>);

impl Differences {
    /// What must be found about one payment.
    pub(super) fn add(&mut self, row: &PaymentRow, log: &Log) {
        let id = row.id.as_str();
        let in_file = in_file(log).get(id).copied().unwrap_or(0);
        let is_compared = row.accounting_date == day() || in_file != 0;
        let is_taken = matches!(
            row.snapshot.state,
            State::Applied | State::Reversing | State::Refunding | State::Refunded
        );
        let is_open = matches!(
            row.snapshot.state,
            State::Submitted | State::Pending | State::Unknown
        );
        if !is_compared || is_open {
            return;
        }
        match (in_file, is_taken) {
            (0, true) => self.0.insert((id.to_owned(), Kind::Surplus.as_str())),
            (1, false) => self.0.insert((id.to_owned(), Kind::Shortage.as_str())),
            _ => false,
        };
    }
}

/// Effects of the day less those undone on it, by payment.
fn in_file(log: &Log) -> BTreeMap<&str, i32> {
    let mut net: BTreeMap<&str, i32> = BTreeMap::new();
    for effect in log.journal.iter().filter(|one| one.at < day_ends()) {
        let step = if effect.undoes { -1 } else { 1 };
        *net.entry(&effect.payment).or_default() += step;
    }
    net
}

impl Finished {
    /// Whether the day's comparison has found that and nothing else, and people have
    /// been told of it.
    pub(super) async fn day_agrees(&self, room: &Room, must: &Differences) -> Result<()> {
        let mut found = BTreeSet::new();
        for biller in services::billers() {
            for one in room.day_end.findings(day(), &biller).await? {
                ensure!(
                    one.finding != Finding::FoundApplied,
                    "{} is in the file, and still open",
                    one.reference
                );
                if one.finding.is_difference() {
                    found.insert((one.reference, one.finding.as_str()));
                }
            }
        }
        ensure!(
            found == must.0,
            "the day's comparison found {found:?}, and not {must:?}"
        );
        for (record, kind) in &found {
            let kind: Kind = kind.parse().context("a kind of order")?;
            let order = room.work_orders.get(&order_id(kind, record)).await;
            ensure!(order.is_ok(), "{kind} of {record} was told to nobody");
        }
        Ok(())
    }
}
