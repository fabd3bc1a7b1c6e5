//! Compiles components: in a limited child process of the host's own program,
//! because the compiler reads foreign bytes. The child limits itself before it
//! opens the component.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::io::AsyncReadExt as _;
use wasmtime::Engine;

use crate::code::{explain, write_private};
use crate::engine;
use crate::settings::Compiler;

/// Largest component that is compiled.
pub(crate) const COMPONENT_BYTES: usize = 64 << 20;
const CPU_SECONDS: u64 = 120;
const ADDRESS_SPACE_BYTES: u64 = 8 << 30;
const FILE_BYTES: u64 = 512 << 20;
const OPEN_FILES: u64 = 64;
const WALL_CLOCK: Duration = Duration::from_secs(180);
/// What is kept of the child's complaint.
const COMPLAINT_BYTES: u64 = 4_096;

/// A component that could not be compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// The compiler said why.
    #[error("the component cannot be compiled: {0}")]
    Component(String),
    /// The child was stopped by one of its limits, or crashed.
    #[error("the compiler was stopped: {0}")]
    Stopped(String),
    /// A file or the child's program could not be used.
    #[error("the compiler's files: {0}")]
    File(#[from] std::io::Error),
}

/// Compiles `input` into `output`: the whole work of the child process. Call it
/// first thing in a command of its own; it limits the whole process.
pub fn compile_main(input: &Path, output: &Path) -> Result<(), CompileError> {
    limit_this_process()?;
    let component = std::fs::read(input)?;
    let engine = engine::compiling().map_err(|error| CompileError::Stopped(explain(&error)))?;
    write_private(output, &compile(&engine, &component)?)?;
    Ok(())
}

pub(crate) fn compile(engine: &Engine, component: &[u8]) -> Result<Vec<u8>, CompileError> {
    if component.len() > COMPONENT_BYTES {
        return Err(CompileError::Component(format!(
            "larger than {COMPONENT_BYTES} bytes"
        )));
    }
    engine
        .precompile_component(component)
        .map_err(|error| CompileError::Component(explain(&error)))
}

fn limit_this_process() -> Result<(), CompileError> {
    let limits = [
        (Resource::Cpu, CPU_SECONDS),
        (Resource::As, ADDRESS_SPACE_BYTES),
        (Resource::Fsize, FILE_BYTES),
        (Resource::Nofile, OPEN_FILES),
        (Resource::Core, 0),
    ];
    for (resource, limit) in limits {
        // A hard limit may already be lower; then lowering to it is enough.
        let hard = rustix::process::getrlimit(resource)
            .maximum
            .unwrap_or(u64::MAX)
            .min(limit);
        setrlimit(
            resource,
            Rlimit {
                current: Some(hard),
                maximum: Some(hard),
            },
        )
        .map_err(std::io::Error::from)?;
    }
    Ok(())
}

/// Runs the compiler from file to file.
pub(crate) async fn run(
    compiler: &Compiler,
    input: &Path,
    output: &Path,
) -> Result<(), CompileError> {
    match compiler {
        Compiler::Child { program, arguments } => {
            let mut command = tokio::process::Command::new(program);
            command.args(arguments).arg(input).arg(output);
            run_child(command).await
        }
        Compiler::InThisProcess => {
            let (input, output) = (input.to_owned(), output.to_owned());
            let work = move || {
                let engine =
                    engine::compiling().map_err(|error| CompileError::Stopped(explain(&error)))?;
                write_private(&output, &compile(&engine, &std::fs::read(&input)?)?)?;
                Ok(())
            };
            let done = tokio::task::spawn_blocking(work).await;
            done.unwrap_or_else(|error| Err(CompileError::Stopped(error.to_string())))
        }
    }
}

async fn run_child(mut command: tokio::process::Command) -> Result<(), CompileError> {
    let mut child = command
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let stderr = child.stderr.take();
    let finish = async {
        let mut complaint = Vec::new();
        if let Some(mut stderr) = stderr {
            (&mut stderr)
                .take(COMPLAINT_BYTES)
                .read_to_end(&mut complaint)
                .await?;
            // The rest is read and dropped, so that the child does not hang on it.
            tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await?;
        }
        Ok::<_, std::io::Error>((child.wait().await?, complaint))
    };
    let Ok(finished) = tokio::time::timeout(WALL_CLOCK, finish).await else {
        return Err(CompileError::Stopped(format!(
            "{} s have passed",
            WALL_CLOCK.as_secs()
        )));
    };
    let (status, complaint) = finished?;
    let complaint = String::from_utf8_lossy(&complaint).trim().to_owned();
    match status.code() {
        Some(0) => Ok(()),
        Some(_) => Err(CompileError::Component(complaint)),
        None => Err(CompileError::Stopped(format!("{status}; {complaint}"))),
    }
}
