//! A simulated bank core that speaks Guichet's protocol for banks
//! (`docs/bank.md`), with faults and a log of what it has really done
//! (`README.md`). Nothing of the product depends on it, and it depends on nothing
//! of the product: it reads the protocol from the document alone.

mod bank;
mod books;
mod fault;
mod keys;
mod order;
mod server;
mod signature;

pub use bank::{Bank, Options};
pub use books::{Custom, Memory};
pub use guichet_stage::Running;
pub use keys::{KeyFolder, KeysError};
pub use server::serve;
