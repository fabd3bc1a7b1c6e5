//! Compares a day: ledger, biller, bank and client, biller by biller. Open
//! outcomes that the biller's file settles are settled; differences become work
//! orders; orders whose difference has gone are closed.

use std::collections::{BTreeMap, BTreeSet};

use guichet_domain::id::{BillerId, RecordId};
use guichet_domain::planted::{Bug, planted};
use guichet_domain::reconciliation::{
    BillerSide, Finding, Heard, LedgerSide, Line, LineKind, Match, Matching, PartyKind,
};
use guichet_domain::work_order::{Kind, State};
use guichet_domain::{AccountingDate, Money};
use serde_json::json;

use super::others::Others;
use super::sides::ledger_side;
use super::{DayEnd, DayEndError, PAGE, Scope};
use crate::store::{DayCheckRow, DayFileRow, DayFindingRow, DayPayment};
use crate::work_orders::{Matter, Word, order_id};

/// What a comparison came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Of each biller, in their order.
    pub billers: Vec<DayCheckRow>,
    /// Open outcomes that the billers' files have settled.
    pub resolved: u32,
    /// Work orders that are new.
    pub work_orders: usize,
}

/// A biller's file with its lines by reference.
struct Spoken {
    file: DayFileRow,
    lines: BTreeMap<String, Vec<Line>>,
}

impl DayEnd {
    /// Compares the day of a scope, and notes what banks say about settlements.
    pub async fn check(&self, scope: &Scope) -> Result<Checked, DayEndError> {
        self.require_closed(scope.date).await?;
        self.confirm(scope.date).await?;
        let others = self.others(scope.date).await?;
        let mut checked = Checked::default();
        let strangers = self.strangers(scope.date, &others).await?;
        checked.work_orders += self.work_orders.open(&strangers).await?;
        for biller in self.billers(scope).await? {
            self.check_biller(scope.date, &biller, &others, &mut checked)
                .await?;
        }
        self.work_orders.sweep().await?;
        Ok(checked)
    }

    /// What the latest comparison of a biller's day left unmatched.
    pub async fn findings(
        &self,
        date: AccountingDate,
        biller: &BillerId,
    ) -> Result<Vec<DayFindingRow>, DayEndError> {
        Ok(self.store.day_findings(date, biller).await?)
    }

    async fn check_biller(
        &self,
        date: AccountingDate,
        biller: &BillerId,
        others: &Others,
        checked: &mut Checked,
    ) -> Result<(), DayEndError> {
        let spoken = self.spoken(date, biller).await?;
        let mut matches = self.compare(date, biller, spoken.as_ref(), others).await?;
        let covers = self.covers(date, biller).await?;
        let resolved = self.resolve(&matches, spoken.as_ref(), covers).await?;
        if resolved > 0 {
            // What was settled just now is compared as it stands now.
            checked.resolved += resolved;
            matches = self.compare(date, biller, spoken.as_ref(), others).await?;
        }
        let row = self.note(date, biller, spoken.as_ref(), &matches).await?;
        let mut matters: Vec<Matter> = matches
            .iter()
            .filter_map(|one| matter(date, biller, one))
            .collect();
        matters.extend(self.missing_file(&row).await?);
        checked.work_orders += self.work_orders.open(&matters).await?;
        self.close_gone(&matches, row.day_file.is_some(), (date, biller))
            .await?;
        checked.billers.push(row);
        Ok(())
    }

