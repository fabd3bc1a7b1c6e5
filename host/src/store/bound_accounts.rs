//! A subject's saved service accounts.

use guichet_domain::Moment;
use guichet_domain::id::{ClientId, RecordId, ServiceCode, SubjectId};
use serde::{Deserialize, Serialize};

use super::{Statement, Store, StoreError};
use crate::seal::{Place, Sealed};

const BODY: Place = Place {
    table: "bound_accounts",
    column: "sealed_body",
};

/// One saved account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundAccount {
    /// Begins with `ba_`.
    pub id: RecordId,
    /// The client it was saved through.
    pub client: ClientId,
    /// Whose.
    pub subject: SubjectId,
    /// At which service.
    pub service: ServiceCode,
    /// The citizen's own name for it.
    pub name: String,
    /// Inputs that fill the service's form.
    pub inputs: Vec<(String, String)>,
    /// Since when.
    pub created_at: Moment,
}

#[derive(Serialize, Deserialize)]
struct Body {
    name: String,
    inputs: Vec<(String, String)>,
}

impl Store {
    /// Saves an account.
    pub async fn insert_bound_account(&self, account: &BoundAccount) -> Result<(), StoreError> {
        let key = self
            .subject_key(&account.subject, account.created_at)
            .await?;
        let body = Body {
            name: account.name.clone(),
            inputs: account.inputs.clone(),
        };
        let statement = Statement::new(
            "insert into bound_accounts (id, client, subject, service, sealed_body, created_at) \
             values ($1, $2, $3, $4, $5, $6)",
            vec![
                account.id.as_str().into(),
                account.client.as_str().into(),
                account.subject.as_str().into(),
                account.service.as_str().into(),
                key.seal(BODY, &body)?.into_bytes().into(),
                account.created_at.into(),
            ],
        );
        self.write(vec![statement]).await.map(drop)
    }

    /// A subject's saved accounts after the cursor, oldest first.
    pub async fn bound_accounts(
        &self,
        client: &ClientId,
        subject: &SubjectId,
        after: &str,
        limit: u32,
    ) -> Result<Vec<BoundAccount>, StoreError> {
        let rows = self
            .fetch(
                "select id, service, sealed_body, created_at from bound_accounts \
                 where client = $1 and subject = $2 and id > $3 order by id limit $4",
                &[
                    client.as_str().into(),
                    subject.as_str().into(),
                    after.into(),
                    limit.into(),
                ],
            )
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let key = self.existing_key(subject).await?;
        rows.iter()
            .map(|row| {
                let body: Body = key.open(BODY, &Sealed::from_bytes(row.bytes(2)?.to_vec()))?;
                Ok(BoundAccount {
                    id: row.parsed(0)?,
                    client: client.clone(),
                    subject: subject.clone(),
                    service: row.parsed(1)?,
                    name: body.name,
                    inputs: body.inputs,
                    created_at: row.moment(3)?,
                })
            })
            .collect()
    }

    /// Forgets a saved account; says nothing about whether it was there.
    pub async fn delete_bound_account(
        &self,
        client: &ClientId,
        subject: &SubjectId,
        id: &RecordId,
    ) -> Result<(), StoreError> {
        let statement = Statement::new(
            "delete from bound_accounts where client = $1 and subject = $2 and id = $3",
            vec![
                client.as_str().into(),
                subject.as_str().into(),
                id.as_str().into(),
            ],
        );
        self.write(vec![statement]).await.map(drop)
    }
}
