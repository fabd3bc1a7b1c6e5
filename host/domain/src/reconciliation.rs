//! The end of a day: day files that are exchanged with billers, clients and
//! banks, and the judgement on what four sides say about one payment. Pure: it
//! fetches no file, books no money and opens no work order.

mod error;
mod header;
mod judge;
mod line;
mod matching;
mod orders;
mod reader;
mod record;
mod standing;
mod statement;
mod writer;

pub use error::FileError;
pub use header::{Charset, Header, Layout, Maker, PartyKind};
pub use judge::{AtBank, BillerSide, Finding, Heard, LedgerSide, Sides, judge};
pub use line::{Line, LineKind, Totals};
pub use matching::{Match, Matching};
pub use orders::{PaymentOrder, write_payment_orders};
pub use reader::{LIMIT_BYTES, LIMIT_LINES, Reader, read};
pub use standing::{FileRefusal, FileRuling, FileStanding, FileState, rule_on};
pub use statement::{Direction, Entry, Statement, read_statement, write_statement};
pub use writer::Writer;

#[cfg(test)]
mod tests;
