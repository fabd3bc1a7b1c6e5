//! The second person: brings a file into force that another one has brought, or
//! turns it down.

use guichet_domain::Digest;
use guichet_domain::id::RecordId;
use guichet_domain::reconciliation::{FileRefusal, FileRuling, FileStanding, FileState, rule_on};

use super::{DayEnd, DayEndError};
use crate::store::{DayFileKey, DayFileRow, FileDecided};

/// Once more where another person or node was faster: then its word stands.
const TRIES: u32 = 2;

impl DayEnd {
    /// Another person than who brought it confirms a file, and names the digest of
    /// what was read: it counts from now on. Said again, it is answered as it stands.
    pub async fn confirm_file(
        &self,
        id: &RecordId,
        digest: Digest,
        by: &str,
    ) -> Result<DayFileRow, DayEndError> {
        if self.file(id).await?.digest != digest {
            return Err(DayEndError::DigestDiffers);
        }
        self.rule(id, FileRuling::Confirm, (by, None)).await
    }

    /// A person turns a file down that waits: it never counts. The same bytes may be
    /// brought again.
    pub async fn reject_file(
        &self,
        id: &RecordId,
        reason: &str,
        by: &str,
    ) -> Result<DayFileRow, DayEndError> {
        self.rule(id, FileRuling::Reject, (by, Some(reason))).await
    }

    async fn rule(
        &self,
        id: &RecordId,
        ruling: FileRuling,
        (by, reason): (&str, Option<&str>),
    ) -> Result<DayFileRow, DayEndError> {
        for _ in 0..TRIES {
            let file = self.file(id).await?;
            let state = match rule_on(standing(&file), ruling, by) {
                Ok(state) => state,
                Err(FileRefusal::Already) => return Ok(file),
                Err(refusal) => return Err(refusal.into()),
            };
            if state == FileState::InForce
                && let Some(newest) = self.overtaken_by(&file).await?
            {
                // Unless it is this one itself, which another person has just confirmed.
                if self.file(id).await?.state != file.state {
                    continue;
                }
                return Err(DayEndError::Overtaken {
                    number: file.number,
                    newest,
                });
            }
            let decided = FileDecided {
                by: by.to_owned(),
                at: self.ports.now(),
                reason: reason.map(str::to_owned),
            };
            let ruled = DayFileRow {
                state,
                decided: Some(decided),
                ..file
            };
            if self.store.decide_day_file(&ruled).await? {
                return Ok(ruled);
            }
        }
        Err(DayEndError::Busy)
    }

    /// What another file in force has replaced does not come back: its number.
    async fn overtaken_by(&self, file: &DayFileRow) -> Result<Option<u32>, DayEndError> {
        let key = DayFileKey {
            date: file.date,
            maker: file.maker,
            party_kind: file.party_kind,
            party: &file.party,
        };
        let newest = self.store.day_file_numbers(key).await?.in_force;
        Ok((newest >= file.number).then_some(newest))
    }
}

fn standing(file: &DayFileRow) -> FileStanding<'_> {
    FileStanding {
        state: file.state,
        brought_by: &file.brought_by,
        decided_by: file.decided.as_ref().map(|decided| decided.by.as_str()),
    }
}
