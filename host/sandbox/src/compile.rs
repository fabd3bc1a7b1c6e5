//! Compiles.
use std::path::Path;

/// A component that could not be compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// The compiler said why.
    #[error("the component cannot be compiled: {0}")]
    Component(String),
    /// A file could not be read or written.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
}

/// Compiles `input` into `output`: the whole work of the child process.
pub fn compile_main(_input: &Path, _output: &Path) -> Result<(), CompileError> {
    Err(CompileError::Component("not yet".to_owned()))
}
