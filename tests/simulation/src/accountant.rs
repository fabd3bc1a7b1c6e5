//! The accountant: closes the day once it has ended, lets billers hand in their day
//! files, and compares; every step on any node and as often as it comes. Billers'
//! files may lack a line, name another amount or something that nobody knows; then
//! a correction follows.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use futures::future::BoxFuture;
use guichet::day_end::{Checked, DayEndError, PayTo, Received, Scope, Sender, SettlementAccounts};
use guichet::objects::{ObjectError, ObjectStore};
use guichet::store::{DayFileRow, StoreError};
use guichet_domain::id::{BillerId, RecordId};
use guichet_domain::payment::State;
use guichet_domain::reconciliation::{FileState, PartyKind};
use guichet_domain::{AccountingDate, CutOff};
use guichet_tests::chance::Chance;

use crate::biller::Biller;
use crate::executor::Time;
use crate::files::{Line, write};
use crate::nodes::Nodes;
use crate::pace::{Mood, Pace};
use crate::services;
use crate::trace::Trace;

/// The accountant begins so long after the day has ended: calls that were made on
/// that day have ended by then.
pub const AFTER_US: i64 = 14 * 60 * 1_000_000;
/// By then the day has ended by every node's clock.
const EVERYWHERE_US: i64 = 70 * 60 * 1_000_000;
/// The last comparisons are so far apart.
const BETWEEN_MS: u64 = 60_000;

/// Objects that outlive every node.
#[derive(Clone, Default)]
pub struct Shelf(Arc<Mutex<BTreeMap<String, Bytes>>>);

impl ObjectStore for Shelf {
    fn put<'a>(&'a self, name: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<(), ObjectError>> {
        let mut kept = self.0.lock().expect("one thread runs the simulation");
        kept.insert(name.to_owned(), bytes);
        Box::pin(std::future::ready(Ok(())))
    }

    fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Bytes, ObjectError>> {
        let kept = self.0.lock().expect("one thread runs the simulation");
        let found = kept.get(name).cloned();
        let missing = || ObjectError::Missing(name.to_owned());
        Box::pin(std::future::ready(found.ok_or_else(missing)))
    }
}

/// Nothing is settled here.
pub struct NoSettlement;

impl SettlementAccounts for NoSettlement {
    fn pay_to<'a>(&'a self, _: &'a BillerId) -> BoxFuture<'a, Result<Option<PayTo>, StoreError>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}

/// The day that ends while the world goes on.
pub fn day() -> AccountingDate {
    "2026-11-21".parse().expect("a lawful date")
}

/// When it ends, by the true time.
pub fn day_ends() -> i64 {
    day().ends(CutOff::MIDNIGHT).micros()
}

/// What a biller's file gets wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slip {
    None,
    Lacks,
    OtherAmount,
    Unknown,
}

/// See the module.
#[derive(Clone)]
pub struct Accountant {
    pub nodes: Nodes,
    pub time: Arc<Time>,
    pub chance: Chance,
    pub biller: Arc<Biller>,
    pub pace: Pace,
    pub trace: Trace,
    /// Files that each biller has handed in.
    pub numbers: Arc<Mutex<BTreeMap<BillerId, u32>>>,
}

impl Accountant {
    /// Works from the end of the day on.
    pub async fn work(mut self) {
        self.wait_until(day_ends() + AFTER_US).await;
        loop {
            let pause = 3_000 + self.chance.below(15_000) as u64;
            self.time.sleep(pause).await;
            if self.pace.mood() == Mood::Calm {
                return;
            }
            self.close().await;
            for biller in services::billers() {
                if self.chance.below(2) == 0 {
                    self.hand_in(&biller, true).await;
                }
            }
            self.check().await;
        }
    }

    /// What is left to do when everything is calm: whole files, compared twice. The
    /// second time nothing is new.
    pub async fn finish(mut self) -> bool {
        self.wait_until(day_ends() + EVERYWHERE_US).await;
        self.close().await;
        for biller in services::billers() {
            for _ in 0..3 {
                if self.hand_in(&biller, false).await {
                    break;
                }
            }
        }
        for _ in 0..2 {
            self.check().await;
            self.time.sleep(BETWEEN_MS).await;
        }
        let again = self.check().await;
        again.is_some_and(|again| again.resolved == 0 && again.work_orders == 0)
    }

