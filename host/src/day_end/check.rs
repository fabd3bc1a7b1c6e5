//! Compares a day: ledger, biller, bank and client, biller by biller. Open
//! outcomes that the biller's file settles are settled; differences become work
//! orders; orders whose difference has gone are closed.

use std::collections::{BTreeMap, BTreeSet};

use guichet_domain::id::{BillerId, RecordId};
use guichet_domain::planted::{Bug, planted};
use guichet_domain::reconciliation::{BillerSide, Finding, Heard, LedgerSide, Match, PartyKind};
use guichet_domain::work_order::{Kind, State};
use guichet_domain::{AccountingDate, Moment, Money};
use serde_json::json;

use super::compare::{Compared, Spoken};
use super::others::Others;
use super::{DayEnd, DayEndError, Scope, look_back};
use crate::store::{DayCheckRow, DayFileRow, DayFindingRow, WorkOrderRow};
use crate::work_orders::{Matter, Word, order_id};

/// What a comparison came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Of each biller of the day, in their order.
    pub billers: Vec<DayCheckRow>,
    /// Earlier days that were compared again, because something of theirs came to
    /// be applied since, or because nobody had compared them.
    pub earlier: Vec<DayCheckRow>,
    /// Open outcomes that the billers' files have settled.
    pub resolved: u32,
    /// Work orders that are new, or open again.
    pub work_orders: usize,
    /// Files up to the day after that say nothing yet, because they wait for a
    /// second person.
    pub waiting: Vec<DayFileRow>,
}

/// Kinds of orders that a comparison opens.
const OF_FINDINGS: [Kind; 6] = [
    Kind::Surplus,
    Kind::Shortage,
    Kind::AmountDiffers,
    Kind::Duplicate,
    Kind::BankDiffers,
    Kind::ChannelDiffers,
];
/// Those among them that follow from the biller's files alone.
const OF_BILLERS: [Kind; 4] = [
    Kind::Surplus,
    Kind::Shortage,
    Kind::AmountDiffers,
    Kind::Duplicate,
];

impl DayEnd {
    /// Compares the day of a scope and earlier days that wait for it, and notes what
    /// banks say about settlements.
    pub async fn check(&self, scope: &Scope) -> Result<Checked, DayEndError> {
        self.require_closed(scope.date).await?;
        let mut checked = Checked {
            work_orders: self.confirm(scope.date).await?,
            waiting: self.store.waiting_day_files(scope.date.next()).await?,
            ..Checked::default()
        };
        let others = self.others(scope.date).await?;
        let (billers, mut own) = (self.billers(scope).await?, BTreeSet::new());
        for biller in &billers {
            let (row, compared) = self
                .check_biller(scope.date, biller, &others, &mut checked)
                .await?;
            checked.billers.push(row);
            let other_days = &compared.of_other_days;
            let of_day = compared.matches.into_iter().filter(|one| {
                one.sides.ledger != LedgerSide::Absent && !other_days.contains_key(&one.reference)
            });
            own.extend(of_day.map(|one| one.reference));
        }
        checked.work_orders += self.strangers(scope.date, &others, &own).await?;
        self.check_earlier(scope, billers, &mut checked).await?;
        self.work_orders.sweep().await?;
        Ok(checked)
    }

