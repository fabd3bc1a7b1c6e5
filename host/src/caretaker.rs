//! Looks around at intervals: opens work orders about what people must decide,
//! closes those that have settled themselves, carries on what was decided, and gives
//! back what expired reservations hold.
//! The rooms themselves never wait.

use std::time::Duration;

use crate::accounts::Accounts;
use crate::store::Store;
use crate::work_orders::WorkOrders;

/// How often.
const EVERY: Duration = Duration::from_secs(10);

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
