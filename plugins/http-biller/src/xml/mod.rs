//! XML as billers' envelopes use it: elements, attributes, text, CDATA and the
//! five named entities. No document types, no external entities, so nothing in
//! an answer can make the reader fetch or multiply anything. Namespace prefixes
//! are dropped: envelopes tell their elements apart by local name.

mod read;
mod write;

pub use read::parse;
pub use write::write;