    async fn spoken(
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
            // Money that is given back later does not undo the day's application.
            if line.kind != LineKind::Refund {
                lines.entry(line.reference.clone()).or_default().push(line);
            }
        }
        Ok(Some(Spoken { file, lines }))
    }

    async fn compare(
        &self,
        date: AccountingDate,
        biller: &BillerId,
        spoken: Option<&Spoken>,
        others: &Others,
    ) -> Result<Vec<Match>, DayEndError> {
        let mut matching = Matching::default();
        let mut known = BTreeSet::new();
        let mut after = String::new();
        loop {
            let page = self
                .store
                .payments_of_day(date, biller, &after, PAGE)
                .await?;
            let Some(last) = page.last() else { break };
            after = last.id.to_string();
            for payment in &page {
                add(&mut matching, payment, others);
                known.insert(payment.id.to_string());
            }
        }
        if let Some(spoken) = spoken {
            matching.biller_spoke();
            for (reference, lines) in &spoken.lines {
                if !known.contains(reference)
                    && let Some(payment) = self.of_another_day(reference, biller).await?
                {
                    add(&mut matching, &payment, others);
                }
                lines.iter().for_each(|line| matching.biller(line));
            }
            for day in [date.previous(), date.next()] {
                if let Some(beside) = self.spoken(day, biller).await? {
                    beside
                        .lines
                        .keys()
                        .for_each(|reference| matching.nearby(reference));
                }
            }
        }
        Ok(matching.judge())
    }

    /// The biller's day turns at another time than ours: what it names may be a
    /// payment of ours of the day before or after.
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

    /// The last day that the biller's files cover: a late attempt may stand in the
    /// file of the day after.
    async fn covers(
        &self,
        date: AccountingDate,
        biller: &BillerId,
    ) -> Result<AccountingDate, DayEndError> {
        let next = date.next();
        let beside = self.party_file(next, PartyKind::Biller, biller.as_str());
        Ok(if beside.await?.is_some() { next } else { date })
    }

    /// Lets the biller's word settle what is open; how many it has settled.
    async fn resolve(
        &self,
        matches: &[Match],
        spoken: Option<&Spoken>,
        covers: AccountingDate,
    ) -> Result<u32, DayEndError> {
        let mut resolved = 0;
        for one in matches {
            let word = match one.finding {
                Finding::FoundApplied => {
                    let lines = spoken.and_then(|spoken| spoken.lines.get(&one.reference));
                    let line = lines.and_then(|lines| lines.first());
                    let Some(line) = line else { continue };
                    Word::Applied {
                        serial: line.serial.clone(),
                        at: line.at.to_string(),
                    }
                }
                Finding::FoundNotApplied => Word::NotFound { covers },
                _ => continue,
            };
            let Ok(payment) = one.reference.parse() else {
                continue;
            };
            match self.desk.evidence(&payment, &word).await {
                Ok(_) => resolved += 1,
                // It stays an open item, and is found again next time.
                Err(error) => tracing::warn!(%payment, %error, "a day file's word waits"),
            }
        }
        Ok(resolved)
    }

    async fn note(
        &self,
        date: AccountingDate,
        biller: &BillerId,
        spoken: Option<&Spoken>,
        matches: &[Match],
    ) -> Result<DayCheckRow, DayEndError> {
        let count = |wanted: fn(Finding) -> bool| {
            let found = matches.iter().filter(|one| wanted(one.finding)).count();
            i64::try_from(found).unwrap_or(i64::MAX)
        };
        let row = DayCheckRow {
            date,
            biller: biller.clone(),
            day_file: spoken.map(|spoken| spoken.file.id.clone()),
            matched: count(|finding| matches!(finding, Finding::Matched | Finding::Awaited)),
            different: count(Finding::is_difference),
            open_items: count(|finding| {
                matches!(
                    finding,
                    Finding::Carried | Finding::FoundApplied | Finding::FoundNotApplied
                )
            }),
            checked_at: self.ports.now(),
        };
        let unmatched: Vec<Match> = matches
            .iter()
            .filter(|one| !matches!(one.finding, Finding::Matched | Finding::Awaited))
            .cloned()
            .collect();
        self.store.put_day_check(&row, &unmatched).await?;
        Ok(row)
    }

    /// A biller that sends files, or whose file is needed, has sent none.
    async fn missing_file(&self, row: &DayCheckRow) -> Result<Option<Matter>, DayEndError> {
        let party = row.biller.as_str();
        if row.day_file.is_some() {
            return Ok(None);
        }
        let sends = self.store.last_file_of(PartyKind::Biller, party).await?;
        if sends.is_none() && row.open_items == 0 {
            return Ok(None);
        }
        Ok(Some(Matter {
            kind: Kind::MissingFile,
            record: missing_record(row.date, &row.biller),
            party: party.to_owned(),
            date: row.date,
            amount: None,
            found: json!({"open_items": row.open_items}),
        }))
    }

    /// Closes the orders of differences that are no more.
    async fn close_gone(
        &self,
        matches: &[Match],
        file_is_here: bool,
        (date, biller): (AccountingDate, &BillerId),
    ) -> Result<(), DayEndError> {
        const OF_FINDINGS: [Kind; 6] = [
            Kind::Surplus,
            Kind::Shortage,
            Kind::AmountDiffers,
            Kind::Duplicate,
            Kind::BankDiffers,
            Kind::ChannelDiffers,
        ];
        if file_is_here {
            let record = missing_record(date, biller);
            self.close_order(&order_id(Kind::MissingFile, &record), "the file has come")
                .await?;
        }
        let found: BTreeSet<RecordId> = matches
            .iter()
            .filter_map(|one| Some(order_id(kind_of(one.finding)?, &one.reference)))
            .collect();
        for id in self.store.undecided_orders(date, biller.as_str()).await? {
            let Some(order) = self.store.work_order(&id).await? else {
                continue;
            };
            // What a statement says about a settlement is not compared here.
            let own =
                OF_FINDINGS.contains(&order.standing.kind) && !order.record.starts_with("stl_");
            if own && !found.contains(&id) {
                let ground = "the files agree now";
                self.work_orders.settle_by_evidence(&order, ground).await?;
            }
        }
        Ok(())
    }

    async fn close_order(&self, id: &RecordId, ground: &str) -> Result<(), DayEndError> {
        if let Some(order) = self.store.work_order(id).await?
            && matches!(order.standing.state, State::Open | State::Proposed)
        {
            self.work_orders.settle_by_evidence(&order, ground).await?;
        }
        Ok(())
    }
}

