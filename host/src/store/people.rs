//! Tokens of persons who act in the registry, known by their digest. What the
//! persons may do stands in the log.

use guichet_domain::Moment;
use guichet_domain::id::PersonId;

use super::{Statement, Store, StoreError};

impl Store {
    /// Gives a person a token, in place of every earlier one.
    pub async fn set_person_token(
        &self,
        person: &PersonId,
        token_digest: &[u8],
        (now, expires): (Moment, Moment),
    ) -> Result<(), StoreError> {
        let forget = Statement::new(
            "delete from person_tokens where person = $1",
            vec![person.as_str().into()],
        );
        let keep = Statement::new(
            "insert into person_tokens (token_digest, person, created_at, expires_at) \
             values ($1, $2, $3, $4)",
            vec![
                token_digest.to_vec().into(),
                person.as_str().into(),
                now.into(),
                expires.into(),
            ],
        );
        self.write(vec![forget, keep]).await.map(drop)
    }

    /// Takes a person's tokens away.
    pub async fn forget_person_tokens(&self, person: &PersonId) -> Result<(), StoreError> {
        let forget = Statement::new(
            "delete from person_tokens where person = $1",
            vec![person.as_str().into()],
        );
        self.write(vec![forget]).await.map(drop)
    }

    /// The person with this token, by the token's digest.
    pub async fn person_by_token(
        &self,
        token_digest: &[u8],
        now: Moment,
    ) -> Result<Option<PersonId>, StoreError> {
        let rows = self
            .fetch(
                "select person from person_tokens where token_digest = $1 and expires_at > $2",
                &[token_digest.to_vec().into(), now.into()],
            )
            .await?;
        rows.first().map(|row| row.parsed(0)).transpose()
    }
}
