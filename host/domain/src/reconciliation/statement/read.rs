//! Reads a camt.053 message, hostile input assumed: no document type, no
//! entities but the five of XML, depth, length and number bounded. Elements that
//! are not needed are passed over.

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::super::error::FileError;
use super::super::reader::LIMIT_LINES;
use super::{Direction, Entry, FAMILY, OLDEST, Statement, read_amount};
use crate::moment::{AccountingDate, Moment};
use crate::money::{Currency, Money};

/// The largest message.
const LIMIT_BYTES: usize = 64 * 1024 * 1024;
/// Deepest nesting.
const DEPTH_LIMIT: usize = 32;
/// The longest text of an element.
const TEXT_LIMIT: usize = 2_048;

/// Reads a message with one statement of one day.
pub fn read_statement(bytes: &[u8]) -> Result<Statement, FileError> {
    if bytes.len() > LIMIT_BYTES {
        let problem = format!("the message is larger than {LIMIT_BYTES} bytes");
        return Err(FileError::at((1, 1), problem, "split it"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let place = place_of(bytes, error.valid_up_to());
        FileError::at(place, "the message is not UTF-8", "write it in UTF-8")
    })?;
    let mut walk = Walk::new(text);
    while walk.step()? {}
    walk.finish()
}

/// Line and column of a byte.
fn place_of(bytes: &[u8], at: usize) -> (u32, u32) {
    let before = &bytes[..at.min(bytes.len())];
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    let last = before.iter().rposition(|byte| *byte == b'\n');
    let start = last.map_or(0, |position| position + 1);
    let column = String::from_utf8_lossy(&before[start..]).chars().count();
    let number = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
    (number(lines), number(column))
}

/// What is known of an entry or a balance while its elements are read.
#[derive(Default)]
struct Draft {
    amount: Option<Money>,
    direction: Option<Direction>,
    is_reversal: bool,
    status: String,
    booked: Option<AccountingDate>,
    serial: String,
    reference: String,
    details: u32,
    code: String,
}

struct Walk<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    path: Vec<String>,
    currency: Option<Currency>,
    content: String,
    draft: Draft,
    statements: u32,
    id: String,
    number: u32,
    made_at: Option<Moment>,
    account: String,
    declared: Option<usize>,
    opening: Option<(Money, AccountingDate)>,
    closing: Option<(Money, AccountingDate)>,
    entries: Vec<Entry>,
}

