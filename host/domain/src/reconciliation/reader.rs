//! Reads a day file line by line, hostile input assumed: every length is
//! bounded, and nothing counts before the trailer has confirmed count, totals
//! and digest.

use std::fmt::Display;
use std::str::FromStr;

use super::error::FileError;
use super::header::{Charset, Header, Layout};
use super::line::{Line, Totals};
use super::record::{Field, Raw, Records, decode, split};
use super::writer::{NAME, VERSION};
use crate::merkle::HashFunction;
use crate::money::{Currency, Money};

/// The largest file.
pub const LIMIT_BYTES: usize = 256 * 1024 * 1024;
/// The most lines of a file.
pub const LIMIT_LINES: u32 = 2_000_000;
/// The newest file of a day counts alone, so that two halves are no whole.
const NOT_SPLIT: &str = "one file speaks for a whole day and cannot be split: leave notes out, \
                         and agree with the operator on one biller for each service";
/// The longest reference, service code or serial number.
const NAME_LIMIT: usize = 64;
/// The longest note.
const NOTE_LIMIT: usize = 200;

/// A file that is being read. The lines count only once it has ended without an
/// error.
pub struct Reader<'a> {
    bytes: &'a [u8],
    records: Records<'a>,
    header: Header,
    totals: Totals,
    hash: HashFunction,
    ended: bool,
}

/// Reads a whole file.
pub fn read(bytes: &[u8], hash: HashFunction) -> Result<(Header, Vec<Line>), FileError> {
    let reader = Reader::open(bytes, hash)?;
    let header = reader.header().clone();
    let lines = reader.collect::<Result<Vec<Line>, FileError>>()?;
    Ok((header, lines))
}

impl<'a> Reader<'a> {
    /// Reads the header.
    pub fn open(bytes: &'a [u8], hash: HashFunction) -> Result<Self, FileError> {
        if bytes.len() > LIMIT_BYTES {
            return Err(FileError::at(
                (1, 1),
                format!("the file is larger than {LIMIT_BYTES} bytes"),
                NOT_SPLIT,
            ));
        }
        let layout = match bytes {
            [b'H', b',', ..] => Layout::Csv,
            [b'H', b'|', ..] => Layout::Pipe,
            _ => {
                return Err(FileError::at(
                    (1, 1),
                    "the file does not begin with a header",
                    format!(
                        "begin with `H,{NAME},{VERSION},…` or `H|{NAME}|{VERSION}|…`, no byte order mark"
                    ),
                ));
            }
        };
        let mut records = Records::new(bytes, layout);
        let raw = records.next().unwrap_or_else(|| Err(cut_off(1)))?;
        let header = header(&raw, layout)?;
        Ok(Self {
            bytes,
            records,
            header,
            totals: Totals::default(),
            hash,
            ended: false,
        })
    }

    /// The file's header.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Count and sums of the lines so far.
    #[must_use]
    pub const fn totals(&self) -> &Totals {
        &self.totals
    }

    fn step(&mut self) -> Result<Option<Line>, FileError> {
        let next = self.records.next();
        let raw = next.unwrap_or_else(|| Err(cut_off(self.records.line())))?;
        let text = decode(&raw, self.header.charset)?;
        let fields = Fields::new(split(&text, self.header.layout, raw.line)?, raw.line);
        match fields.text(0) {
            "D" => self.detail(&fields).map(Some),
            "T" => self.trailer(&raw, &fields).map(|()| None),
            _ => Err(fields.wrong(0, "is no D or T", "begin every line with its kind")),
        }
    }

    fn detail(&mut self, fields: &Fields) -> Result<Line, FileError> {
        fields.expect(10)?;
        if self.totals.count() >= LIMIT_LINES {
            let problem = format!("the file has more than {LIMIT_LINES} lines");
            return Err(fields.wrong(0, &problem, NOT_SPLIT));
        }
        let currency: Currency = fields.parse(5, "write an ISO 4217 code such as CNY")?;
        let whole = "write whole minor units (分), without a decimal point";
        let amount: i64 = fields.parse(4, whole)?;
        if amount <= 0 {
            let mend = "amounts are above zero: the kind says which way they go";
            return Err(fields.wrong(4, "is not above zero", mend));
        }
        let fee: i64 = fields.parse(6, whole)?;
        if !(0..=amount).contains(&fee) {
            return Err(fields.wrong(6, "is no fee of this amount", "write 0 where there is none"));
        }
        let line = Line {
            reference: fields.name(1)?,
            kind: fields.parse(2, "write payment, reversal or refund")?,
            service: fields.plain(3, NAME_LIMIT)?,
            amount: Money::new(amount, currency),
            fee,
            serial: fields.plain(7, NAME_LIMIT)?,
            at: fields.parse(8, "write RFC 3339 such as 2026-11-21T08:30:00Z")?,
            note: fields.plain(9, NOTE_LIMIT)?,
        };
        let added = self.totals.add(&line);
        added.ok_or_else(|| fields.wrong(4, "makes the total too large", "check the amounts"))?;
        Ok(line)
    }

