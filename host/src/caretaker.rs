//! Looks around at intervals: opens work orders about what people must decide,
//! closes those that have settled themselves, carries on what was decided, gives back
//! what expired reservations hold, and finds out when a disk is well again. The rooms
//! themselves never wait.

use std::time::Duration;

use crate::accounts::Accounts;
use crate::store::Store;
use crate::work_orders::WorkOrders;

/// How often.
const EVERY: Duration = Duration::from_secs(10);

/// How often a disk that was full or has failed is tried.
const TRY_EVERY: Duration = Duration::from_secs(1);

/// Tries whether the books can be written again, while they cannot: a node that is
/// not ready is sent nothing that would find it out.
pub async fn try_the_disk(store: Store) {
    let mut ticks = tokio::time::interval(TRY_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if store.is_closed() {
            return;
        }
        if store.trouble().is_some() {
            // How it ended is noted by the writer.
            let _noted = store.try_to_write().await;
        }
    }
}

/// Looks around until the store is closed.
pub async fn watch(store: Store, work_orders: WorkOrders, accounts: Accounts) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if store.is_closed() {
            return;
        }
        match work_orders.sweep().await {
            Ok(swept) if swept == crate::work_orders::Swept::default() => {}
            Ok(swept) => tracing::info!(
                opened = swept.opened,
                closed = swept.closed,
                carried_out = swept.carried_out,
                "work orders were looked after"
            ),
            Err(error) => tracing::warn!(%error, "work orders cannot be looked after"),
        }
        match accounts.end_expired().await {
            Ok(0) => {}
            Ok(ended) => tracing::info!(ended, "expired reservations were given back"),
            Err(error) => tracing::warn!(%error, "expired reservations cannot be given back"),
        }
    }
}
