//! Statements of payers' banks: what they say about payments by day, what they say
//! that the books do not know, and money that was taken on a later day.

use std::collections::{BTreeMap, BTreeSet, btree_map};

use guichet_domain::id::RecordId;
use guichet_domain::payment::{Leg, LegState};
use guichet_domain::reconciliation::{
    AtBank, Direction, Entry, LedgerSide, Line, LineKind, PartyKind,
};
use guichet_domain::work_order::Kind;
use guichet_domain::{AccountingDate, Currency, Money};
use serde_json::json;

use super::others::Others;
use super::sides::{at_bank, ledger_side};
use super::{DayEnd, DayEndError};
use crate::store::DayPayment;
use crate::work_orders::Matter;

/// What banks have stated on one day.
#[derive(Debug, Default)]
pub(super) struct BankDay {
    /// Banks whose statement is here.
    pub(super) banks: BTreeSet<String>,
    /// Their lines about payments, by payment.
    pub(super) lines: BTreeMap<String, Vec<Line>>,
    /// Which bank has named a payment.
    pub(super) named: BTreeMap<String, String>,
}

/// Later days that were looked at.
pub(super) type LateDays = BTreeMap<AccountingDate, BankDay>;

/// What the statements of later days say about money that was taken late.
pub(super) enum Late {
    /// They show it.
    Lines(Vec<Line>),
    /// They must show it and do not.
    Nothing,
    /// The one that must show it is not here yet.
    NotHere,
}

impl DayEnd {
    /// Reads the statements of a day.
    pub(super) async fn bank_day(&self, date: AccountingDate) -> Result<BankDay, DayEndError> {
        let mut day = BankDay::default();
        for file in self.store.party_files_of_day(date, PartyKind::Bank).await? {
            for entry in &self.statement_of(&file).await?.entries {
                if let Some(line) = line_of(entry) {
                    let reference = line.reference.clone();
                    day.named.insert(reference.clone(), file.party.clone());
                    day.lines.entry(reference).or_default().push(line);
                }
            }
            day.banks.insert(file.party);
        }
        Ok(day)
    }

    /// Looks at the statements of later days, up to the one on which the money was
    /// known to be taken, and the day beside it.
    pub(super) async fn late(
        &self,
        date: AccountingDate,
        payment: &DayPayment,
        days: &mut LateDays,
    ) -> Result<Late, DayEndError> {
        let taken = self.store.leg_done_at(&payment.id, Leg::Capture).await?;
        let taken = taken.map(|at| self.ports.accounting_date(at));
        let Some(taken) = taken.filter(|taken| *taken > date) else {
            return Ok(Late::Nothing);
        };
        let mut day = date.next();
        while day <= taken.next() {
            if let btree_map::Entry::Vacant(unread) = days.entry(day) {
                unread.insert(self.bank_day(day).await?);
            }
            let said = days.get(&day).map(|said| &said.lines);
            if let Some(lines) = said.and_then(|lines| lines.get(payment.id.as_str())) {
                return Ok(Late::Lines(lines.clone()));
            }
            day = day.next();
        }
        let bank = payment.bank.as_ref().map(|bank| bank.as_str());
        let is_here = days
            .get(&taken)
            .zip(bank)
            .is_some_and(|(day, bank)| day.banks.contains(bank));
        Ok(if is_here {
            Late::Nothing
        } else {
            Late::NotHere
        })
    }

