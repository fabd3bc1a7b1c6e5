//! The summary of a run: as JSON for machines, as text for people.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use crate::Arguments;
use crate::findings::Findings;
use crate::judge::Counted;
use crate::tally::Tally;

/// What a run came to.
#[derive(Debug, Serialize)]
pub struct Summary {
    on: String,
    seed: u64,
    planted: Option<String>,
    kills: u64,
    kills_at_start: u64,
    rolling_restarts: u64,
    database_outages: u64,
    parts: u64,
    seconds_under_load: u64,
    start_ms_median: u64,
    start_ms_99: u64,
    payments_asked_for: usize,
    payments_acknowledged: usize,
    payments_by_state: BTreeMap<String, u64>,
    open_by_owner: BTreeMap<String, u64>,
    answers: BTreeMap<String, u64>,
    findings: BTreeMap<String, u64>,
    seconds_until_calm: u64,
    findings_file: String,
    #[serde(skip)]
    is_about_money: bool,
}

impl Summary {
    /// Puts everything together.
    pub fn new(
        arguments: &Arguments,
        tally: &Tally,
        (asked, told): (usize, usize),
        counted: Counted,
        answers: BTreeMap<String, u64>,
        (findings, seconds_until_calm): (&Findings, u64),
    ) -> Self {
        let found = findings.counts().into_iter();
        Self {
            on: arguments.on.name().to_owned(),
            seed: arguments.seed,
            planted: arguments.planted.clone(),
            kills: tally.kills,
            kills_at_start: tally.kills_at_start,
            rolling_restarts: tally.rolls,
            database_outages: tally.outages,
            parts: tally.parts,
            seconds_under_load: tally.seconds,
            start_ms_median: tally.start_ms(50),
            start_ms_99: tally.start_ms(99),
            payments_asked_for: asked,
            payments_acknowledged: told,
            payments_by_state: counted.states,
            open_by_owner: counted.owned,
            answers,
            findings: found.map(|(rule, count)| (rule.name(), count)).collect(),
            seconds_until_calm,
            findings_file: crate::FINDINGS.to_owned(),
            is_about_money: findings.are_about_money(),
        }
    }

    /// Whether the run went as it should: nothing is wrong, or, where a mistake
    /// was planted, it was found.
    pub fn is_good(&self) -> bool {
        match self.planted {
            None => self.findings.is_empty(),
            Some(_) => self.is_about_money,
        }
    }

    /// Keeps both forms in the folder; the text.
    pub fn keep(&self, folder: &Path) -> Result<String> {
        std::fs::write(
            folder.join("summary.json"),
            serde_json::to_vec_pretty(self)?,
        )?;
        let text = self.text();
        std::fs::write(folder.join("summary.txt"), &text)?;
        Ok(text)
    }

    fn verdict(&self) -> String {
        let found = list(&self.findings);
        match (&self.planted, self.findings.is_empty()) {
            (None, true) => "nothing is wrong".to_owned(),
            (None, false) => format!("WRONG: {found}"),
            (Some(bug), _) if self.is_good() => format!("the mistake {bug} was found by: {found}"),
            (Some(bug), _) => format!("the mistake {bug} was NOT FOUND ({found})"),
        }
    }

    fn text(&self) -> String {
        let planted = match &self.planted {
            Some(bug) => format!(", with the mistake {bug}"),
            None => String::new(),
        };
        format!(
            "{} kills on {} in {} s (seed {}{planted}), {} of them of starting nodes; {} rolling \
             restarts, {} outages of the database; a start takes {} ms (median; 99 %: {} ms)\n\
             {} payments asked for, {} acknowledged; in the end {}\n\
             open: {}; calm after {} s\n\
             answers: {}\n\
             {}\n",
            self.kills,
            self.on,
            self.seconds_under_load,
            self.seed,
            self.kills_at_start,
            self.rolling_restarts,
            self.database_outages,
            self.start_ms_median,
            self.start_ms_99,
            self.payments_asked_for,
            self.payments_acknowledged,
            list(&self.payments_by_state),
            list(&self.open_by_owner),
            self.seconds_until_calm,
            list(&self.answers),
            self.verdict()
        )
    }
}

fn list(counts: &BTreeMap<String, u64>) -> String {
    let parts = counts.iter().map(|(name, count)| format!("{name} {count}"));
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() {
        "none".to_owned()
    } else {
        parts.join(", ")
    }
}
