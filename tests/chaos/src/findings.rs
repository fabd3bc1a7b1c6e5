//! What was found to be wrong, by the rule that it breaks. Kept in a file, so
//! that a resumed run does not forget.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Result;
use serde::{Deserialize, Serialize};

/// Findings that are kept of each rule; the others are counted.
const KEPT: u64 = 20;

/// Of these, those that are told at once.
const TOLD: u64 = 3;

/// What must be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// One key has one answer, whoever is asked and whenever.
    SameAnswer,
    /// What was acknowledged is there.
    Acknowledged,
    /// There is no payment that nobody asked for.
    AskedFor,
    /// A state that was told and that is an end stays.
    StaysEnded,
    /// No payment takes effect at the biller, or is undone, twice.
    OneEffect,
    /// What is applied stands in the biller's log; what was given back does not.
    AsTheBillerSays,
    /// What a payment took at the bank is what its state says.
    AsTheBankSays,
    /// What has not ended has an owner and a promise.
    Owned,
    /// A payer's account is what the payments say.
    Balance,
    /// `guichet ledger check` holds.
    Ledger,
    /// `guichet audit verify` holds.
    Audit,
    /// A fault of the host is none that a client ever meets, and a busy one says
    /// when to come back.
    ClearAnswers,
    /// A database that is gone is told clearly, and everything goes on afterwards.
    Outage,
    /// A node that is told to stop ends well.
    EndsWell,
    /// A node that nobody killed goes on.
    GoesOn,
    /// There is load: a run that pays nothing proves nothing.
    UnderLoad,
}

impl Rule {
    /// Its name as in the file.
    pub fn name(self) -> String {
        let name = serde_json::to_value(self).ok();
        let name = name.as_ref().and_then(|name| name.as_str());
        name.unwrap_or_default().to_owned()
    }
}

/// Something that is wrong, by the rule that it breaks; a line of the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Found {
    rule: Rule,
    record: String,
    detail: String,
}

impl Found {
    /// Of this record.
    pub fn new(rule: Rule, record: &str, detail: &str) -> Self {
        Self {
            rule,
            record: record.to_owned(),
            detail: detail.to_owned(),
        }
    }

    /// Whether the other is about the same, though it may say it differently.
    pub fn is_like(&self, other: &Self) -> bool {
        (self.rule, &self.record) == (other.rule, &other.record)
    }
}

/// All that was found.
pub struct Findings {
    file: PathBuf,
    counts: Mutex<BTreeMap<Rule, u64>>,
}

impl Findings {
    /// Opens the file and counts what is in it.
    pub fn open(file: &Path) -> Result<Self> {
        let mut counts: BTreeMap<Rule, u64> = BTreeMap::new();
        for line in std::fs::read_to_string(file).unwrap_or_default().lines() {
            let line: Found = serde_json::from_str(line)?;
            *counts.entry(line.rule).or_default() += 1;
        }
        Ok(Self {
            file: file.to_owned(),
            counts: Mutex::new(counts),
        })
    }

    /// Something is wrong.
    pub fn add(&self, rule: Rule, record: &str, detail: &str) -> Result<()> {
        self.keep(&Found::new(rule, record, detail))
    }

    /// The same, put together before.
    pub fn keep(&self, found: &Found) -> Result<()> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(found.rule).or_default();
        *count += 1;
        if *count > KEPT {
            return Ok(());
        }
        let mut text = serde_json::to_string(found)?;
        text.push('\n');
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.file);
        file?.write_all(text.as_bytes())?;
        if *count <= TOLD {
            let (rule, record, detail) = (found.rule.name(), &found.record, &found.detail);
            crate::say(&format!("FOUND {rule} {record}: {detail}"));
        }
        Ok(())
    }

    /// Whether a rule about money is broken. That a node does not start, or that
    /// nobody pays, proves nothing about a mistake.
    pub fn are_about_money(&self) -> bool {
        let all = self.counts().into_keys();
        all.into_iter()
            .any(|rule| !matches!(rule, Rule::GoesOn | Rule::UnderLoad))
    }

    /// How many of each rule.
    pub fn counts(&self) -> BTreeMap<Rule, u64> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.clone()
    }
}
