//! What is true in the simulated country before anybody pays: who holds which
//! account, and what is owed. All of it follows from the seed by `draw`; what
//! has been paid stands in `ledger`.

mod account;
mod bill;
mod metered;

pub(crate) use account::{Account, Person, Standing};
pub(crate) use bill::{Bill, OPEN};
pub(crate) use metered::{Reading, Tier};

use time::Date;

/// What accounts and bills are derived from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct World {
    /// Another seed is another country.
    pub(crate) seed: u64,
    /// Bills are counted back from this day; it stays while the city runs, so
    /// that amounts do not change at midnight.
    pub(crate) today: Date,
}
