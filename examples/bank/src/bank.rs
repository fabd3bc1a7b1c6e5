//! The bank as one thing: books, journal, faults and keys. An order is decided,
//! written down and entered under one lock, and only then answered.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use guichet_stage::{Faults, Journal};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::books::{Answer, Books, Custom, Effect, Line, Memory, Standing};
use crate::books::{Decision, Shown, Totals};
use crate::fault::FaultRule;
use crate::keys::KeyFolder;
use crate::order::Order;

/// How a bank is opened.
#[derive(Debug)]
pub struct Options {
    /// Its name in Guichet.
    pub name: String,
    /// How it lets itself be used.
    pub custom: Custom,
    /// Whether it recognises repetitions.
    pub memory: Memory,
    /// What an account that nobody listed begins with, in minor units.
    pub opening: i64,
    /// Where the journal is; without one, nothing outlives the program.
    pub journal: Option<PathBuf>,
    /// The keys.
    pub keys: KeyFolder,
    /// How much later a late effect comes.
    pub late: Duration,
}

/// A bank that can be served.
#[derive(Debug)]
pub struct Bank {
    pub(crate) name: String,
    pub(crate) keys: KeyFolder,
    pub(crate) faults: Faults<FaultRule>,
    pub(crate) late: Duration,
    journal_path: Option<PathBuf>,
    inner: Mutex<(Books, Journal)>,
}

impl Bank {
    /// Opens a bank, with what its journal says.
    ///
    /// # Errors
    /// Where the journal cannot be read or written.
    pub fn open(options: Options) -> std::io::Result<Self> {
        let mut books = Books::new(options.custom, options.memory, options.opening);
        let journal = match &options.journal {
            Some(path) => Journal::open(path, |line| books.enter(line))?,
            None => Journal::default(),
        };
        Ok(Self {
            name: options.name,
            keys: options.keys,
            faults: Faults::default(),
            late: options.late,
            journal_path: options.journal,
            inner: Mutex::new((books, journal)),
        })
    }

    /// Leaves the settings file by which Guichet finds this bank at `url`.
    ///
    /// # Errors
    /// Where the folder of keys cannot be written.
    pub fn write_settings(
        &self,
        url: &str,
        address: std::net::IpAddr,
    ) -> Result<PathBuf, crate::KeysError> {
        let custom = self.read(Books::custom);
        self.keys.write_settings(&self.name, url, custom, address)
    }

    pub(crate) fn journal_path(&self) -> Option<&PathBuf> {
        self.journal_path.as_ref()
    }

    /// Carries an order out.
    pub(crate) fn carry_out(&self, order: &Order) -> std::io::Result<Answer> {
        self.settle(|books| books.decide(order, &now()))
    }

    /// Refuses an order for ever.
    pub(crate) fn refuse(&self, order: &Order) -> std::io::Result<Answer> {
        self.settle(|books| books.refuse(order, &now()))
    }

    /// Lists an account, or changes its standing.
    pub(crate) fn list_account(
        &self,
        number: String,
        opening: i64,
        standing: Standing,
    ) -> std::io::Result<()> {
        let line = Line::Account {
            number,
            opening,
            standing,
        };
        self.settle(|_| (vec![line], ()))
    }

    fn settle<T>(&self, decide: impl FnOnce(&Books) -> (Vec<Line>, T)) -> std::io::Result<T> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (books, journal) = &mut *inner;
        let (lines, answer) = decide(books);
        journal.append(&lines)?;
        for line in lines {
            books.enter(line);
        }
        Ok(answer)
    }

    fn read<T>(&self, of: impl FnOnce(&Books) -> T) -> T {
        of(&self.inner.lock().unwrap_or_else(PoisonError::into_inner).0)
    }

    pub(crate) fn find(&self, reference: &str) -> Option<Decision> {
        self.read(|books| books.find(reference).cloned())
    }

    pub(crate) fn effects(&self) -> Vec<Effect> {
        self.read(|books| books.effects().to_vec())
    }

    pub(crate) fn account(&self, number: &str) -> Option<Shown> {
        self.read(|books| books.account(number))
    }

    pub(crate) fn totals(&self) -> Totals {
        self.read(Books::totals)
    }
}

fn now() -> String {
    OffsetDateTime::now_utc()
        .format(&Rfc3339)
        .expect("the machine's clock is within the years 0 to 9999")
}
