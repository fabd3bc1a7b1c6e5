//! Why a step of the day's end cannot be done.

use guichet_domain::AccountingDate;
use guichet_domain::reconciliation::{FileError, FileRefusal};

use crate::objects::ObjectError;
use crate::seal::SealError;
use crate::store::StoreError;
use crate::work_orders::WorkOrderError;

/// Everything that can keep a step from being done.
#[derive(Debug, thiserror::Error)]
pub enum DayEndError {
    /// The day goes on.
    #[error("{0} has not ended: wait for its cut-off")]
    NotEnded(AccountingDate),
    /// It has to be closed first.
    #[error("{0} is not closed: close it first")]
    NotClosed(AccountingDate),
    /// The biller's day has to be checked first.
    #[error("the day of {0} was not checked: check it first")]
    NotChecked(String),
    /// Payments came to be applied after their day was compared, or it never was.
    #[error("payments of {biller} wait for a comparison of {date}: check it again")]
    NotComparedSince {
        /// Whose.
        biller: String,
        /// Which day.
        date: AccountingDate,
    },
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file is somebody else's, of another day or direction.
    #[error("{field}: {problem}")]
    WrongFile {
        /// The header's field.
        field: &'static str,
        /// What is wrong, and the mend.
        problem: String,
    },
    /// The number is taken by other content.
    #[error("number {number} is taken: a correction is a new file with number {next}")]
    NumberTaken {
        /// As the file has it.
        number: u32,
        /// The next free one.
        next: u32,
    },
    /// The very file was brought before, and another one has followed it.
    #[error(
        "this is file {number} of the day, which file {newest} has replaced: \
         where it was right after all, have it made anew as file {next}"
    )]
    Replaced {
        /// Its own number.
        number: u32,
        /// That of the newest.
        newest: u32,
        /// The next free one.
        next: u32,
    },
    /// Another file of the party's day is in force since.
    #[error("file {newest} of the day is in force: file {number} cannot come into force any more")]
    Overtaken {
        /// Its own number.
        number: u32,
        /// That of the newest in force.
        newest: u32,
    },
    /// What the person has read is not this file.
    #[error("this is not the digest of the file: read the file again")]
    DigestDiffers,
    /// It does not wait for this person's word.
    #[error(transparent)]
    NotDecided(#[from] FileRefusal),
    /// There is no such file.
    #[error("there is no such file")]
    NotFound,
    /// The biller has no settlement account in the register.
    #[error("{0} has no settlement account in its own name in the register")]
    NoAccount(String),
    /// Sums beyond 64 bits, or more lines than a file may have.
    #[error("the day is too large for one file: {0}")]
    TooLarge(String),
    /// The books refuse it.
    #[error("the books refuse it: {0}")]
    Refused(String),
    /// Somebody else does the same at this moment.
    #[error("another node does this now: run it again")]
    Busy,
    /// The objects cannot be read or written.
    #[error(transparent)]
    Objects(#[from] ObjectError),
    /// The seal of a payment file.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A work order.
    #[error(transparent)]
    WorkOrder(#[from] WorkOrderError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