fn add(matching: &mut Matching, payment: &DayPayment, others: &Others) {
    matching.ledger(payment.id.as_str(), ledger_side(payment));
    others.add(matching, payment);
}

fn missing_record(date: AccountingDate, biller: &BillerId) -> String {
    format!("{biller}/{date}")
}

/// The kind of work order that a finding asks for.
fn kind_of(finding: Finding) -> Option<Kind> {
    match finding {
        Finding::Surplus if planted(Bug::SurplusUnnoticed) => None,
        Finding::Surplus => Some(Kind::Surplus),
        Finding::Shortage => Some(Kind::Shortage),
        Finding::AmountDiffers => Some(Kind::AmountDiffers),
        Finding::Duplicate => Some(Kind::Duplicate),
        Finding::BankSurplus | Finding::BankShortage | Finding::BankDiffers => {
            Some(Kind::BankDiffers)
        }
        Finding::ChannelDiffers => Some(Kind::ChannelDiffers),
        Finding::Matched
        | Finding::Awaited
        | Finding::Carried
        | Finding::FoundApplied
        | Finding::FoundNotApplied => None,
    }
}

fn matter(date: AccountingDate, biller: &BillerId, one: &Match) -> Option<Matter> {
    Some(Matter {
        kind: kind_of(one.finding)?,
        record: one.reference.clone(),
        party: biller.to_string(),
        date,
        amount: amount(one),
        found: json!({"finding": one.finding, "sides": one.sides}),
    })
}

/// How much money a difference is about: what the ledger has, else what the
/// others name.
fn amount(one: &Match) -> Option<Money> {
    let heard = |heard| match heard {
        Heard::Amount(money) => Some(money),
        Heard::NotConcerned | Heard::NotYet | Heard::Nothing => None,
    };
    match (one.sides.ledger, one.sides.biller) {
        (LedgerSide::Open(ours) | LedgerSide::Taken(ours) | LedgerSide::NotTaken(ours), _) => {
            Some(ours)
        }
        (LedgerSide::Absent, BillerSide::Once(theirs)) => Some(theirs),
        (LedgerSide::Absent, _) => heard(one.sides.bank).or_else(|| heard(one.sides.channel)),
    }
}
