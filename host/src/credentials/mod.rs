//! Credentials: a citizen shows a short-lived code or is handed to the issuer's
//! own page. Codes are never stored.

mod room;

use guichet_sandbox::contract::credential::{Code, Handoff};
use guichet_sandbox::contract::types::NextStep;

pub use crate::inquiries::NewInquiry as NewCredential;
pub use room::Credentials;

/// What was issued.
#[derive(Debug, Clone)]
pub enum Credential {
    /// Drawn as a code.
    Code(Code),
    /// The issuer's own page.
    Handoff(Handoff),
    /// The citizen answers another question first.
    AskMore(NextStep),
}
