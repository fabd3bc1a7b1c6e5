//! What a biller can do, and when: everything that a payment's fate depends on.

/// What the biller can do, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traits {
    /// Whether it tells what became of a reference.
    pub status: StatusQuery,
    /// Whether a repeated reference has one effect only.
    pub deduplicates: bool,
    /// Whether an application can be undone.
    pub reversal: Reversal,
    /// Daily hours in which it answers "closed for maintenance".
    pub maintenance: Option<Daily>,
    /// Part of the year in which it takes payments; the whole year without it.
    pub season: Option<Season>,
    /// How many of the bills one payment may take.
    pub selection: Selection,
    /// Which amounts its bills accept.
    pub amounts: Amounts,
    /// Whether queries are answered at once.
    pub answering: Answering,
    /// Whether payments are applied at once.
    pub applying: Answering,
    /// Added to every answer; a slow biller takes seconds.
    pub delay_ms: u32,
}

/// Whether a biller tells what became of a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusQuery {
    /// It does not.
    None,
    /// It does, but its "not found" proves nothing.
    Advisory,
    /// Its "not found" is a proof once so many seconds have passed.
    Authoritative {
        /// Seconds since the submission.
        after_seconds: u32,
    },
}

/// Whether an application can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reversal {
    /// Never.
    None,
    /// On the same accounting date, until this minute of the day in Shanghai.
    SameDay {
        /// Minutes since midnight.
        until_minute: u16,
    },
}

/// Hours of every day in Shanghai, possibly past midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Daily {
    /// First minute of the day that belongs to it.
    pub from_minute: u16,
    /// First minute of the day that does not belong to it any more.
    pub to_minute: u16,
}

/// Part of every year, both days included, possibly past New Year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Season {
    /// First month and day.
    pub from: (u8, u8),
    /// Last month and day.
    pub to: (u8, u8),
}

/// How many of the bills one payment may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// One.
    Single,
    /// Any of them.
    Any,
    /// All of them.
    All,
    /// The oldest first, without a gap.
    OldestFirst,
}

/// Which amounts a bill accepts; amounts in fen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amounts {
    /// What is payable.
    Exact,
    /// Any part of what is payable, from one fen.
    AtMost,
    /// Open: from and to, both included.
    Between(i64, i64),
    /// Open: from, to and step.
    Steps(i64, i64, i64),
    /// Open: one of these.
    Choices(&'static [i64]),
    /// The whole bill and up to this much on top.
    WholePlus(i64),
}

/// Whether a question or a payment is done at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answering {
    /// At once.
    Immediate,
    /// With a ticket; ready after so many seconds.
    Later {
        /// Seconds between question and answer.
        after_seconds: u32,
    },
}