impl<'a> Walk<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            reader: Reader::from_str(text),
            path: Vec::new(),
            currency: None,
            content: String::new(),
            draft: Draft::default(),
            statements: 0,
            id: String::new(),
            number: 0,
            made_at: None,
            account: String::new(),
            declared: None,
            opening: None,
            closing: None,
            entries: Vec::new(),
        }
    }

    fn wrong(&self, problem: impl Into<String>, mend: impl Into<String>) -> FileError {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        let place = place_of(self.text.as_bytes(), at);
        FileError::at(place, problem.into(), mend.into())
    }

    /// Reads on by one event; false at the end.
    fn step(&mut self) -> Result<bool, FileError> {
        let event = self.reader.read_event();
        let event = event.map_err(|error| {
            self.wrong(format!("this is no XML: {error}"), "send well-formed XML")
        })?;
        match event {
            Event::Start(start) => self.begin(&start)?,
            Event::Empty(start) => {
                self.begin(&start)?;
                self.end()?;
            }
            Event::End(_) => self.end()?,
            Event::Text(text) => self.push(&text)?,
            Event::CData(text) => self.push(&text)?,
            Event::GeneralRef(entity) => {
                let sign = entity_sign(&entity);
                let sign = sign.ok_or_else(|| {
                    self.wrong("an entity stands here", "write the character itself")
                })?;
                self.push(sign.encode_utf8(&mut [0; 4]))?;
            }
            Event::Decl(_) | Event::Comment(_) => {}
            Event::DocType(_) => {
                return Err(self.wrong("a document type stands here", "leave it out"));
            }
            Event::PI(_) => {
                return Err(self.wrong("a processing instruction stands here", "leave it out"));
            }
            Event::Eof => return Ok(false),
        }
        Ok(true)
    }

    fn push(&mut self, text: &str) -> Result<(), FileError> {
        if self.content.len() + text.len() > TEXT_LIMIT {
            let problem = format!("a text is longer than {TEXT_LIMIT} bytes");
            return Err(self.wrong(problem, "shorten it"));
        }
        self.content.push_str(text);
        Ok(())
    }

    fn begin(&mut self, start: &BytesStart<'_>) -> Result<(), FileError> {
        if self.path.len() >= DEPTH_LIMIT {
            return Err(self.wrong("the elements are nested too deep", "send a camt.053"));
        }
        let name = start.local_name().into_inner().to_owned();
        if self.path.is_empty() {
            self.check_root(start, &name)?;
        }
        self.path.push(name);
        self.content.clear();
        match self.within_statement().as_str() {
            "" if self.path.len() == 3 && self.ends_with("Stmt") => {
                self.statements += 1;
                if self.statements > 1 {
                    return Err(
                        self.wrong("a second statement begins", "send one for each message")
                    );
                }
            }
            "Ntry/NtryDtls/TxDtls" => self.draft.details += 1,
            "Ntry/Amt" | "Bal/Amt" => {
                let currency = start.try_get_attribute("Ccy").ok().flatten();
                let currency = currency.and_then(|attribute| attribute.value.parse().ok());
                self.currency = currency;
            }
            _ => {}
        }
        Ok(())
    }

    fn check_root(&self, start: &BytesStart<'_>, name: &str) -> Result<(), FileError> {
        let namespace = start.attributes().flatten().find(|attribute| {
            let key = attribute.key.0;
            (key == "xmlns" || key.starts_with("xmlns:")) && attribute.value.starts_with(FAMILY)
        });
        let version = namespace.and_then(|found| found.value[FAMILY.len()..].parse::<u32>().ok());
        if name == "Document" && version.is_some_and(|version| version >= OLDEST) {
            return Ok(());
        }
        Err(self.wrong(
            "this is no statement that is known here",
            format!("send camt.053.001.{OLDEST:02} or newer"),
        ))
    }

    fn ends_with(&self, name: &str) -> bool {
        self.path.last().is_some_and(|last| last == name)
    }

    /// The path below `Stmt`; empty outside of it and at itself.
    fn within_statement(&self) -> String {
        let begins = ["Document", "BkToCstmrStmt", "Stmt"];
        let fits = self.path.len() >= 3 && self.path.iter().zip(begins).all(|(own, at)| own == at);
        if fits {
            self.path[3..].join("/")
        } else {
            String::new()
        }
    }

    fn end(&mut self) -> Result<(), FileError> {
        let path = self.within_statement();
        let content = self.content.trim().to_owned();
        match path.as_str() {
            "Id" => self.id = content,
            "ElctrncSeqNb" => self.number = self.parsed(&content, "a number such as 1")?,
            "CreDtTm" => self.made_at = Some(self.parsed(&content, "RFC 3339 with its offset")?),
            "Acct/Id/Othr/Id" | "Acct/Id/IBAN" => self.account = content,
            "TxsSummry/TtlNtries/NbOfNtries" => {
                self.declared = Some(self.parsed(&content, "the number of entries")?);
            }
            "Ntry/Amt" | "Bal/Amt" => {
                let money = self
                    .currency
                    .and_then(|currency| read_amount(&content, currency));
                let mend = "write digits with a point, and Ccy=\"CNY\"";
                let problem = || self.wrong("the amount cannot be read", mend);
                self.draft.amount = Some(money.ok_or_else(problem)?);
            }
            "Ntry/CdtDbtInd" | "Bal/CdtDbtInd" => {
                self.draft.direction = match content.as_str() {
                    "CRDT" => Some(Direction::Credit),
                    "DBIT" => Some(Direction::Debit),
                    _ => return Err(self.wrong("neither CRDT nor DBIT", "write one of them")),
                };
            }
            "Ntry/RvslInd" => self.draft.is_reversal = matches!(content.as_str(), "true" | "1"),
            "Ntry/Sts/Cd" | "Ntry/Sts" if !content.is_empty() => self.draft.status = content,
            "Ntry/BookgDt/Dt" | "Bal/Dt/Dt" => {
                self.draft.booked = Some(self.parsed(&content, "a date such as 2026-11-21")?);
            }
            "Ntry/AcctSvcrRef" => self.draft.serial = content,
            "Ntry/NtryDtls/TxDtls/Refs/EndToEndId" => self.draft.reference = content,
            "Bal/Tp/CdOrPrtry/Cd" => self.draft.code = content,
            "Ntry" => self.end_entry()?,
            "Bal" => self.end_balance()?,
            _ => {}
        }
        self.content.clear();
        self.path.pop();
        Ok(())
    }

    fn parsed<T: std::str::FromStr>(&self, text: &str, mend: &str) -> Result<T, FileError> {
        let shown: String = text.chars().take(40).collect();
        text.parse().map_err(|_| {
            self.wrong(
                format!("`{}` cannot be read", shown.escape_debug()),
                format!("write {mend}"),
            )
        })
    }

    fn end_entry(&mut self) -> Result<(), FileError> {
        let draft = std::mem::take(&mut self.draft);
        if draft.status != "BOOK" {
            // Pending and informational entries move nothing yet.
            return Ok(());
        }
        if self.entries.len() >= LIMIT_LINES as usize {
            return Err(self.wrong(
                format!("more than {LIMIT_LINES} entries"),
                "split the statement",
            ));
        }
        if draft.details > 1 {
            let mend = "send single entries: a sum cannot be told apart";
            return Err(self.wrong("an entry sums several transactions", mend));
        }
        let missing = || {
            self.wrong(
                "the entry is not complete",
                "write Amt, CdtDbtInd and BookgDt",
            )
        };
        let amount = draft.amount.filter(|amount| amount.is_positive());
        let entry = Entry {
            amount: amount.ok_or_else(missing)?,
            direction: draft.direction.ok_or_else(missing)?,
            booked: draft.booked.ok_or_else(missing)?,
            is_reversal: draft.is_reversal,
            reference: draft.reference,
            serial: draft.serial,
        };
        self.entries.push(entry);
        Ok(())
    }

    fn end_balance(&mut self) -> Result<(), FileError> {
        let draft = std::mem::take(&mut self.draft);
        let missing = || self.wrong("the balance is not complete", "write Amt, CdtDbtInd and Dt");
        let amount = draft.amount.ok_or_else(missing)?;
        let signed = match draft.direction.ok_or_else(missing)? {
            Direction::Credit => amount,
            Direction::Debit => Money::new(-amount.minor_units(), amount.currency()),
        };
        let dated = (signed, draft.booked.ok_or_else(missing)?);
        match draft.code.as_str() {
            "OPBD" | "PRCD" => self.opening = Some(dated),
            "CLBD" => self.closing = Some(dated),
            _ => {}
        }
        Ok(())
    }

    fn finish(self) -> Result<Statement, FileError> {
        if !self.path.is_empty() || self.statements == 0 {
            return Err(self.wrong("the message ends too early", "send it whole"));
        }
        let missing =
            |what: &str| self.wrong(format!("{what} is missing"), "send a whole statement");
        let (opening, _) = self
            .opening
            .ok_or_else(|| missing("the opening balance (OPBD)"))?;
        let (closing, date) = self
            .closing
            .ok_or_else(|| missing("the closing balance (CLBD)"))?;
        let made_at = self.made_at.ok_or_else(|| missing("CreDtTm"))?;
        if self.account.is_empty() || self.id.is_empty() {
            return Err(missing("the account or the statement's id"));
        }
        if self
            .declared
            .is_some_and(|declared| declared != self.entries.len())
        {
            return Err(self.wrong(
                "NbOfNtries is not the number of entries",
                "send all of them",
            ));
        }
        let place = self.wrong(
            "opening balance and entries do not make the closing balance",
            "send all entries of the day",
        );
        let statement = Statement {
            id: self.id,
            number: self.number.max(1),
            made_at,
            account: self.account,
            date,
            opening,
            closing,
            entries: self.entries,
        };
        if statement.computed_closing() == Some(statement.closing) {
            Ok(statement)
        } else {
            Err(place)
        }
    }
}

fn entity_sign(entity: &str) -> Option<char> {
    match entity {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        other => {
            let number = other.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}
