//! Why certification found nothing out. What it does find out stands in the
//! report.

use guichet_sandbox::{LoadError, StartError};

/// Certification could not be done.
#[derive(Debug, thiserror::Error)]
pub enum CertificationError {
    /// The sandbox cannot start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The component cannot be loaded.
    #[error("the component cannot be loaded: {0}")]
    Load(#[from] LoadError),
    /// This program cannot be found or used.
    #[error("this program cannot compile components: {0}")]
    Program(std::io::Error),
    /// The test biller's sockets cannot be had.
    #[error("the test biller cannot be set up: {0}")]
    Stage(std::io::Error),
    /// The release cannot be bound to the test biller.
    #[error("the release cannot be bound: {0}")]
    Binding(String),
    /// A recording came to no good end.
    #[error("nothing was recorded: {0}")]
    Recording(String),
}
