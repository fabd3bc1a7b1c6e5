//! How other programs are run. It knows nothing of what is built.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::BuildError;

/// Runs a program and fails where it fails. Its own output goes to standard
/// error: standard output belongs to the results of whoever asked.
pub(crate) fn run(command: &mut Command) -> Result<(), BuildError> {
    command.stdout(Stdio::from(std::io::stderr()));
    let status = command.status().map_err(|error| BuildError::Start {
        program: name(command),
        error,
    })?;
    if status.success() {
        return Ok(());
    }
    Err(BuildError::Ended {
        program: name(command),
        status,
        said: String::new(),
    })
}

/// Runs a program and gives what it wrote on standard output.
pub(crate) fn output(command: &mut Command) -> Result<String, BuildError> {
    let output = command.output().map_err(|error| BuildError::Start {
        program: name(command),
        error,
    })?;
    if !output.status.success() {
        return Err(BuildError::Ended {
            program: name(command),
            status: output.status,
            said: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        });
    }
    String::from_utf8(output.stdout)
        .map_err(|_| BuildError::Answer(format!("{} wrote no UTF-8", name(command))))
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    let first = command.get_args().next().unwrap_or_default();
    format!(
        "`{} {}`",
        program.to_string_lossy(),
        first.to_string_lossy()
    )
}
