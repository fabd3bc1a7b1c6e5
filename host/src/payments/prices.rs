//! What a payment costs its client, by the prices that the operator has agreed
//! with it. Lists are read from the store and kept for a second. Books nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use guichet_domain::id::ClientId;
use guichet_domain::{Moment, Money};

use crate::ports::Ports;
use crate::store::{Store, StoreError};
use crate::terms::Terms;
use crate::terms::price::{ClientFee, PriceList, client_fee};

/// New prices count on every node after so long at the latest.
const KNOWN_FOR_MS: i64 = 1_000;
/// Clients whose prices are kept; beyond it all are read anew.
const MOST: usize = 1_024;

/// A client's prices, where it has any, and when they were read.
type Known = (Option<Arc<PriceList>>, i64);

/// The prices of all clients.
pub(super) struct ClientPrices {
    store: Store,
    ports: Ports,
    known: Mutex<BTreeMap<ClientId, Known>>,
}

impl ClientPrices {
    pub(super) const fn new(store: Store, ports: Ports) -> Self {
        Self {
            store,
            ports,
            known: Mutex::new(BTreeMap::new()),
        }
    }

    /// What a payment of `total` costs the client; none where it is free.
    pub(super) async fn fee(
        &self,
        client: &ClientId,
        terms: &Terms,
        total: Money,
        now: Moment,
    ) -> Result<Option<ClientFee>, StoreError> {
        let list = self.list(client, now).await?;
        Ok(list.and_then(|list| client_fee(&list, &terms.service, &terms.category, total)))
    }

    async fn list(
        &self,
        client: &ClientId,
        now: Moment,
    ) -> Result<Option<Arc<PriceList>>, StoreError> {
        let steady_ms = self.ports.clock.steady_ms();
        let known = self.known().get(client).cloned();
        if let Some((list, read_at)) = known
            && steady_ms - read_at < KNOWN_FOR_MS
        {
            return Ok(list);
        }
        let list = self.store.client_prices(client, now).await?.map(Arc::new);
        let mut known = self.known();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(client.clone(), (list.clone(), steady_ms));
        Ok(list)
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<ClientId, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
