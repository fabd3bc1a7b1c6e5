//! Our own day files: one for each biller, one for each client. Made again, a
//! file is the same; where the books have changed it is a new number.

use std::collections::BTreeMap;

use guichet_domain::AccountingDate;
use guichet_domain::reconciliation::{
    Charset, FileState, Header, Layout, Line, Maker, PartyKind, Writer,
};
use guichet_registry::sign::{sha256, sha256_parts};

use super::sides::lines;
use super::{DayEnd, DayEndError, PAGE, Scope};
use crate::store::{DayFileKey, DayFileRow};

/// What making files came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// Files that are new.
    pub new: u32,
    /// Files that stand already with the same content.
    pub unchanged: u32,
    /// Parties whose day does not fit into a file.
    pub left_out: Vec<LeftOut>,
}

/// A party without a file of the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Biller or client.
    pub kind: PartyKind,
    /// Its id.
    pub party: String,
    /// Why it has none.
    pub reason: String,
}

impl DayEnd {
    /// Makes the day's files for billers and, where all billers are meant, for
    /// clients.
    pub async fn make(&self, scope: &Scope, by: &str) -> Result<Made, DayEndError> {
        self.require_closed(scope.date).await?;
        let mut made = Made::default();
        let mut clients: BTreeMap<String, Vec<Line>> = BTreeMap::new();
        for biller in self.billers(scope).await? {
            let mut own = Vec::new();
            let mut after = String::new();
            loop {
                let page = self
                    .store
                    .payments_of_day(scope.date, &biller, &after, PAGE);
                let page = page.await?;
                let Some(last) = page.last() else { break };
                after = last.id.to_string();
                for payment in &page {
                    let lines = lines(payment);
                    if scope.biller.is_none() {
                        let client = clients.entry(payment.client.to_string()).or_default();
                        client.extend(lines.iter().cloned());
                    }
                    own.extend(lines);
                }
            }
            let party = (PartyKind::Biller, biller.as_str());
            self.make_one(scope.date, party, &own, by, &mut made)
                .await?;
        }
        for (client, lines) in &clients {
            let party = (PartyKind::Client, client.as_str());
            self.make_one(scope.date, party, lines, by, &mut made)
                .await?;
        }
        Ok(made)
    }

    /// One party's file. A day that is too large for a file keeps no other party
    /// waiting.
    async fn make_one(
        &self,
        date: AccountingDate,
        (kind, party): (PartyKind, &str),
        lines: &[Line],
        by: &str,
        made: &mut Made,
    ) -> Result<(), DayEndError> {
        match self
            .make_file(date, (kind, party), lines, (by, &mut *made))
            .await
        {
            Err(error @ DayEndError::TooLarge(_)) => {
                made.left_out.push(LeftOut {
                    kind,
                    party: party.to_owned(),
                    reason: error.to_string(),
                });
                Ok(())
            }
            other => other,
        }
    }

    async fn make_file(
        &self,
        date: AccountingDate,
        (kind, party): (PartyKind, &str),
        lines: &[Line],
        (by, made): (&str, &mut Made),
    ) -> Result<(), DayEndError> {
        if lines.len() > self.most_lines {
            return Err(DayEndError::TooLarge(format!(
                "{party} has {} lines",
                lines.len()
            )));
        }
        let key = DayFileKey {
            date,
            maker: Maker::House,
            party_kind: kind,
            party,
        };
        let newest = self.store.newest_day_file(key).await?;
        let (layout, charset) = self.form_for(kind, party).await?;
        let header = |number, made_at| Header {
            layout,
            charset,
            maker: Maker::House,
            kind,
            party: party.to_owned(),
            date,
            number,
            made_at,
        };
        if let Some(newest) = &newest {
            let again = write(header(newest.number, newest.created_at), lines)?;
            if sha256(&again.0) == newest.digest {
                made.unchanged += 1;
                return Ok(());
            }
        }
        let now = self.ports.now();
        let number = newest.map_or(1, |newest| newest.number + 1);
        let header = header(number, now);
        let name = header.file_name();
        let (bytes, totals) = write(header, lines)?;
        let file = DayFileRow {
            id: self.ports.record_id("rcf"),
            name,
            date,
            maker: Maker::House,
            party_kind: kind,
            party: party.to_owned(),
            number,
            form: layout.as_str().to_owned(),
            charset,
            digest: sha256(&bytes),
            bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            lines: i64::try_from(lines.len()).unwrap_or(i64::MAX),
            totals,
            brought_by: by.to_owned(),
            created_at: now,
            state: FileState::InForce,
            decided: None,
        };
        self.keep(&file, bytes.into()).await?;
        made.new += 1;
        Ok(())
    }

    /// We write as the party wrote to us last.
    async fn form_for(
        &self,
        kind: PartyKind,
        party: &str,
    ) -> Result<(Layout, Charset), DayEndError> {
        let last = self.store.last_file_of(kind, party).await?;
        let form = last.and_then(|file| Some((file.form.parse().ok()?, file.charset)));
        Ok(form.unwrap_or((Layout::Csv, Charset::Utf8)))
    }
}

fn write(header: Header, lines: &[Line]) -> Result<(Vec<u8>, String), DayEndError> {
    let name = header.file_name();
    let mut writer = Writer::new(header);
    for line in lines {
        let written = writer.line(line);
        written.ok_or_else(|| DayEndError::TooLarge(name.clone()))?;
    }
    let (bytes, totals) = writer.finish(sha256_parts);
    Ok((bytes, totals.to_string()))
}
