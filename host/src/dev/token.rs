//! Tokens of the demo citizen's client and of the people.

use anyhow::{Context as _, Result};

/// A token that nobody can guess, of a form that tells what it is for.
pub(super) fn new_token(kind: &str) -> Result<String> {
    let mut bytes = [0; 24];
    aws_lc_rs::rand::fill(&mut bytes).context("the system's randomness")?;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{kind}_{digits}"))
}
