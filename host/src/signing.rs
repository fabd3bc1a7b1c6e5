//! When the audit log is signed: a moment after something was committed, and not
//! while nothing happens. What is signed is `audit`'s.

use std::time::Duration;

use crate::audit::{Audit, AuditError};

/// What is committed within this time shares one tree head. Together with the
/// signing itself it stays well below the second that receipts promise.
const TOGETHER: Duration = Duration::from_millis(200);
/// How long a database that does not answer is left alone.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Signs for as long as the node runs, or until the log is found altered.
pub async fn watch(audit: Audit) {
    let mut growth = audit.growth();
    loop {
        growth.mark_unchanged();
        match audit.sign().await {
            Ok(_) => {
                if growth.changed().await.is_err() {
                    return;
                }
                tokio::time::sleep(TOGETHER).await;
            }
            Err(error @ AuditError::Altered { .. }) => {
                tracing::error!(%error, "the audit log is not signed any more");
                return;
            }
            Err(error) => {
                tracing::warn!(%error, "the audit log could not be signed; it is tried again");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
    }
}

/// Signs what the last payments of this node have left.
pub async fn finish(audit: &Audit) {
    if let Err(error) = audit.sign().await {
        tracing::warn!(%error, "the end of the audit log is signed at the next start");
    }
}
