//! A disk: files and their names, power that goes, and faults that are switched
//! on. A directory's changes are durable when one of its new files is forced for
//! the first time, as SQLite does it on Unix: it opens the directory and forces
//! that too. Knows no pointers.

use std::collections::BTreeMap;

use guichet_tests::chance::Chance;

use crate::image::Loss;
use crate::inode::{Change, Inode};
use crate::locks::{Locks, Shared};

/// A file's number.
pub type Number = u64;

/// What goes wrong with every write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The disk is full: files can neither grow nor be made.
    Full,
    /// Nothing can be written.
    Write,
    /// Nothing can be forced to the medium; what waits for it is lost in part.
    Sync,
}

/// What the disk's word is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Honesty {
    /// What was forced to the medium is on it.
    Honest,
    /// It says that it is, and forces nothing.
    Lies,
    /// It lies about the write-ahead log alone, which is what SQLite's
    /// `synchronous = normal` comes to.
    LiesAboutLog,
    /// It lies about the database itself, into which the log is copied back.
    LiesAboutDatabase,
    /// It never forces the names of files.
    ForgetsNames,
}

/// Why an operation did not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failed {
    /// There is no power.
    Power,
    /// The disk is full.
    Full,
    /// The device says no.
    Device,
}

/// See the module.
#[derive(Debug)]
pub struct Disk {
    names: BTreeMap<String, Number>,
    /// What the directory's medium holds, and its changes since.
    durable_names: BTreeMap<String, Number>,
    renamed: Vec<(String, Option<Number>)>,
    files: BTreeMap<Number, Inode>,
    /// Files whose name goes to the medium when they are first forced there.
    fresh: Vec<Number>,
    count: Number,
    pub(crate) locks: BTreeMap<Number, Locks>,
    pub(crate) shared: BTreeMap<Number, Shared>,
    honesty: Honesty,
    fault: Fault,
    chance: Chance,
    /// Operations until the power goes.
    fuse: Option<u64>,
    is_dark: bool,
    operations: u64,
    opened: u64,
}

impl Disk {
    /// An empty one. What it loses follows from `chance`.
    #[must_use]
    pub fn new(honesty: Honesty, chance: Chance) -> Self {
        Self {
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            renamed: Vec::new(),
            files: BTreeMap::new(),
            fresh: Vec::new(),
            count: 0,
            locks: BTreeMap::new(),
            shared: BTreeMap::new(),
            honesty,
            fault: Fault::None,
            chance,
            fuse: None,
            is_dark: false,
            operations: 0,
            opened: 0,
        }
    }

    /// Puts a file there, as if it had always been there.
    pub fn put(&mut self, name: &str, bytes: Vec<u8>) {
        self.count += 1;
        self.files.insert(self.count, Inode::of(bytes));
        self.names.insert(name.to_owned(), self.count);
        self.durable_names.insert(name.to_owned(), self.count);
    }

    /// A file as its readers see it.
    #[must_use]
    pub fn content(&self, name: &str) -> Option<Vec<u8>> {
        let number = self.names.get(name)?;
        Some(self.files.get(number)?.seen().to_vec())
    }

    /// The power goes at this operation from now; 1 is the next one.
    pub fn cut_after(&mut self, operations: u64) {
        self.fuse = Some(operations);
    }

    /// The power does not go by itself any more.
    pub fn never_cut(&mut self) {
        self.fuse = None;
    }

    /// Whether the power is gone.
    #[must_use]
    pub const fn is_dark(&self) -> bool {
        self.is_dark
    }

    /// Writes, truncations, forcings, creations and deletions so far.
    #[must_use]
    pub const fn operations(&self) -> u64 {
        self.operations
    }

    /// How often a file was opened or made.
    #[must_use]
    pub const fn opened(&self) -> u64 {
        self.opened
    }

    /// Somebody opens a file.
    pub(crate) const fn open(&mut self) {
        self.opened += 1;
    }

    /// What goes wrong at this moment.
    #[must_use]
    pub const fn fault(&self) -> Fault {
        self.fault
    }

    /// From now on this goes wrong.
    pub fn set_fault(&mut self, fault: Fault) {
        self.fault = fault;
    }

    /// A disk as a loss of power at this moment may leave it.
    #[must_use]
    pub fn left(&self, chance: &mut Chance) -> Self {
        let mut left = Self::new(self.honesty, Chance::of(chance.draw(), 0, 0));
        let mut names = self.durable_names.clone();
        // The changes of one name are made in their order; those of others may
        // have come later and yet be there.
        let mut reached: BTreeMap<&str, bool> = BTreeMap::new();
        for (name, number) in &self.renamed {
            let goes_on = reached.entry(name).or_insert(true);
            *goes_on = *goes_on && chance.below(2) == 0;
            if *goes_on {
                match number {
                    Some(number) => names.insert(name.clone(), *number),
                    None => names.remove(name),
                };
            }
        }
        for (name, number) in names {
            if let Some(file) = self.files.get(&number) {
                let loss = Loss::draw(chance);
                left.put(&name, file.left(loss, chance));
            }
        }
        left
    }

