//! How it is told that the books cannot be read or written now. What was in the
//! way stands in the log.

use super::{Code, Problem, Text};
use crate::store::{StoreError, Trouble};

/// A disk is not mended sooner.
const STORAGE_RETRY_SECONDS: u32 = 5;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if let Some(trouble) = error.trouble() {
            // The writer has told it once, aloud.
            tracing::debug!(%error, "the disk was in the way of a request");
            return without_storage(trouble);
        }
        if error.is_temporary() {
            tracing::warn!(%error, "the store could not serve a request");
            return Self::new(Code::Overloaded)
                .with_retry_after(1)
                .with_detail(Text::new(
                    "账务数据库暂时没有应答。请稍后原样重发（幂等键不变），不会重复缴费。",
                    "The books do not answer just now. Send the same request again a little \
                     later, with the same key: nothing is paid twice.",
                ));
        }
        Self::internal(error)
    }
}

/// Nothing was acknowledged; the same request may come again.
fn without_storage(trouble: Trouble) -> Problem {
    let code = match trouble {
        Trouble::Full => Code::StorageFull,
        Trouble::Failing => Code::StorageFailing,
    };
    Problem::new(code)
        .with_retry_after(STORAGE_RETRY_SECONDS)
        .with_detail(Text::new(
            "本次请求没有受理；请稍后用同一个幂等键原样重发，不要换新的键。运维人员已收到告警。",
            "This request was not accepted. Send it again later, unchanged and with the same \
             idempotency key, not with a new one. The operator is told.",
        ))
}
