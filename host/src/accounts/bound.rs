//! A subject's saved service accounts: inputs under the citizen's own name for
//! them, sealed. They hold no money and prove nothing to a biller.

use guichet_domain::id::{ClientId, RecordId, ServiceCode, SubjectId};

use crate::page::Page;
use crate::ports::Ports;
use crate::store::{BoundAccount, Store, StoreError};

/// Saved accounts of one subject through one client.
const MOST: u32 = 100;
/// Inputs of one saved account.
const INPUTS: usize = 32;
/// Characters of a name or value.
const CHARACTERS: usize = 256;

/// Why a service account is not saved or found.
#[derive(Debug, thiserror::Error)]
pub enum BoundAccountError {
    /// No name, or one that is too long.
    #[error("a name has 1 to 64 characters")]
    Name,
    /// Too many inputs, or too long ones.
    #[error("at most {INPUTS} inputs of at most {CHARACTERS} characters")]
    Inputs,
    /// The subject has saved enough.
    #[error("at most {MOST} accounts are kept; remove one first")]
    TooMany,
    /// None of that id, or not the caller's.
    #[error("there is no such saved account")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is to be saved.
#[derive(Debug, Clone)]
pub struct NewBoundAccount {
    /// Who calls.
    pub client: ClientId,
    /// Whose.
    pub subject: SubjectId,
    /// At which service.
    pub service: ServiceCode,
    /// The citizen's own name for it.
    pub name: String,
    /// Inputs that fill the service's form.
    pub inputs: Vec<(String, String)>,
}

/// The room of saved service accounts.
#[derive(Debug, Clone)]
pub struct BoundAccounts {
    store: Store,
    ports: Ports,
}

impl BoundAccounts {
    /// The room.
    #[must_use]
    pub const fn new(store: Store, ports: Ports) -> Self {
        Self { store, ports }
    }

    /// Saves an account.
    pub async fn save(&self, new: NewBoundAccount) -> Result<BoundAccount, BoundAccountError> {
        let name_length = new.name.trim().chars().count();
        if !(1..=64).contains(&name_length) || new.name.chars().any(char::is_control) {
            return Err(BoundAccountError::Name);
        }
        let fits = |text: &String| text.chars().count() <= CHARACTERS;
        let all_fit = new
            .inputs
            .iter()
            .all(|(name, value)| fits(name) && fits(value));
        if new.inputs.is_empty() || new.inputs.len() > INPUTS || !all_fit {
            return Err(BoundAccountError::Inputs);
        }
        let saved = self
            .store
            .bound_accounts(&new.client, &new.subject, "", MOST)
            .await?;
        if saved.len() >= MOST as usize {
            return Err(BoundAccountError::TooMany);
        }
        let account = BoundAccount {
            id: self.ports.record_id("ba"),
            client: new.client,
            subject: new.subject,
            service: new.service,
            name: new.name.trim().to_owned(),
            inputs: new.inputs,
            created_at: self.ports.now(),
        };
        self.store.insert_bound_account(&account).await?;
        Ok(account)
    }

    /// A subject's saved accounts, oldest first.
    pub async fn list(
        &self,
        client: &ClientId,
        subject: &SubjectId,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<BoundAccount>, BoundAccountError> {
        let after = cursor.unwrap_or_default();
        let mut items = self
            .store
            .bound_accounts(client, subject, after, limit + 1)
            .await?;
        let full = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next_cursor = items
            .last()
            .filter(|_| full)
            .map(|last| last.id.to_string());
        Ok(Page { items, next_cursor })
    }

    /// Forgets a saved account.
    pub async fn remove(
        &self,
        client: &ClientId,
        subject: &SubjectId,
        id: &RecordId,
    ) -> Result<(), BoundAccountError> {
        let saved = self.store.bound_accounts(client, subject, "", MOST).await?;
        if !saved.iter().any(|account| account.id == *id) {
            return Err(BoundAccountError::NotFound);
        }
        Ok(self.store.delete_bound_account(client, subject, id).await?)
    }
}