    /// Compares earlier closed days again that have payments to be settled which
    /// nobody has compared as they are now.
    async fn check_earlier(
        &self,
        scope: &Scope,
        of_day: Vec<BillerId>,
        checked: &mut Checked,
    ) -> Result<(), DayEndError> {
        let mut billers = self.billers_before(scope, &of_day).await?;
        billers.extend(of_day);
        billers.sort_unstable();
        let days = (look_back(scope.date), scope.date.previous());
        let mut waiting: BTreeMap<AccountingDate, Vec<&BillerId>> = BTreeMap::new();
        for biller in &billers {
            for day in self.store.days_to_compare(biller, days).await? {
                waiting.entry(day).or_default().push(biller);
            }
        }
        for (day, billers) in waiting {
            if self.store.closed_day(day).await?.is_none() {
                continue;
            }
            let others = self.others(day).await?;
            for biller in billers {
                let (row, _) = self.check_biller(day, biller, &others, checked).await?;
                checked.earlier.push(row);
            }
        }
        Ok(())
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
    ) -> Result<(DayCheckRow, Compared), DayEndError> {
        let spoken = self.spoken(date, biller).await?;
        // What changes from here on is not compared.
        let mut since = self.ports.now();
        let mut compared = self.compare(date, biller, spoken.as_ref(), others).await?;
        let covers = self.covers(date, biller).await?;
        let resolved = self.resolve(&compared, covers).await?;
        if resolved > 0 {
            // What was settled just now is compared as it stands now.
            checked.resolved += resolved;
            since = self.ports.now();
            compared = self.compare(date, biller, spoken.as_ref(), others).await?;
        }
        let (day, matches) = ((date, biller), &compared.matches);
        let row = self.note(day, spoken.as_ref(), matches, since).await?;
        let mut matters: Vec<Matter> = matches
            .iter()
            .filter_map(|one| matter(compared.day_of(&one.reference, date), biller, one))
            .collect();
        if let Some(missing) = self.missing_file(&row, &checked.waiting).await? {
            self.work_orders.found_now(&missing).await?;
            matters.push(missing);
        }
        checked.work_orders += self.work_orders.open_or_again(&matters).await?;
        self.close_agreed(&row, &compared).await?;
        Ok((row, compared))
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
        compared: &Compared,
        covers: AccountingDate,
    ) -> Result<u32, DayEndError> {
        let mut resolved = 0;
        for one in &compared.matches {
            let word = match one.finding {
                Finding::FoundApplied => {
                    let line = compared.words.get(&one.reference);
                    let Some(line) = line else { continue };
                    Word::Applied {
                        serial: line.serial.clone(),
                        at: line.at.to_string(),
                    }
                }
                // About a payment of another day that day's own file has to speak.
                Finding::FoundNotApplied
                    if !compared.of_other_days.contains_key(&one.reference) =>
                {
                    Word::NotFound { covers }
                }
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
        (date, biller): (AccountingDate, &BillerId),
        spoken: Option<&Spoken>,
        matches: &[Match],
        since: Moment,
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
            checked_at: since,
        };
        let unmatched: Vec<Match> = matches
            .iter()
            .filter(|one| !matches!(one.finding, Finding::Matched | Finding::Awaited))
            .cloned()
            .collect();
        self.store.put_day_check(&row, &unmatched).await?;
        Ok(row)
    }

    /// A biller that sends files, or whose file is needed, has sent none, or none
    /// that a second person has confirmed.
    async fn missing_file(
        &self,
        row: &DayCheckRow,
        waiting: &[DayFileRow],
    ) -> Result<Option<Matter>, DayEndError> {
        let party = row.biller.as_str();
        if row.day_file.is_some() {
            return Ok(None);
        }
        let sends = self.store.last_file_of(PartyKind::Biller, party).await?;
        if sends.is_none() && row.open_items == 0 {
            return Ok(None);
        }
        let waiting: Vec<&RecordId> = waiting
            .iter()
            .filter(|file| file.party_kind == PartyKind::Biller && file.party == party)
            .filter(|file| file.date == row.date)
            .map(|file| &file.id)
            .collect();
        Ok(Some(Matter {
            kind: Kind::MissingFile,
            record: missing_record(row.date, &row.biller),
            party: party.to_owned(),
            date: row.date,
            amount: None,
            found: json!({"open_items": row.open_items, "awaiting_confirmation": waiting}),
        }))
    }

    /// Closes the orders of differences that are no more: of the day, and of
    /// payments of the days beside that were judged by the same files.
    async fn close_agreed(
        &self,
        row: &DayCheckRow,
        compared: &Compared,
    ) -> Result<(), DayEndError> {
        let (date, biller) = (row.date, row.biller.as_str());
        if row.day_file.is_some() {
            let record = missing_record(date, &row.biller);
            self.close_order(&order_id(Kind::MissingFile, &record), "the file has come")
                .await?;
        }
        let found: BTreeSet<RecordId> = compared
            .matches
            .iter()
            .filter_map(|one| Some(order_id(kind_of(one.finding)?, &one.reference)))
            .collect();
        self.close_gone(date, biller, |order| {
            OF_FINDINGS.contains(&order.standing.kind) && !found.contains(&order.id)
        })
        .await?;
        let beside: BTreeSet<AccountingDate> = compared
            .of_other_days
            .keys()
            .map(|reference| compared.day_of(reference, date))
            .filter(|day| *day != date)
            .collect();
        for day in beside {
            self.close_gone(day, biller, |order| {
                OF_BILLERS.contains(&order.standing.kind)
                    && compared.of_other_days.get(&order.record) == Some(&day)
                    && !found.contains(&order.id)
            })
            .await?;
        }
        Ok(())
    }

    /// Closes those of a party's orders of a day that are no more. What a statement
    /// says about a settlement is not compared here.
    pub(super) async fn close_gone(
        &self,
        date: AccountingDate,
        party: &str,
        is_gone: impl Fn(&WorkOrderRow) -> bool,
    ) -> Result<(), DayEndError> {
        for id in self.store.undecided_orders(date, party).await? {
            let Some(order) = self.store.work_order(&id).await? else {
                continue;
            };
            if is_gone(&order) && !order.record.starts_with("stl_") {
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