    fn trailer(&mut self, raw: &Raw<'_>, fields: &Fields) -> Result<(), FileError> {
        fields.expect(4)?;
        let resend = "make the file again and send it whole";
        let count = self.totals.count().to_string();
        if fields.text(1) != count {
            return Err(fields.wrong(1, &format!("is not the count, which is {count}"), resend));
        }
        let totals = self.totals.to_string();
        if fields.text(2) != totals {
            return Err(fields.wrong(2, &format!("are not the totals, {totals}"), resend));
        }
        let digest = (self.hash)(&[&self.bytes[..raw.start]]).hex();
        if fields.text(3) != digest {
            let mend = "the digest is SHA-256 in hexadecimal over every byte before the trailer";
            return Err(fields.wrong(3, "is not the digest of what stands above", mend));
        }
        if let Some(more) = self.records.next() {
            let line = more?.line;
            let problem = "something follows the trailer";
            return Err(FileError::at(
                (line, 1),
                problem,
                "end the file with the trailer",
            ));
        }
        Ok(())
    }
}

impl Iterator for Reader<'_> {
    type Item = Result<Line, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let step = self.step().transpose();
        self.ended = !matches!(step, Some(Ok(_)));
        step
    }
}

fn cut_off(line: u32) -> FileError {
    FileError::at(
        (line, 1),
        "the file ends without its trailer",
        "send the file whole, with `T`, count, totals and digest at its end",
    )
}

fn header(raw: &Raw<'_>, layout: Layout) -> Result<Header, FileError> {
    // Everything in a header is ASCII, whatever the character set of the rest.
    let text = decode(raw, Charset::Utf8)?;
    let fields = Fields::new(split(&text, layout, raw.line)?, raw.line);
    fields.expect(10)?;
    if fields.text(1) != NAME || fields.text(2) != VERSION {
        let mend = format!("write {NAME} and {VERSION}");
        return Err(fields.wrong(1, "is no form that is known here", &mend));
    }
    let number: u32 = fields.parse(8, "count the files of a day from 1")?;
    if number == 0 {
        return Err(fields.wrong(8, "is no number", "count the files of a day from 1"));
    }
    Ok(Header {
        layout,
        charset: fields.parse(3, "write UTF-8 or GB18030")?,
        maker: fields.parse(4, "write house or party")?,
        kind: fields.parse(5, "write biller, client or bank")?,
        party: fields.name(6)?,
        date: fields.parse(7, "write a date such as 2026-11-21")?,
        number,
        made_at: fields.parse(9, "write RFC 3339 such as 2026-11-21T16:05:00Z")?,
    })
}

/// The fields of one record with their places.
struct Fields {
    all: Vec<Field>,
    line: u32,
}

impl Fields {
    const fn new(all: Vec<Field>, line: u32) -> Self {
        Self { all, line }
    }

    fn text(&self, position: usize) -> &str {
        self.all.get(position).map_or("", |field| &field.text)
    }

    fn wrong(&self, position: usize, problem: &str, mend: &str) -> FileError {
        let column = self.all.get(position).map_or(1, |field| field.column);
        let shown: String = self.text(position).chars().take(40).collect();
        FileError::at(
            (self.line, column),
            format!("`{}` {problem}", shown.escape_debug()),
            mend.to_owned(),
        )
    }

    fn expect(&self, count: usize) -> Result<(), FileError> {
        if self.all.len() == count {
            return Ok(());
        }
        Err(FileError::at(
            (self.line, 1),
            format!("the line has {} fields", self.all.len()),
            format!("write {count}; quote or escape what separates fields"),
        ))
    }

    fn parse<T: FromStr>(&self, position: usize, mend: impl Display) -> Result<T, FileError> {
        let parsed = self.text(position).parse();
        parsed.map_err(|_| self.wrong(position, "cannot be read", &mend.to_string()))
    }

    /// A text that must be there.
    fn name(&self, position: usize) -> Result<String, FileError> {
        let text = self.plain(position, NAME_LIMIT)?;
        if text.is_empty() {
            return Err(self.wrong(position, "is missing", "write 1 to 64 characters"));
        }
        Ok(text)
    }

    fn plain(&self, position: usize, limit: usize) -> Result<String, FileError> {
        let text = self.text(position);
        if text.chars().count() > limit {
            return Err(self.wrong(
                position,
                "is too long",
                &format!("write at most {limit} characters"),
            ));
        }
        if text.chars().any(char::is_control) {
            return Err(self.wrong(position, "has control characters", "leave them out"));
        }
        Ok(text.to_owned())
    }
}
