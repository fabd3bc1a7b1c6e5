//! The first line of a day file: who made it, about whom, for which day.

use crate::moment::{AccountingDate, Moment};
use crate::words::words;

words! {
    /// How lines are written.
    Layout {
        /// Comma-separated values (RFC 4180), lines ended by CR LF.
        Csv = "csv",
        /// Fields between `|`, lines ended by LF; `\p`, `\n`, `\r` and `\\` stand
        /// for what would end a field or line.
        Pipe = "pipe",
    }

    /// How characters are written.
    Charset {
        /// The usual one.
        Utf8 = "UTF-8",
        /// GB 18030, for billers that need it.
        Gb18030 = "GB18030",
    }

    /// Who made a file.
    Maker {
        /// This installation; the other party checks.
        House = "house",
        /// The other party; we check.
        Party = "party",
    }

    /// What the other party is.
    PartyKind {
        /// A biller.
        Biller = "biller",
        /// A client: a bank app or channel.
        Client = "client",
        /// A bank.
        Bank = "bank",
    }
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// How lines are written.
    pub layout: Layout,
    /// How characters are written.
    pub charset: Charset,
    /// Who made it.
    pub maker: Maker,
    /// What the other party is.
    pub kind: PartyKind,
    /// The other party's id.
    pub party: String,
    /// The day it is about.
    pub date: AccountingDate,
    /// Counts from 1 for each maker, party and day: a correction is a new file.
    pub number: u32,
    /// When it was made.
    pub made_at: Moment,
}

impl Header {
    /// `guichet-biller-b-330100-water-1-2026-11-21-house-1.csv`
    #[must_use]
    pub fn file_name(&self) -> String {
        let extension = match self.layout {
            Layout::Csv => "csv",
            Layout::Pipe => "txt",
        };
        format!(
            "guichet-{}-{}-{}-{}-{}.{extension}",
            self.kind.as_str(),
            self.party,
            self.date,
            self.maker.as_str(),
            self.number
        )
    }
}
