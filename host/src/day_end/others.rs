//! The bank's and the client's side of a comparison: their files of the day, and
//! the banks' of the days beside it.

use std::collections::{BTreeMap, BTreeSet};

use guichet_domain::AccountingDate;
use guichet_domain::id::RecordId;
use guichet_domain::payment::LegState;
use guichet_domain::reconciliation::{AtBank, LedgerSide, Line, LineKind, Matching, PartyKind};
use guichet_domain::work_order::Kind;
use serde_json::json;

use super::sides::{at_bank, ledger_side};
use super::{DayEnd, DayEndError};
use crate::store::DayPayment;
use crate::work_orders::{Matter, order_id};

/// What banks and clients have sent about a day.
#[derive(Debug, Default)]
pub(super) struct Others {
    /// Banks whose statement of the day is here.
    banks: BTreeSet<String>,
    /// Lines about payments, of the day and the days beside it, by payment.
    bank_lines: BTreeMap<String, Vec<Line>>,
    /// Payments that the day's own statements name, with the bank.
    pub(super) named: BTreeMap<String, String>,
    /// Lines of clients whose file is here, by client and payment.
    channels: BTreeMap<String, BTreeMap<String, Vec<Line>>>,
}

impl Others {
    /// What banks say about a payment.
    pub(super) fn bank_lines(&self, reference: &str) -> &[Line] {
        self.bank_lines.get(reference).map_or(&[], Vec::as_slice)
    }

    /// Whether the bank's statement of the day is here and does not have what the
    /// books say that it has taken: perhaps it did so on a later day.
    pub(super) fn is_silent_about(&self, payment: &DayPayment) -> bool {
        let spoke = match &payment.bank {
            Some(bank) => self.banks.contains(bank.as_str()),
            None => false,
        };
        spoke
            && payment.snapshot.capture == LegState::Done
            && matches!(ledger_side(payment), LedgerSide::Taken(_))
            && matches!(at_bank(payment), AtBank::Amount(_))
            && self.bank_lines(payment.id.as_str()).is_empty()
    }

    /// Adds what the others say about a payment.
    pub(super) fn add(&self, matching: &mut Matching, payment: &DayPayment) {
        let reference = payment.id.as_str();
        if let Some(bank) = &payment.bank {
            matching.at_bank(reference, at_bank(payment));
            if self.banks.contains(bank.as_str()) && !self.is_silent_about(payment) {
                matching.bank_spoke(reference);
            }
        }
        for line in self.bank_lines(reference) {
            matching.bank(line);
        }
        if let Some(lines) = self.channels.get(payment.client.as_str()) {
            matching.channel_spoke(reference);
            for line in lines.get(reference).into_iter().flatten() {
                matching.channel(line);
            }
        }
    }
}

impl DayEnd {
    /// Reads the files of banks and clients.
    pub(super) async fn others(&self, date: AccountingDate) -> Result<Others, DayEndError> {
        let mut others = Others::default();
        // A bank's day turns at another time than ours.
        for day in [date.previous(), date, date.next()] {
            let said = self.bank_day(day).await?;
            for (reference, lines) in said.lines {
                others
                    .bank_lines
                    .entry(reference)
                    .or_default()
                    .extend(lines);
            }
            if day == date {
                (others.banks, others.named) = (said.banks, said.named);
            }
        }
        for file in self
            .store
            .party_files_of_day(date, PartyKind::Client)
            .await?
        {
            let lines = others.channels.entry(file.party.clone()).or_default();
            for line in self.lines_of(&file).await? {
                if line.kind != LineKind::Refund {
                    lines.entry(line.reference.clone()).or_default().push(line);
                }
            }
        }
        Ok(others)
    }

    /// Opens orders about what banks and clients name beside the payments that were
    /// compared, and closes those that their newest files no longer ask for.
    pub(super) async fn strangers(
        &self,
        date: AccountingDate,
        others: &Others,
        compared: &BTreeSet<String>,
    ) -> Result<usize, DayEndError> {
        let mut matters = self.unexpected_at_banks(date, others, compared).await?;
        matters.extend(self.unexpected_of_clients(date, others).await?);
        let opened = self.work_orders.open_or_again(&matters).await?;
        let found: BTreeSet<RecordId> = matters
            .iter()
            .map(|matter| order_id(matter.kind, &matter.record))
            .collect();
        for party in others.banks.iter().chain(others.channels.keys()) {
            let kinds = [Kind::BankDiffers, Kind::ChannelDiffers];
            self.close_gone(date, party, |order| {
                kinds.contains(&order.standing.kind) && !found.contains(&order.id)
            })
            .await?;
        }
        Ok(opened)
    }

    /// What clients name that no payment of theirs is.
    async fn unexpected_of_clients(
        &self,
        date: AccountingDate,
        others: &Others,
    ) -> Result<Vec<Matter>, DayEndError> {
        let mut matters = Vec::new();
        for (client, lines) in &others.channels {
            for (reference, lines) in lines {
                let known = match reference.parse::<RecordId>() {
                    Ok(id) => self.store.day_payment(&id).await?,
                    Err(_) => None,
                };
                let own = known.is_some_and(|payment| payment.client.as_str() == client);
                let Some(line) = lines.first().filter(|_| !own) else {
                    continue;
                };
                matters.push(Matter {
                    kind: Kind::ChannelDiffers,
                    record: reference.clone(),
                    party: client.clone(),
                    date,
                    amount: Some(line.amount),
                    found: json!({"channel": line.amount, "ledger": "absent"}),
                });
            }
        }
        Ok(matters)
    }
}
