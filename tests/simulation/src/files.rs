//! Billers' day files, written as a biller writes them.

use guichet_domain::id::BillerId;
use guichet_domain::reconciliation::{
    self, Charset, Header, Layout, LineKind, Maker, PartyKind, Writer,
};
use guichet_domain::{AccountingDate, Moment, Money};
use guichet_registry::sign::sha256_parts;

use crate::biller::Effect;

/// A line that is to be written.
#[derive(Debug, Clone)]
pub struct Line {
    pub reference: String,
    pub amount: i64,
    pub kind: LineKind,
    pub at: i64,
}

impl Line {
    /// What the biller has in its books.
    pub fn of(effect: &Effect) -> Self {
        Self {
            reference: effect.payment.clone(),
            amount: effect.amount,
            kind: if effect.undoes {
                LineKind::Reversal
            } else {
                LineKind::Payment
            },
            at: effect.at,
        }
    }

    /// Something of somebody else.
    pub fn stray() -> Self {
        Self {
            reference: "COUNTER-17".to_owned(),
            amount: 7,
            kind: LineKind::Payment,
            at: 0,
        }
    }
}

/// The bytes of a file.
pub fn write(
    biller: &BillerId,
    date: AccountingDate,
    number: u32,
    now: i64,
    lines: &[Line],
) -> Vec<u8> {
    let mut writer = Writer::new(Header {
        layout: Layout::Pipe,
        charset: Charset::Utf8,
        maker: Maker::Party,
        kind: PartyKind::Biller,
        party: biller.to_string(),
        date,
        number,
        made_at: Moment::from_micros(now),
    });
    for line in lines {
        let line = reconciliation::Line {
            reference: line.reference.clone(),
            kind: line.kind,
            service: String::new(),
            amount: Money::cny(line.amount),
            fee: 0,
            serial: "S1".to_owned(),
            at: Moment::from_micros(line.at),
            note: String::new(),
        };
        writer.line(&line).expect("sums of few lines");
    }
    writer.finish(sha256_parts).0
}
