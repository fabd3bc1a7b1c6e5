//! The one place where an error becomes an HTTP answer: RFC 9457 problem
//! documents with a stable code, field errors and what a client may do next.
//! It decides nothing about the rooms' rules; it words their refusals.

mod accounts;
mod code;
mod day_end;
mod governance;
mod problem;
mod rooms;
mod store;
mod text;

pub use code::{Code, Retry};
pub use problem::{FieldError, Problem, ProblemBody};
pub use text::Text;
