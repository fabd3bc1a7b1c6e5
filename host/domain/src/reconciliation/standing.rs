//! Whether a file counts. What a biller or a bank says moves money, so that the
//! one person who brings its file is not enough: a second person confirms it.

use super::header::{Maker, PartyKind};
use crate::words::words;

words! {
    /// Where a file stands.
    FileState {
        /// A second person has not looked at it yet; it says nothing so far.
        AwaitingConfirmation = "awaiting_confirmation",
        /// It counts, as long as none with a higher number does.
        InForce = "in_force",
        /// Turned down: it never counts.
        Rejected = "rejected",
    }
}

impl FileState {
    /// Where a new file stands. Nobody has to confirm what we have made, nor a
    /// client's word, over which the ledger prevails.
    #[must_use]
    pub const fn of_new(maker: Maker, kind: PartyKind) -> Self {
        match (maker, kind) {
            (Maker::House, _) | (Maker::Party, PartyKind::Client) => Self::InForce,
            (Maker::Party, PartyKind::Biller | PartyKind::Bank) => Self::AwaitingConfirmation,
        }
    }
}

/// What a person does about a file that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileRuling {
    /// It is the party's own.
    Confirm,
    /// It is not, or is wrong.
    Reject,
}

/// Where a file stands, and through whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStanding<'a> {
    /// The state.
    pub state: FileState,
    /// Who brought it.
    pub brought_by: &'a str,
    /// Who has confirmed or rejected it.
    pub decided_by: Option<&'a str>,
}

/// Why a person's word about a file changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileRefusal {
    /// This person has said the same before.
    #[error("this was said before")]
    Already,
    /// Who brought it cannot confirm it.
    #[error("who brought a file cannot confirm it: another person has to")]
    SamePerson,
    /// It does not wait any more, or never did.
    #[error("the file is {0}: only one that awaits confirmation is confirmed or rejected")]
    Decided(FileState),
}

/// Where a person's word leads. Who brought a file may take it back.
pub fn rule_on(
    file: FileStanding<'_>,
    ruling: FileRuling,
    by: &str,
) -> Result<FileState, FileRefusal> {
    use FileRuling::{Confirm, Reject};
    use FileState::{AwaitingConfirmation, InForce, Rejected};
    match (file.state, ruling) {
        (AwaitingConfirmation, Confirm) if file.brought_by == by => Err(FileRefusal::SamePerson),
        (AwaitingConfirmation, Confirm) => Ok(InForce),
        (AwaitingConfirmation, Reject) => Ok(Rejected),
        (InForce, Confirm) | (Rejected, Reject) if file.decided_by == Some(by) => {
            Err(FileRefusal::Already)
        }
        (InForce | Rejected, Confirm | Reject) => Err(FileRefusal::Decided(file.state)),
    }
}
