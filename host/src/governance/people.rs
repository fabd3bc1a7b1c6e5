//! How persons prove who they are: a token, known here by its digest. What they
//! may do stands in the register.

use guichet_domain::id::PersonId;
use guichet_registry::register::{Person, Refusal};

use super::{Governance, GovernanceError};

/// How long a token is good.
const TOKEN_DAYS: i64 = 90;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

impl Governance {
    /// A new token for a person of the register, in place of every earlier one.
    pub async fn issue_token(&self, person: &PersonId) -> Result<String, GovernanceError> {
        if self.read(|register| register.known_person(person).is_none()) {
            let nobody = format!("nobody is called {person}");
            return Err(Refusal::NotFound(nobody).into());
        }
        let mut bytes = [0; 24];
        self.ports.random.fill(&mut bytes);
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let token = format!("gp_{digits}");
        self.keep_token(person, &token).await?;
        Ok(token)
    }

    /// Whether a person was given a token since two have named the person. One
    /// that has ended counts: else an administrator could wait for it, or put a
    /// clock forward, and be two of the staff.
    pub async fn had_token(&self, person: &PersonId) -> Result<bool, GovernanceError> {
        Ok(self.store.had_person_token(person).await?)
    }

    /// Takes a token as the person's.
    pub async fn keep_token(&self, person: &PersonId, token: &str) -> Result<(), GovernanceError> {
        let now = self.ports.now();
        let until = now.plus_ms(TOKEN_DAYS * DAY_MS);
        let digest = guichet_registry::sign::sha256(token.as_bytes());
        let kept = self
            .store
            .set_person_token(person, digest.as_bytes(), (now, until));
        Ok(kept.await?)
    }

    /// Who holds the token of this digest, if the register still knows them.
    pub async fn person_by_token(
        &self,
        token_digest: &[u8; 32],
    ) -> Result<Option<(PersonId, Person)>, GovernanceError> {
        let now = self.ports.now();
        let Some(id) = self.store.person_by_token(token_digest, now).await? else {
            return Ok(None);
        };
        let person = self.read(|register| register.known_person(&id).cloned());
        Ok(person.map(|person| (id, person)))
    }
}
