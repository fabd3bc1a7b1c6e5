//! Clients: the programs that call the API, known by the digest of their token.

use guichet_domain::Moment;
use guichet_domain::id::ClientId;

use super::{Statement, Store, StoreError};

/// A client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredClient {
    /// Its id.
    pub id: ClientId,
    /// For people.
    pub name: String,
    /// What it may do: the API's scopes, separated by spaces.
    pub scopes: String,
}

impl Store {
    /// Adds a client, or gives an existing one a new token.
    pub async fn put_client(
        &self,
        client: &StoredClient,
        token_digest: &[u8],
        now: Moment,
    ) -> Result<(), StoreError> {
        let statement = Statement::new(
            "insert into clients (id, name, scopes, token_digest, created_at) \
             values ($1, $2, $3, $4, $5) \
             on conflict (id) do update set name = excluded.name, scopes = excluded.scopes, \
             token_digest = excluded.token_digest",
            vec![
                client.id.as_str().into(),
                client.name.as_str().into(),
                client.scopes.as_str().into(),
                token_digest.to_vec().into(),
                now.into(),
            ],
        );
        self.write(vec![statement]).await.map(drop)
    }

    /// The client with this token, by the token's digest.
    pub async fn client_by_token(
        &self,
        token_digest: &[u8],
    ) -> Result<Option<StoredClient>, StoreError> {
        let rows = self
            .fetch(
                "select id, name, scopes from clients where token_digest = $1",
                &[token_digest.to_vec().into()],
            )
            .await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        Ok(Some(StoredClient {
            id: row.parsed(0)?,
            name: row.text(1)?.to_owned(),
            scopes: row.text(2)?.to_owned(),
        }))
    }
}
