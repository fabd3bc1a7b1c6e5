//! Taking the other side's files: read whole before anything is kept. A file is
//! never changed; a correction is a new number. Whether it counts is another
//! matter (`second`).

use bytes::Bytes;
use guichet_domain::AccountingDate;
use guichet_domain::reconciliation::{
    Charset, FileState, Maker, PartyKind, Reader, Statement, Totals, read_statement,
};
use guichet_registry::sign::{sha256, sha256_parts};

use super::files::CAMT053;
use super::{DayEnd, DayEndError};
use crate::store::{DayFileKey, DayFileNumbers, DayFileRow};

/// Whose file is brought, for which day.
#[derive(Debug, Clone)]
pub struct Sender {
    /// Biller, client or bank.
    pub kind: PartyKind,
    /// Its id.
    pub party: String,
    /// The day.
    pub date: AccountingDate,
}

/// A file that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// Now.
    New(DayFileRow),
    /// The very same was taken before.
    Known(DayFileRow),
}

/// What is read of a file before it is kept.
struct Content {
    number: Option<u32>,
    form: String,
    charset: Charset,
    lines: i64,
    totals: String,
}

impl DayEnd {
    /// Takes a file of a day that has ended.
    pub async fn receive(
        &self,
        sender: &Sender,
        bytes: Bytes,
        by: &str,
    ) -> Result<Received, DayEndError> {
        let now = self.ports.now();
        if now < sender.date.ends(self.ports.clock.cut_off()) {
            return Err(DayEndError::NotEnded(sender.date));
        }
        let digest = sha256(&bytes);
        let key = DayFileKey {
            date: sender.date,
            maker: Maker::Party,
            party_kind: sender.kind,
            party: &sender.party,
        };
        let numbers = self.store.day_file_numbers(key).await?;
        if let Some(file) = self.store.day_file_of_digest(key, digest).await? {
            return known(file, numbers);
        }
        let content = match sender.kind {
            PartyKind::Bank => statement(sender, &bytes)?,
            PartyKind::Biller | PartyKind::Client => self.day_file(sender, &bytes)?,
        };
        // What waits or was rejected takes no number away from the right file.
        let next = numbers.highest + 1;
        let number = content.number.unwrap_or(next);
        if !(numbers.in_force + 1..=next).contains(&number) {
            return Err(DayEndError::NumberTaken { number, next });
        }
        let extension = if content.form == CAMT053 {
            "xml"
        } else {
            "csv"
        };
        let file = DayFileRow {
            id: self.ports.record_id("rcf"),
            name: format!(
                "guichet-{}-{}-{}-party-{number}.{extension}",
                sender.kind.as_str(),
                sender.party,
                sender.date
            ),
            date: sender.date,
            maker: Maker::Party,
            party_kind: sender.kind,
            party: sender.party.clone(),
            number,
            form: content.form,
            charset: content.charset,
            digest,
            bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            lines: content.lines,
            totals: content.totals,
            brought_by: by.to_owned(),
            created_at: now,
            state: FileState::of_new(Maker::Party, sender.kind),
            decided: None,
        };
        self.keep(&file, bytes).await?;
        Ok(Received::New(file))
    }

    fn day_file(&self, sender: &Sender, bytes: &[u8]) -> Result<Content, DayEndError> {
        let mut reader = Reader::open(bytes, sha256_parts)?;
        let header = reader.header().clone();
        let wrong = |field, problem: String| Err(DayEndError::WrongFile { field, problem });
        if header.maker != Maker::Party {
            let problem = "this is a file that we made; bring the party's own".to_owned();
            return wrong("maker", problem);
        }
        if header.kind != sender.kind || header.party != sender.party {
            let own = format!("{} {}", header.kind.as_str(), header.party);
            return wrong(
                "party",
                format!("the file is of {own}: bring it under that name"),
            );
        }
        if header.date != sender.date {
            let problem = format!("the file is about {}: bring it under that day", header.date);
            return wrong("date", problem);
        }
        if header.made_at < header.date.ends(self.ports.clock.cut_off()) {
            let problem = "it was made before the day had ended, so that it proves nothing; \
                           make it anew";
            return wrong("made_at", problem.to_owned());
        }
        for line in reader.by_ref() {
            line?;
        }
        let totals: &Totals = reader.totals();
        Ok(Content {
            number: Some(header.number),
            form: header.layout.as_str().to_owned(),
            charset: header.charset,
            lines: i64::from(totals.count()),
            totals: totals.to_string(),
        })
    }
}

/// A file that a correction has replaced does not come back by being brought once
/// more: it would replace the correction.
fn known(file: DayFileRow, numbers: DayFileNumbers) -> Result<Received, DayEndError> {
    let may_count = match file.state {
        FileState::InForce => file.number == numbers.in_force,
        FileState::AwaitingConfirmation | FileState::Rejected => file.number > numbers.in_force,
    };
    if may_count {
        return Ok(Received::Known(file));
    }
    Err(DayEndError::Replaced {
        number: file.number,
        newest: numbers.in_force,
        next: numbers.highest + 1,
    })
}

fn statement(sender: &Sender, bytes: &[u8]) -> Result<Content, DayEndError> {
    let statement: Statement = read_statement(bytes)?;
    if statement.date != sender.date {
        let problem = format!(
            "the statement is of {}: bring it under that day",
            statement.date
        );
        return Err(DayEndError::WrongFile {
            field: "date",
            problem,
        });
    }
    let (opening, closing) = (statement.opening, statement.closing);
    let change = closing.minor_units().saturating_sub(opening.minor_units());
    Ok(Content {
        // A bank's own number runs over all days.
        number: None,
        form: CAMT053.to_owned(),
        charset: Charset::Utf8,
        lines: i64::try_from(statement.entries.len()).unwrap_or(i64::MAX),
        totals: format!("{}:{change}", closing.currency()),
    })
}
