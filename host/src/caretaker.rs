//! Looks around at intervals: opens work orders about what people must decide,
//! closes those that have settled themselves, and carries on what was decided.
//! The rooms themselves never wait.

use std::time::Duration;

use crate::store::Store;
use crate::work_orders::WorkOrders;

/// How often.
const EVERY: Duration = Duration::from_secs(10);

/// Looks around until the store is closed.
pub async fn watch(store: Store, work_orders: WorkOrders) {
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
    }
}
