//! Brings one biller's day together: the payments of the day, and what the
//! biller's own files say about them. It judges nothing itself and moves nothing.

use std::collections::{BTreeMap, BTreeSet};

use guichet_domain::AccountingDate;
use guichet_domain::id::{BillerId, RecordId};
use guichet_domain::reconciliation::{LedgerSide, Line, LineKind, Match, Matching, PartyKind};

use super::banks::{Late, LateDays};
use super::others::Others;
use super::sides::ledger_side;
use super::{DayEnd, DayEndError, PAGE};
use crate::store::{DayFileRow, DayPayment};

/// A biller's file with its lines by reference.
pub(super) struct Spoken {
    pub(super) file: DayFileRow,
    pub(super) lines: BTreeMap<String, Vec<Line>>,
}

/// A day that was compared.
#[derive(Default)]
pub(super) struct Compared {
    /// Every reference with what was found.
    pub(super) matches: Vec<Match>,
    /// Payments of other days that the biller's file names, with their own day.
    pub(super) of_other_days: BTreeMap<String, AccountingDate>,
    /// The biller's line about each payment whose outcome is open.
    pub(super) words: BTreeMap<String, Line>,
}

impl Compared {
    /// The day on which people look at a reference: a payment's own, as long as
    /// that day's comparison sees the same files.
    pub(super) fn day_of(&self, reference: &str, date: AccountingDate) -> AccountingDate {
        match self.of_other_days.get(reference) {
            Some(own) if is_near(*own, date) => *own,
            Some(_) | None => date,
        }
    }
}

/// What is being brought together.
#[derive(Default)]
struct Gathered {
    matching: Matching,
    /// Payments of the day itself.
    own: BTreeSet<String>,
    /// Payments whose outcome is open.
    open: BTreeSet<String>,
    compared: Compared,
}

impl Gathered {
    fn ledger(&mut self, payment: &DayPayment) {
        let side = ledger_side(payment);
        self.matching.ledger(payment.id.as_str(), side);
        if matches!(side, LedgerSide::Open(_)) {
            self.open.insert(payment.id.to_string());
        }
    }

    fn word(&mut self, reference: &str, lines: &[Line]) {
        let applied = lines.iter().find(|line| line.kind == LineKind::Payment);
        if let (true, Some(line)) = (self.open.contains(reference), applied) {
            let words = &mut self.compared.words;
            words
                .entry(reference.to_owned())
                .or_insert_with(|| line.clone());
        }
    }
}

impl DayEnd {
    /// The biller's file of a day. Money that is given back later does not undo the
    /// day's application.
    pub(super) async fn spoken(
        &self,
        date: AccountingDate,
        biller: &BillerId,
    ) -> Result<Option<Spoken>, DayEndError> {
        let file = self
            .party_file(date, PartyKind::Biller, biller.as_str())
            .await?;
        let Some(file) = file else { return Ok(None) };
        let mut lines: BTreeMap<String, Vec<Line>> = BTreeMap::new();
        for line in self.lines_of(&file).await? {
            if line.kind != LineKind::Refund {
                lines.entry(line.reference.clone()).or_default().push(line);
            }
        }
        Ok(Some(Spoken { file, lines }))
    }

    /// Compares a biller's day.
    pub(super) async fn compare(
        &self,
        date: AccountingDate,
        biller: &BillerId,
        spoken: Option<&Spoken>,
        others: &Others,
    ) -> Result<Compared, DayEndError> {
        let mut gathered = Gathered::default();
        let (mut late, mut after) = (LateDays::default(), String::new());
        loop {
            let page = self
                .store
                .payments_of_day(date, biller, &after, PAGE)
                .await?;
            let Some(last) = page.last() else { break };
            after = last.id.to_string();
            for payment in &page {
                gathered.ledger(payment);
                gathered.own.insert(payment.id.to_string());
                others.add(&mut gathered.matching, payment);
                if others.is_silent_about(payment) {
                    let said = self.late(date, payment, &mut late).await?;
                    add_late(&mut gathered.matching, payment, said);
                }
            }
        }
        if let Some(spoken) = spoken {
            self.hear_biller(date, biller, spoken, &mut gathered)
                .await?;
        }
        let mut compared = gathered.compared;
        compared.matches = gathered.matching.judge();
        Ok(compared)
    }

    /// The biller's day turns at another time than ours: what its file names may be
    /// a payment of ours of another day, and what it says about a payment is what
    /// its files of the payment's own day and the days beside come to.
    async fn hear_biller(
        &self,
        date: AccountingDate,
        biller: &BillerId,
        spoken: &Spoken,
        gathered: &mut Gathered,
    ) -> Result<(), DayEndError> {
        gathered.matching.biller_spoke();
        let mut days = BTreeSet::from([date.previous(), date.next()]);
        for (reference, lines) in &spoken.lines {
            if !gathered.own.contains(reference)
                && let Some(payment) = self.of_another_day(reference, biller).await?
            {
                let own = payment.date;
                gathered.ledger(&payment);
                days.extend([own.previous(), own, own.next()]);
                let others = &mut gathered.compared.of_other_days;
                others.insert(reference.clone(), own);
            }
            gathered.word(reference, lines);
            lines.iter().for_each(|line| gathered.matching.biller(line));
        }
        days.remove(&date);
        for day in days {
            let Some(beside) = self.spoken(day, biller).await? else {
                continue;
            };
            for (reference, lines) in &beside.lines {
                let counts = match gathered.compared.of_other_days.get(reference) {
                    Some(own) => is_near(*own, day),
                    None => {
                        is_near(date, day)
                            && (gathered.own.contains(reference)
                                || spoken.lines.contains_key(reference))
                    }
                };
                if counts {
                    gathered.word(reference, lines);
                    lines.iter().for_each(|line| gathered.matching.beside(line));
                }
            }
        }
        Ok(())
    }

    async fn of_another_day(
        &self,
        reference: &str,
        biller: &BillerId,
    ) -> Result<Option<DayPayment>, DayEndError> {
        let Ok(id) = reference.parse::<RecordId>() else {
            return Ok(None);
        };
        let payment = self.store.day_payment(&id).await?;
        Ok(payment.filter(|payment| payment.biller == *biller))
    }
}

/// Whether two days are the same, or one is beside the other.
fn is_near(one: AccountingDate, other: AccountingDate) -> bool {
    (one.previous()..=one.next()).contains(&other)
}

fn add_late(matching: &mut Matching, payment: &DayPayment, said: Late) {
    match said {
        Late::Lines(lines) => lines.iter().for_each(|line| matching.bank(line)),
        Late::Nothing => matching.bank_spoke(payment.id.as_str()),
        Late::NotHere => {}
    }
}
