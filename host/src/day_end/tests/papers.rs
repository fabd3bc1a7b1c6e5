//! What others hand in: day files, and statements of a bank; and how it is brought.

use guichet_domain::reconciliation::{
    Charset, Direction, Entry, FileState, Header, Layout, Line, LineKind, Maker, Statement, Writer,
    write_statement,
};
use guichet_domain::{AccountingDate, Currency, Moment, Money};
use guichet_registry::sign::sha256_parts;

use super::world::{SERVICE, World};
use crate::day_end::{Received, Sender};
use crate::store::DayFileRow;

/// A line of a day file: reference, kind and amount.
pub(super) type Told<'a> = (&'a str, LineKind, i64);
/// An entry of a statement: reference, amount, direction, and whether it undoes
/// another one.
pub(super) type Said<'a> = (&'a str, i64, Direction, bool);

impl World {
    /// Brings a file, which another person confirms where that is needed.
    pub(super) async fn bring(&self, sender: &Sender, bytes: Vec<u8>) {
        let file = self.leave(sender, bytes).await;
        if file.state == FileState::AwaitingConfirmation {
            let confirmed = self.day_end.confirm_file(&file.id, file.digest, "petra");
            assert_eq!(confirmed.await.unwrap().state, FileState::InForce);
        }
    }

    /// Brings a file that nobody has confirmed yet.
    pub(super) async fn leave(&self, sender: &Sender, bytes: Vec<u8>) -> DayFileRow {
        let brought = self.day_end.receive(sender, bytes.into(), "paul").await;
        match brought.unwrap() {
            Received::New(file) | Received::Known(file) => file,
        }
    }
}

/// A party's day file with these lines.
pub(super) fn day_file(sender: &Sender, number: u32, made_at: Moment, lines: &[Told]) -> Vec<u8> {
    let mut writer = Writer::new(Header {
        layout: Layout::Pipe,
        charset: Charset::Gb18030,
        maker: Maker::Party,
        kind: sender.kind,
        party: sender.party.clone(),
        date: sender.date,
        number,
        made_at,
    });
    for (reference, kind, amount) in lines {
        let line = Line {
            reference: (*reference).to_owned(),
            kind: *kind,
            service: SERVICE.to_owned(),
            amount: Money::cny(*amount),
            fee: 0,
            serial: "S1".to_owned(),
            at: "2026-11-21T08:00:00Z".parse().unwrap(),
            note: "水费".to_owned(),
        };
        writer.line(&line).unwrap();
    }
    writer.finish(sha256_parts).0
}

/// A statement of the bank with these entries.
pub(super) fn statement(date: AccountingDate, number: u32, entries: &[Said]) -> Vec<u8> {
    statement_in(Currency::CNY, date, number, entries)
}

/// The same for an account in another currency.
pub(super) fn statement_in(
    currency: Currency,
    date: AccountingDate,
    number: u32,
    entries: &[Said],
) -> Vec<u8> {
    let entries: Vec<Entry> = entries
        .iter()
        .map(|(reference, amount, direction, is_reversal)| Entry {
            reference: (*reference).to_owned(),
            amount: Money::new(*amount, currency),
            direction: *direction,
            is_reversal: *is_reversal,
            booked: date,
            serial: "B1".to_owned(),
        })
        .collect();
    let mut statement = Statement {
        id: format!("ST-{number}"),
        number,
        made_at: "2026-11-21T16:10:00Z".parse().unwrap(),
        account: "62220001".to_owned(),
        date,
        opening: Money::new(1_000_000, currency),
        closing: Money::new(0, currency),
        entries,
    };
    statement.closing = statement.computed_closing().unwrap();
    write_statement(&statement).into_bytes()
}
