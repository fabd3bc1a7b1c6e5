//! Policies from the store. Most installations have none, so whether there are
//! any is looked up once a second, and only then those of each payment.

use std::sync::Mutex;
use std::sync::PoisonError;

use futures::future::BoxFuture;
use guichet_domain::id::{AccountId, ClientId};

use super::ports::PolicyPort;
use crate::ports::Ports;
use crate::store::{Store, StoreError};
use crate::terms::PayerPolicy;

/// A policy counts on every node after so long at the latest.
const KNOWN_FOR_MS: i64 = 1_000;

/// The store's policies.
pub struct StoredPolicies {
    store: Store,
    ports: Ports,
    /// Whether there were any, and when that was looked up.
    any: Mutex<Option<(bool, i64)>>,
}

impl StoredPolicies {
    /// Over this store.
    #[must_use]
    pub const fn new(store: Store, ports: Ports) -> Self {
        Self {
            store,
            ports,
            any: Mutex::new(None),
        }
    }

    async fn are_there_any(&self) -> Result<bool, StoreError> {
        let now_ms = self.ports.clock.steady_ms();
        let known = *self.any.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((any, at)) = known
            && now_ms - at < KNOWN_FOR_MS
        {
            return Ok(any);
        }
        let any = self.store.has_policies().await?;
        *self.any.lock().unwrap_or_else(PoisonError::into_inner) = Some((any, now_ms));
        Ok(any)
    }
}

impl PolicyPort for StoredPolicies {
    fn policy<'a>(
        &'a self,
        client: &'a ClientId,
        account: &'a AccountId,
    ) -> BoxFuture<'a, Result<PayerPolicy, StoreError>> {
        Box::pin(async move {
            if self.are_there_any().await? {
                self.store.payer_policy(client, account).await
            } else {
                Ok(PayerPolicy::default())
            }
        })
    }
}

impl std::fmt::Debug for StoredPolicies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoredPolicies")
    }
}