    /// Another disk with the same content.
    pub(crate) fn clone_of_medium(&self) -> Self {
        let mut copy = Self::new(self.honesty, self.chance.clone());
        for (name, number) in &self.durable_names {
            if let Some(file) = self.files.get(number) {
                copy.put(name, file.seen().to_vec());
            }
        }
        copy
    }

    /// The file of this name.
    pub(crate) fn find(&self, name: &str) -> Option<Number> {
        self.names.get(name).copied()
    }

    /// Makes a file; a nameless one is forgotten with its last user.
    pub(crate) fn create(&mut self, name: Option<&str>, role: Role) -> Result<Number, Failed> {
        self.count += 1;
        let number = self.count;
        let allowed = self.operate();
        if allowed.is_ok() && matches!(self.fault, Fault::Full | Fault::Write) {
            return Err(self.failure());
        }
        if let Some(name) = name {
            self.names.insert(name.to_owned(), number);
            self.renamed.push((name.to_owned(), Some(number)));
            if role != Role::Database {
                self.fresh.push(number);
            }
        }
        self.files.insert(number, Inode::default());
        allowed.map(|()| number)
    }

    /// Deletes a name. Whoever has the file open keeps it.
    pub(crate) fn delete(&mut self, name: &str, forced: Forced) -> Result<bool, Failed> {
        if self.is_dark {
            return Err(Failed::Power);
        }
        if self.names.remove(name).is_none() {
            return Ok(false);
        }
        self.renamed.push((name.to_owned(), None));
        self.operate()?;
        if forced == Forced::Yes {
            self.sync_names();
        }
        Ok(true)
    }

    /// A file's content.
    pub(crate) fn read(&self, number: Number) -> Result<&[u8], Failed> {
        if self.is_dark {
            return Err(Failed::Power);
        }
        Ok(self.files.get(&number).map_or(&[], Inode::seen))
    }

    /// Changes a file.
    pub(crate) fn change(&mut self, number: Number, change: Change) -> Result<(), Failed> {
        if self.is_dark {
            return Err(Failed::Power);
        }
        let grows = match &change {
            Change::Write(offset, bytes) => {
                let size = self.files.get(&number).map_or(0, |file| file.seen().len());
                offset + bytes.len() > size
            }
            Change::Truncate(_) => false,
        };
        match self.fault {
            Fault::Full if grows => return Err(Failed::Full),
            Fault::Write => return Err(Failed::Device),
            Fault::None | Fault::Full | Fault::Sync => {}
        }
        if let Some(file) = self.files.get_mut(&number) {
            file.change(change);
        }
        // The write that the power goes at may be on the medium, in part.
        self.operate()
    }

    /// Forces a file to the medium.
    pub(crate) fn sync(&mut self, number: Number, role: Role) -> Result<(), Failed> {
        self.operate()?;
        if self.fault == Fault::Sync {
            let loss = Loss::draw(&mut self.chance);
            if let Some(file) = self.files.get_mut(&number)
                && !file.is_clean()
            {
                file.sync_failed(loss, &mut self.chance);
                return Err(Failed::Device);
            }
        }
        if self.lies_about(role) {
            return Ok(());
        }
        if let Some(file) = self.files.get_mut(&number) {
            file.sync();
        }
        let before = self.fresh.len();
        self.fresh.retain(|fresh| *fresh != number);
        if self.fresh.len() != before {
            self.sync_names();
        }
        Ok(())
    }

    const fn lies_about(&self, role: Role) -> bool {
        match self.honesty {
            Honesty::Honest | Honesty::ForgetsNames => false,
            Honesty::Lies => true,
            Honesty::LiesAboutLog => matches!(role, Role::Log),
            Honesty::LiesAboutDatabase => matches!(role, Role::Database),
        }
    }

    fn sync_names(&mut self) {
        if matches!(self.honesty, Honesty::Lies | Honesty::ForgetsNames) {
            return;
        }
        self.durable_names = self.names.clone();
        self.renamed.clear();
        let kept = |number: &Number| self.names.values().any(|named| named == number);
        let (names, locks) = (&self.names, &self.locks);
        self.files.retain(|number, _| {
            names.values().any(|named| named == number) || locks.contains_key(number)
        });
        self.fresh.retain(kept);
    }

    const fn failure(&self) -> Failed {
        match self.fault {
            Fault::Full => Failed::Full,
            Fault::None | Fault::Write | Fault::Sync => Failed::Device,
        }
    }

    /// Counts an operation, at which the power may go.
    fn operate(&mut self) -> Result<(), Failed> {
        if self.is_dark {
            return Err(Failed::Power);
        }
        self.operations += 1;
        if let Some(left) = &mut self.fuse {
            *left = left.saturating_sub(1);
            if *left == 0 {
                self.is_dark = true;
                return Err(Failed::Power);
            }
        }
        Ok(())
    }
}

/// Whether a deletion is forced to the medium.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forced {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// What a file is to SQLite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The write-ahead log.
    Log,
    /// A rollback journal, or anything else that is made and deleted.
    Journal,
    /// The database itself, whose name SQLite does not force to the medium.
    Database,
}
