//! The bank's and the client's side of a comparison: their files of the day, and
//! the banks' of the days beside it.

use std::collections::{BTreeMap, BTreeSet};

use guichet_domain::id::RecordId;
use guichet_domain::payment::Leg;
use guichet_domain::reconciliation::{Direction, Entry, Line, LineKind, Matching, PartyKind};
use guichet_domain::work_order::Kind;
use guichet_domain::{AccountingDate, Money};
use serde_json::json;

use super::{DayEnd, DayEndError};
use crate::store::DayPayment;
use crate::work_orders::Matter;

/// What banks and clients have sent about a day.
#[derive(Debug, Default)]
pub(super) struct Others {
    /// Banks whose statement of the day is here.
    banks: BTreeSet<String>,
    /// Lines about payments, by payment.
    bank_lines: BTreeMap<String, Vec<Line>>,
    /// Lines of clients whose file is here, by client and payment.
    channels: BTreeMap<String, BTreeMap<String, Vec<Line>>>,
}

impl Others {
    /// Adds what the others say about a payment.
    pub(super) fn add(&self, matching: &mut Matching, payment: &DayPayment) {
        let reference = payment.id.as_str();
        if let Some(bank) = &payment.bank {
            matching.at_bank(reference);
            if self.banks.contains(bank.as_str()) {
                matching.bank_spoke(reference);
            }
        }
        for line in self.bank_lines.get(reference).into_iter().flatten() {
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
        for day in [date.previous(), date, date.next()] {
            for file in self.store.party_files_of_day(day, PartyKind::Bank).await? {
                if day == date {
                    others.banks.insert(file.party.clone());
                }
                // A bank's day turns at another time than ours.
                for entry in &self.statement_of(&file).await?.entries {
                    if let Some(line) = line_of(entry) {
                        let lines = others.bank_lines.entry(line.reference.clone());
                        lines.or_default().push(line);
                    }
                }
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

    /// What clients name that no payment of theirs is: work orders.
    pub(super) async fn strangers(
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

/// What an entry of a bank's statement says about a payment: its end-to-end
/// reference is that of the bank order, the payment's id and the leg.
fn line_of(entry: &Entry) -> Option<Line> {
    let (payment, leg) = entry.reference.split_once(':')?;
    let leg: Leg = leg.parse().ok()?;
    let kind = match (leg, entry.direction, entry.is_reversal) {
        (Leg::Capture, Direction::Credit, false) => LineKind::Payment,
        (Leg::Refund, Direction::Debit, false) | (Leg::Capture, Direction::Debit, true) => {
            LineKind::Reversal
        }
        _ => return None,
    };
    Some(Line {
        reference: payment.to_owned(),
        kind,
        service: String::new(),
        amount: Money::new(entry.amount.minor_units(), entry.amount.currency()),
        fee: 0,
        serial: entry.serial.clone(),
        at: guichet_domain::Moment::from_micros(0),
        note: String::new(),
    })
}
