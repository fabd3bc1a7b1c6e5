//! The time, as the host's transcript records it.

use crate::date::Moment;
use crate::host;

/// Now.
#[must_use]
pub fn now() -> Moment {
    Moment::from_unix_ms(host::clock::now())
}
