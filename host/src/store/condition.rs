//! Whether this node can write its books: what is wrong with the place where they
//! are, since when it is known, and how often it was in the way. Mends nothing.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use super::StoreError;

/// What is wrong with the place where the books are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It is full.
    Full,
    /// It cannot be read, written or forced to the medium.
    Failing,
}

impl Trouble {
    /// One word, as `/readyz` tells it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "storage_full",
            Self::Failing => "storage_failing",
        }
    }

    /// What the operator has to do.
    #[must_use]
    pub const fn mend(self) -> &'static str {
        match self {
            Self::Full => "make room on the disk of the database; the node goes on by itself",
            Self::Failing => {
                "look at the disk of the database and at the system's log; the node goes on by \
                 itself once it can write, and a disk that stays broken is replaced and the \
                 backup restored"
            }
        }
    }
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Condition {
    trouble: RwLock<Option<Trouble>>,
    failures: AtomicU64,
}

impl Condition {
    /// What was found at the last write.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        *self.trouble.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Transactions that failed because of the place, since the start.
    pub(super) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// Takes note of how a transaction ended. The first failure and the return
    /// are told in the log; what lies between is only counted.
    pub(super) fn note<T>(&self, ended: &Result<T, StoreError>) {
        let found = match ended {
            Ok(_) => None,
            Err(error) => match error.trouble() {
                Some(trouble) => Some((trouble, error)),
                // A refusal says nothing about the disk.
                None => return,
            },
        };
        let known = self.trouble();
        match found {
            Some((trouble, error)) => {
                self.failures.fetch_add(1, Ordering::Relaxed);
                if known != Some(trouble) {
                    tracing::error!(
                        reason = trouble.as_str(),
                        %error,
                        mend = trouble.mend(),
                        "the books cannot be written: nothing is acknowledged"
                    );
                    self.set(Some(trouble));
                }
            }
            None if known.is_some() => {
                tracing::warn!("the books can be written again");
                self.set(None);
            }
            None => {}
        }
    }

    fn set(&self, trouble: Option<Trouble>) {
        *self.trouble.write().unwrap_or_else(PoisonError::into_inner) = trouble;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_counts_until_something_was_written() {
        let condition = Condition::default();
        let full = || Err::<(), _>(StoreError::Disk(Trouble::Full, "no room".to_owned()));
        condition.note(&full());
        condition.note(&full());
        condition.note(&Err::<(), _>(StoreError::WriterFull));
        assert_eq!(condition.trouble(), Some(Trouble::Full));
        assert_eq!(condition.failures(), 2);
        condition.note(&Ok(()));
        assert_eq!((condition.trouble(), condition.failures()), (None, 2));
    }
}
