//! JSON by RFC 8259, as much as billers need of it. Reading keeps numbers as
//! text and borrows from the source; nothing here knows the mapping.

mod read;
mod skip;
mod write;

pub use read::{SyntaxError, parse};
pub use skip::members;
pub use write::{is_number, write};
