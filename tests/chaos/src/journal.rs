//! The clients' own log: everything they asked for and were told. It is written
//! before a request leaves and as soon as an answer is read, and read again when
//! a run is resumed. It judges nothing but that one key has one answer.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result};
use guichet_tests::Answer;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::findings::{Findings, Rule};
use crate::insist::code;

/// One line of the log.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
enum Line {
    /// A payment is asked for under a key.
    Asked {
        key: String,
        service: String,
        payer: usize,
        body: Value,
    },
    /// It was acknowledged; the body as it came.
    Acknowledged { key: String, answer: String },
    /// A waiting request was answered with the payment as it was then.
    Shown { key: String, payment: String },
    /// It was refused for good, perhaps for the sake of another payment.
    Refused {
        key: String,
        code: String,
        other: Option<String>,
    },
    /// A payment was seen in a state that it must remember.
    Seen { key: String, state: String },
}

/// A payment as its client knows it.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Of which service.
    pub service: String,
    /// Who pays, by number.
    pub payer: usize,
    /// The request, as it may be repeated.
    pub body: Value,
    /// Its id, once it was told.
    pub payment: Option<String>,
    /// The acknowledgement, byte for byte.
    pub acknowledgement: Option<String>,
    /// Why it was refused.
    pub refused: Option<String>,
    /// The payments that were said to stand in its way.
    pub others: BTreeSet<String>,
    /// The last end state that it was seen in.
    pub seen: Option<String>,
}

/// The log and what it says.
pub struct Journal(Mutex<Inner>);

struct Inner {
    file: File,
    known: BTreeMap<String, Known>,
}

impl Journal {
    /// Opens the log and reads what is in it. A last line that was cut off was
    /// never acted upon by anybody.
    pub fn open(path: &Path) -> Result<Self> {
        let mut known = BTreeMap::new();
        if let Ok(file) = File::open(path) {
            for line in BufReader::new(file).lines() {
                if let Ok(line) = serde_json::from_str(&line?) {
                    enter(&mut known, line);
                }
            }
        }
        let file = OpenOptions::new().create(true).append(true).open(path);
        let mut file = file.with_context(|| path.display().to_string())?;
        // Whatever was cut off stands on a line of its own.
        file.write_all(b"\n")?;
        Ok(Self(Mutex::new(Inner { file, known })))
    }

    /// A payment is about to be asked for.
    pub fn asked(&self, key: &str, service: &str, payer: usize, body: &Value) -> Result<()> {
        self.write(Line::Asked {
            key: key.to_owned(),
            service: service.to_owned(),
            payer,
            body: body.clone(),
        })
    }

    /// An acknowledgement was read. Another one than before is a finding.
    pub fn acknowledged(&self, key: &str, answer: &str, findings: &Findings) -> Result<()> {
        let before = self.look(key);
        match before.acknowledgement {
            Some(first) if first == answer => return Ok(()),
            Some(first) => {
                let detail = format!("first {first}, then {answer}");
                return findings.add(Rule::SameAnswer, key, &detail);
            }
            None => {}
        }
        let payment = id_in(answer);
        if let (Some(id), Some(now)) = (&before.payment, &payment)
            && id != now
        {
            findings.add(Rule::SameAnswer, key, &format!("first {id}, then {now}"))?;
        }
        if let Some(own) = &payment
            && before.others.contains(own)
        {
            own_twin(key, own, findings)?;
        }
        self.write(Line::Acknowledged {
            key: key.to_owned(),
            answer: answer.to_owned(),
        })
    }

    /// The payment's id was read in an answer that is no acknowledgement.
    pub fn shown(&self, key: &str, payment: &str, findings: &Findings) -> Result<()> {
        match self.look(key).payment {
            Some(id) if id == payment => Ok(()),
            Some(id) => {
                let detail = format!("first {id}, then {payment}");
                findings.add(Rule::SameAnswer, key, &detail)
            }
            None => self.write(Line::Shown {
                key: key.to_owned(),
                payment: payment.to_owned(),
            }),
        }
    }

    /// A definitive refusal was read, which may name another payment. One that was
    /// decided before the bill was free again may be read after a twin's
    /// acknowledgement; but no request stands in its own way.
    pub fn refused(&self, key: &str, answer: &Answer, findings: &Findings) -> Result<()> {
        let other = named(answer);
        if let Some(own) = self.look(key).payment
            && other.as_ref() == Some(&own)
        {
            own_twin(key, &own, findings)?;
        }
        self.write(Line::Refused {
            key: key.to_owned(),
            code: code(answer),
            other,
        })
    }

    /// The payment was seen in an end state.
    pub fn seen(&self, key: &str, state: &str) -> Result<()> {
        self.write(Line::Seen {
            key: key.to_owned(),
            state: state.to_owned(),
        })
    }

    /// What is known under a key.
    pub fn look(&self, key: &str) -> Known {
        self.lock().known.get(key).cloned().unwrap_or_default()
    }

    /// Everything.
    pub fn all(&self) -> BTreeMap<String, Known> {
        self.lock().known.clone()
    }

    /// How many payments were asked for, and how many of them acknowledged.
    pub fn counts(&self) -> (usize, usize) {
        let inner = self.lock();
        let told = inner.known.values().filter(|known| known.payment.is_some());
        (inner.known.len(), told.count())
    }

    fn write(&self, line: Line) -> Result<()> {
        let mut text = serde_json::to_string(&line)?;
        text.push('\n');
        let mut inner = self.lock();
        inner.file.write_all(text.as_bytes())?;
        enter(&mut inner.known, line);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn enter(known: &mut BTreeMap<String, Known>, line: Line) {
    match line {
        Line::Asked {
            key,
            service,
            payer,
            body,
        } => {
            let entry = known.entry(key).or_default();
            entry.service = service;
            entry.payer = payer;
            entry.body = body;
        }
        Line::Acknowledged { key, answer } => {
            let entry = known.entry(key).or_default();
            entry.payment = id_in(&answer);
            entry.acknowledgement = Some(answer);
        }
        Line::Shown { key, payment } => {
            known.entry(key).or_default().payment = Some(payment);
        }
        Line::Refused { key, code, other } => {
            let entry = known.entry(key).or_default();
            entry.refused = Some(code);
            entry.others.extend(other);
        }
        Line::Seen { key, state } => {
            known.entry(key).or_default().seen = Some(state);
        }
    }
}

fn own_twin(key: &str, own: &str, findings: &Findings) -> Result<()> {
    let detail = format!("refused because of {own}, which is itself");
    findings.add(Rule::SameAnswer, key, &detail)
}

/// The payment that a refusal names.
fn named(answer: &Answer) -> Option<String> {
    let problem = answer.json();
    let errors = problem["errors"].as_array()?;
    let named = errors.iter().find(|error| error["field"] == "payment")?;
    named["message"].as_str().map(str::to_owned)
}

/// The id in a payment's JSON.
pub fn id_in(answer: &str) -> Option<String> {
    let answer: Value = serde_json::from_str(answer).ok()?;
    answer["id"].as_str().map(str::to_owned)
}
