//! Day files as objects: keeping, listing and opening them.

use bytes::Bytes;
use guichet_domain::AccountingDate;
use guichet_domain::id::{BillerId, RecordId};
use guichet_domain::reconciliation::{Line, Maker, PartyKind, Statement, read, read_statement};
use guichet_registry::sign::{sha256, sha256_parts};

use super::{DayEnd, DayEndError};
use crate::objects::Kind;
use crate::seal::Place;
use crate::store::{DayFileKey, DayFileRow};

/// Payment files name accounts of billers: sealed under the house's key.
const SEALED: Place = Place {
    table: "day_files",
    column: "object",
};
/// The form of a sealed file.
pub(super) const PAYMENT_ORDER: &str = "payment_order";
/// The form of a bank's statement.
pub(super) const CAMT053: &str = "camt053";

impl DayEnd {
    /// A day's files as they came, of one party or of all, after the cursor's id.
    pub async fn files(
        &self,
        date: AccountingDate,
        party: Option<&str>,
        after: &str,
        limit: u32,
    ) -> Result<Vec<DayFileRow>, DayEndError> {
        Ok(self.store.day_files(date, party, after, limit).await?)
    }

    /// A file.
    pub async fn file(&self, id: &RecordId) -> Result<DayFileRow, DayEndError> {
        let file = self.store.day_file(id).await?;
        file.ok_or(DayEndError::NotFound)
    }

    /// A file with its bytes, compared with their digest.
    pub async fn content(&self, id: &RecordId) -> Result<(DayFileRow, Bytes), DayEndError> {
        let file = self.file(id).await?;
        let bytes = self.bytes_of(&file).await?;
        Ok((file, bytes))
    }

    /// Keeps a file: the bytes first, so that a row never names what is not there.
    pub(super) async fn keep(&self, file: &DayFileRow, bytes: Bytes) -> Result<(), DayEndError> {
        let kept = if file.form == PAYMENT_ORDER {
            let owner = file.digest.to_string();
            self.store
                .vault()
                .seal_secret(SEALED, &owner, &bytes)?
                .into()
        } else {
            bytes
        };
        self.objects.put(Kind::DayFile, file.digest, kept).await?;
        match self.store.put_day_file(file).await {
            Ok(()) => Ok(()),
            Err(error) if error.is_constraint() => Err(DayEndError::Busy),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn bytes_of(&self, file: &DayFileRow) -> Result<Bytes, DayEndError> {
        let kept = self.objects.get(Kind::DayFile, file.digest).await?;
        let bytes = if file.form == PAYMENT_ORDER {
            let owner = file.digest.to_string();
            self.store
                .vault()
                .open_secret(SEALED, &owner, &kept)?
                .into()
        } else {
            kept
        };
        if sha256(&bytes) == file.digest {
            Ok(bytes)
        } else {
            Err(DayEndError::Objects(crate::objects::ObjectError::Failed(
                file.name.clone(),
                "its bytes are not those of its digest".to_owned(),
            )))
        }
    }

    /// The file of a party that counts for a day.
    pub(super) async fn party_file(
        &self,
        date: AccountingDate,
        party_kind: PartyKind,
        party: &str,
    ) -> Result<Option<DayFileRow>, DayEndError> {
        let key = DayFileKey {
            date,
            maker: Maker::Party,
            party_kind,
            party,
        };
        Ok(self.store.newest_day_file(key).await?)
    }

    /// The lines of a kept file.
    pub(super) async fn lines_of(&self, file: &DayFileRow) -> Result<Vec<Line>, DayEndError> {
        let bytes = self.bytes_of(file).await?;
        Ok(read(&bytes, sha256_parts)?.1)
    }

    /// A kept statement.
    pub(super) async fn statement_of(&self, file: &DayFileRow) -> Result<Statement, DayEndError> {
        let bytes = self.bytes_of(file).await?;
        Ok(read_statement(&bytes)?)
    }

    pub(super) async fn billers_with_file(
        &self,
        date: AccountingDate,
    ) -> Result<Vec<BillerId>, DayEndError> {
        let files = self
            .store
            .party_files_of_day(date, PartyKind::Biller)
            .await?;
        let named = files
            .iter()
            .filter_map(|file| BillerId::new(file.party.as_str()).ok());
        Ok(named.collect())
    }
}
