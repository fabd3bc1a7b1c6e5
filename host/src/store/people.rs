//! Tokens of persons who act in the registry, known by their digest. What the
//! persons may do stands in the log.

use guichet_domain::Moment;
use guichet_domain::id::PersonId;

use super::{Statement, Store, StoreError};
use crate::seal::Place;

const DIGEST: Place = Place {
    table: "person_tokens",
    column: "sealed_digest",
};

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
        let owner = owner(person, expires);
        let sealed = self.vault().seal_secret(DIGEST, &owner, token_digest)?;
        let keep = Statement::new(
            "insert into person_tokens \
             (token_digest, person, sealed_digest, created_at, expires_at) \
             values ($1, $2, $3, $4, $5)",
            vec![
                token_digest.to_vec().into(),
                person.as_str().into(),
                sealed.into(),
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

    /// Whether a person was given a token, good or ended, since the register last
    /// made the person known.
    pub async fn had_person_token(&self, person: &PersonId) -> Result<bool, StoreError> {
        let rows = self
            .fetch(
                "select person from person_tokens where person = $1",
                &[person.as_str().into()],
            )
            .await?;
        Ok(!rows.is_empty())
    }

    /// The person with this token, by the token's digest; a row that was not made
    /// here is an error.
    pub async fn person_by_token(
        &self,
        token_digest: &[u8],
        now: Moment,
    ) -> Result<Option<PersonId>, StoreError> {
        let rows = self
            .fetch(
                "select person, expires_at, sealed_digest from person_tokens \
                 where token_digest = $1 and expires_at > $2",
                &[token_digest.to_vec().into(), now.into()],
            )
            .await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let person: PersonId = row.parsed(0)?;
        let owner = owner(&person, row.moment(1)?);
        let sealed = self.vault().open_secret(DIGEST, &owner, row.bytes(2)?)?;
        if sealed == token_digest {
            Ok(Some(person))
        } else {
            Err(StoreError::Shape(2))
        }
    }
}

fn owner(person: &PersonId, expires: Moment) -> String {
    format!("{person}/{}", expires.micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_token_that_has_ended_is_no_gap_for_somebody_else() {
        let folder = tempfile::tempdir().unwrap();
        let vault = crate::seal::Vault::open(&folder.path().join("vault.key")).unwrap();
        let location = crate::store::Location::Sqlite(folder.path().join("guichet.db"));
        let store = Store::open(&location, vault, "n1").await.unwrap();
        let rita: PersonId = "rita".parse().unwrap();
        let now = "2026-11-22T08:00:00Z".parse::<Moment>().unwrap();
        assert!(!store.had_person_token(&rita).await.unwrap());
        let life = (now, now.plus_ms(1_000));
        store.set_person_token(&rita, &[7; 32], life).await.unwrap();
        let later = now.plus_ms(2_000);
        let nobody = store.person_by_token(&[7; 32], later).await.unwrap();
        assert_eq!(nobody, None, "it opens nothing any more");
        assert!(store.had_person_token(&rita).await.unwrap());
        // Who is removed and named again, by two, begins anew.
        store.forget_person_tokens(&rita).await.unwrap();
        assert!(!store.had_person_token(&rita).await.unwrap());
    }
}
