//! Writes a day file: header, a line for each effect, trailer. Keeps nothing but
//! the bytes written so far.

use super::header::Header;
use super::line::{Line, Totals};
use super::record::{encode, join};
use crate::merkle::HashFunction;

/// The name that every file begins with, and the version of its form.
pub(super) const NAME: &str = "guichet-day-file";
pub(super) const VERSION: &str = "1";

/// A file that is being written.
#[derive(Debug)]
pub struct Writer {
    header: Header,
    bytes: Vec<u8>,
    totals: Totals,
}

impl Writer {
    /// Begins with the header.
    #[must_use]
    pub fn new(header: Header) -> Self {
        let mut writer = Self {
            header,
            bytes: Vec::new(),
            totals: Totals::default(),
        };
        let header = writer.header.clone();
        writer.put(&[
            "H",
            NAME,
            VERSION,
            header.charset.as_str(),
            header.maker.as_str(),
            header.kind.as_str(),
            &header.party,
            &header.date.to_string(),
            &header.number.to_string(),
            &header.made_at.to_string(),
        ]);
        writer
    }

    /// Adds a line; none where the totals would leave 64 bits.
    #[must_use]
    pub fn line(&mut self, line: &Line) -> Option<()> {
        self.totals.add(line)?;
        self.put(&[
            "D",
            &printable(&line.reference),
            line.kind.as_str(),
            &printable(&line.service),
            &line.amount.minor_units().to_string(),
            line.amount.currency().as_str(),
            &line.fee.to_string(),
            &printable(&line.serial),
            &line.at.to_string(),
            &printable(&line.note),
        ]);
        Some(())
    }

    /// Ends with the trailer, whose digest covers every byte before it.
    #[must_use]
    pub fn finish(mut self, hash: HashFunction) -> (Vec<u8>, Totals) {
        let digest = hash(&[&self.bytes]).hex();
        let count = self.totals.count().to_string();
        let amounts = self.totals.to_string();
        self.put(&["T", &count, &amounts, &digest]);
        (self.bytes, self.totals)
    }

    fn put(&mut self, fields: &[&str]) {
        let text = join(fields, self.header.layout);
        let bytes = encode(&text, self.header.charset);
        self.bytes.extend_from_slice(&bytes);
    }
}

/// Foreign text could otherwise break lines in the other party's tools. Private
/// characters mean nothing outside, and GB 18030 gives back another one for some.
fn printable(text: &str) -> String {
    text.chars()
        .map(|sign| match sign {
            _ if sign.is_control() => ' ',
            '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. => char::REPLACEMENT_CHARACTER,
            _ => sign,
        })
        .collect()
}
