//! `guichet-planted`: the host's command line with the mistake switched on that
//! `GUICHET_PLANTED` names. Built only with the feature `planted-bugs`.

use std::process::ExitCode;

use guichet_domain::planted::{Bug, plant};

/// Names the mistake.
const VARIABLE: &str = "GUICHET_PLANTED";

fn main() -> ExitCode {
    let name = std::env::var(VARIABLE).unwrap_or_default();
    match Bug::ALL.iter().find(|bug| bug.name() == name) {
        Some(bug) => plant(*bug),
        // A control run without its mistake would prove nothing.
        None => return ExitCode::from(2),
    }
    guichet::cli::main()
}