    /// What the day's statements say, beside its own payments, that the books do
    /// not: money of payments that do not exist here, and money of other days'
    /// payments that should not have moved.
    pub(super) async fn unexpected_at_banks(
        &self,
        date: AccountingDate,
        others: &Others,
        compared: &BTreeSet<String>,
    ) -> Result<Vec<Matter>, DayEndError> {
        let mut matters = Vec::new();
        for (reference, bank) in &others.named {
            if compared.contains(reference) {
                continue;
            }
            let payment = match reference.parse::<RecordId>() {
                Ok(id) => self.store.day_payment(&id).await?,
                Err(_) => None,
            };
            let moved = Moved::of(others.bank_lines(reference));
            let found = match &payment {
                None => moved.of_a_stranger(),
                Some(payment) if payment.date == date => None,
                Some(payment) => moved.beside_the_books(payment),
            };
            let Some((amount, ledger)) = found else {
                continue;
            };
            matters.push(Matter {
                kind: Kind::BankDiffers,
                record: reference.clone(),
                party: bank.clone(),
                date,
                amount: Some(amount),
                found: json!({
                    "bank": {"taken": moved.taken, "given_back": moved.given_back},
                    "ledger": ledger,
                }),
            });
        }
        Ok(matters)
    }
}

/// What banks have moved for one payment, in minor units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moved {
    taken: i64,
    given_back: i64,
    currency: Option<Currency>,
    /// Several currencies.
    is_mixed: bool,
}

impl Moved {
    pub(super) fn of(lines: &[Line]) -> Self {
        let mut moved = Self {
            taken: 0,
            given_back: 0,
            currency: None,
            is_mixed: false,
        };
        for line in lines {
            let (amount, currency) = (line.amount.minor_units(), line.amount.currency());
            match line.kind {
                LineKind::Payment => moved.taken = moved.taken.saturating_add(amount),
                LineKind::Reversal => moved.taken = moved.taken.saturating_sub(amount),
                LineKind::Refund => moved.given_back = moved.given_back.saturating_add(amount),
            }
            moved.is_mixed |= moved.currency.is_some_and(|known| known != currency);
            moved.currency = Some(currency);
        }
        moved
    }

    /// Money of a payment that does not exist here.
    pub(super) fn of_a_stranger(self) -> Option<(Money, serde_json::Value)> {
        let net = self.taken.saturating_sub(self.given_back);
        let amount = Money::new(net.saturating_abs(), self.currency?);
        (net != 0 || self.is_mixed).then(|| (amount, json!("absent")))
    }

    /// Money of another day's payment that should not have moved so.
    pub(super) fn beside_the_books(
        self,
        payment: &DayPayment,
    ) -> Option<(Money, serde_json::Value)> {
        let side = ledger_side(payment);
        let (AtBank::Amount(ours) | AtBank::EitherWay(ours)) = at_bank(payment);
        let is_owed_back = match payment.snapshot.refund {
            LegState::None | LegState::Refused => false,
            LegState::Asked | LegState::Unknown | LegState::Done => true,
        };
        let is_expected = match (side, at_bank(payment)) {
            (LedgerSide::Open(_), _) => true,
            (LedgerSide::Taken(_), _) | (_, AtBank::EitherWay(_)) => {
                self.taken == 0 || self.taken == ours.minor_units()
            }
            (LedgerSide::NotTaken(_) | LedgerSide::Absent, AtBank::Amount(_)) => self.taken == 0,
        };
        let gives_back_well = match (self.given_back, is_owed_back) {
            (0, _) => true,
            (given_back, true) => given_back == ours.minor_units(),
            (_, false) => false,
        };
        let other_currency = self.is_mixed || self.currency != Some(ours.currency());
        (!is_expected || !gives_back_well || other_currency)
            .then(|| (payment.total, json!({"day": payment.date, "side": side})))
    }
}

/// What an entry of a bank's statement says about a payment: its end-to-end
/// reference is that of the bank order, the payment's id and the leg.
fn line_of(entry: &Entry) -> Option<Line> {
    let (payment, leg) = entry.reference.split_once(':')?;
    let leg: Leg = leg.parse().ok()?;
    let kind = match (leg, entry.direction, entry.is_reversal) {
        (Leg::Capture, Direction::Credit, false) => LineKind::Payment,
        (Leg::Capture, Direction::Debit, true) => LineKind::Reversal,
        (Leg::Refund, Direction::Debit, false) => LineKind::Refund,
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