    async fn wait_until(&self, moment: i64) {
        let wait = (moment - self.time.now()).max(0) / 1_000;
        self.time.sleep(wait.unsigned_abs()).await;
    }

    fn numbers(&self) -> MutexGuard<'_, BTreeMap<BillerId, u32>> {
        self.numbers.lock().expect("one thread runs the simulation")
    }

    fn node(&mut self) -> usize {
        self.chance.below(self.nodes.count())
    }

    async fn close(&mut self) {
        let node = self.node();
        let closed = self.nodes.ask(node, |room| {
            Box::pin(async move { room.day_end.close(day(), "paul").await.is_ok() })
        });
        closed.await;
    }

    async fn check(&mut self) -> Option<Checked> {
        let node = self.node();
        let checked = self.nodes.ask(node, |room| {
            Box::pin(async move {
                let scope = Scope {
                    date: day(),
                    biller: None,
                };
                room.day_end.check(&scope).await
            })
        });
        let checked = checked.await?.ok();
        self.trace
            .tell(self.time.now(), || format!("compared: {checked:?}"));
        checked
    }

    /// Brings a biller's file, perhaps with a slip. Whether it counts.
    async fn hand_in(&mut self, biller: &BillerId, may_slip: bool) -> bool {
        let slip = match self.chance.below(6) {
            0 if may_slip => Slip::Lacks,
            1 if may_slip => Slip::OtherAmount,
            2 if may_slip => Slip::Unknown,
            _ => Slip::None,
        };
        let mut lines = self.lines(biller);
        self.slip(&mut lines, slip).await;
        let number = self.numbers().get(biller).copied().unwrap_or(0) + 1;
        let file = Bytes::from(write(biller, day(), number, self.time.now(), &lines));
        self.trace.tell(self.time.now(), || {
            format!(
                "{biller} hands in file {number}: {} lines, {slip:?}",
                lines.len()
            )
        });
        let mut taken = false;
        for _ in 0..=self.chance.below(2) {
            let sender = Sender {
                kind: PartyKind::Biller,
                party: biller.to_string(),
                date: day(),
            };
            let (node, file) = (self.node(), file.clone());
            let received = self.nodes.ask(node, |room| {
                Box::pin(async move { room.day_end.receive(&sender, file, "paul").await })
            });
            match received.await {
                Some(Ok(Received::New(brought) | Received::Known(brought))) => {
                    if self.confirm(brought).await {
                        self.numbers().insert(biller.clone(), number);
                        taken = true;
                    }
                }
                Some(Err(DayEndError::NumberTaken { next, .. })) => {
                    self.numbers().insert(biller.clone(), next - 1);
                }
                Some(Err(_)) | None => {}
            }
        }
        taken
    }

    /// A second person confirms a file, on any node. Whether it counts.
    async fn confirm(&mut self, file: DayFileRow) -> bool {
        if file.state == FileState::InForce {
            return true;
        }
        let node = self.node();
        let confirmed = self.nodes.ask(node, move |room| {
            Box::pin(async move {
                let room = &room.day_end;
                room.confirm_file(&file.id, file.digest, "petra").await
            })
        });
        matches!(confirmed.await, Some(Ok(_)))
    }

    /// The biller's effects of the day.
    fn lines(&self, biller: &BillerId) -> Vec<Line> {
        let log = self.biller.log.lock().expect("one thread");
        let own = log
            .journal
            .iter()
            .filter(|effect| effect.biller == *biller && effect.at < day_ends());
        own.map(Line::of).collect()
    }

    /// A slip is about a payment that the house believes to be applied: of those that
    /// nobody knows about, the biller speaks the truth.
    async fn slip(&mut self, lines: &mut Vec<Line>, slip: Slip) {
        match slip {
            Slip::None => return,
            Slip::Unknown => {
                lines.push(Line::stray());
                return;
            }
            Slip::Lacks | Slip::OtherAmount => {}
        }
        if lines.is_empty() {
            return;
        }
        let place = self.chance.below(lines.len());
        let Ok(id) = lines[place].reference.parse::<RecordId>() else {
            return;
        };
        let node = self.node();
        let row = self.nodes.ask(node, |room| {
            Box::pin(async move { room.store.payment(&id).await })
        });
        let Some(Ok(Some(row))) = row.await else {
            return;
        };
        if row.snapshot.state == State::Applied && slip == Slip::Lacks {
            lines.remove(place);
        } else if row.snapshot.state == State::Applied {
            lines[place].amount += 1;
        }
    }
}
