//! What the simulated bank and the simulated country stand on: a server that can
//! break off in the middle, faults that wait for their request, and a journal that
//! outlives a killed program. Who is played, the parties themselves know. Nothing
//! of the product depends on it, and it depends on nothing of the product.

mod body;
mod ending;
mod fault;
mod journal;
mod server;
mod stream;

pub use body::{Extent, Outgoing, Stopped, answer, plain};
pub use ending::Ending;
pub use fault::{Faults, Rule, TooMany};
pub use journal::Journal;
pub use server::{BrokenOff, Call, Party, Running, serve};
pub use stream::Breaker;
