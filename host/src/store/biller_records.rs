//! Records of billers: settlement account, authorisation and contact, sealed
//! under the installation's key and named in the log by their digest.

use guichet_domain::id::BillerId;
use guichet_domain::{Digest, Moment};

use super::{Statement, Store, StoreError};
use crate::seal::Place;

const BODY: Place = Place {
    table: "biller_records",
    column: "sealed_body",
};

impl Store {
    /// Keeps records; one that stands already stays as it is.
    pub async fn put_biller_records(
        &self,
        records: &[(Digest, BillerId, Vec<u8>)],
        now: Moment,
    ) -> Result<(), StoreError> {
        let mut statements = Vec::with_capacity(records.len());
        for (digest, biller, body) in records {
            let digest = digest.to_string();
            let sealed = self.vault().seal_secret(BODY, &digest, body)?;
            statements.push(Statement::new(
                "insert into biller_records (digest, biller, sealed_body, created_at) \
                 values ($1, $2, $3, $4) on conflict (digest) do nothing",
                vec![
                    digest.into(),
                    biller.as_str().into(),
                    sealed.into(),
                    now.into(),
                ],
            ));
        }
        self.write(statements).await.map(drop)
    }

    /// The record of a digest.
    pub async fn biller_record(&self, digest: Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let digest = digest.to_string();
        let rows = self
            .fetch(
                "select sealed_body from biller_records where digest = $1",
                &[digest.as_str().into()],
            )
            .await?;
        let open = |bytes| self.vault().open_secret(BODY, &digest, bytes);
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        Ok(Some(open(row.bytes(0)?)?))
    }
}
