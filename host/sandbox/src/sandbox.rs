//! The sandbox.
use guichet_domain::Digest;

use crate::binding::Binding;
use crate::call::{Call, CallError, EffectState, Report};
use crate::compile::CompileError;
use crate::plugin::Plugin;
use crate::ports::Ports;
use crate::replay::Replay;
use crate::settings::Settings;
use crate::transcript::Transcript;

/// A sandbox that cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The engine refused its settings.
    #[error("the engine cannot start: {0}")]
    Engine(String),
    /// The folder of compiled code cannot be used.
    #[error("the folder of compiled code {0}: {1}")]
    Folder(String, std::io::Error),
    /// A trusted root cannot be read.
    #[error("trusted roots: {0}")]
    Roots(String),
}

/// A component that cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The bytes are not those the digest names.
    #[error("the component's digest is {actual}, expected {expected}")]
    Digest {
        /// What was asked for.
        expected: Digest,
        /// What came.
        actual: Digest,
    },
    /// The compiler failed.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// It imports what the contract does not have, or is no component.
    #[error("the component does not fit the contract: {0}")]
    Contract(String),
    /// No compiled code of this digest is kept here.
    #[error("no compiled code for {0}")]
    NotCompiled(Digest),
    /// Compiled code could not be read or written.
    #[error("compiled code: {0}")]
    File(#[from] std::io::Error),
    /// Compiled code was changed by somebody else.
    #[error("the seal of the compiled code for {0} is broken")]
    Seal(Digest),
}

/// Runs plugins. Cheap to clone.
#[derive(Clone)]
pub struct Sandbox {}

impl Sandbox {
    /// Starts engine, pool and ticker.
    pub fn start(_settings: Settings) -> Result<Self, StartError> {
        Ok(Self {})
    }

    /// Loads a component, compiling it where no compiled code is kept.
    pub async fn load(&self, digest: Digest, _component: &[u8]) -> Result<Plugin, LoadError> {
        Err(LoadError::NotCompiled(digest))
    }

    /// Loads compiled code that is kept already.
    pub fn load_precompiled(&self, digest: Digest) -> Result<Plugin, LoadError> {
        Err(LoadError::NotCompiled(digest))
    }

    /// Calls a plugin in a fresh instance.
    pub async fn call(&self, _plugin: &Plugin, _binding: &Binding, _ports: &Ports, _call: Call) -> Report {
        Report {
            result: Err(CallError::Shutdown),
            effect: EffectState::None,
            complete_answers: 0,
            log: Vec::new(),
            log_dropped: 0,
            fuel_used: 0,
            elapsed: std::time::Duration::ZERO,
            transcript: None,
        }
    }

    /// Runs a recorded call again, without network and ports.
    pub async fn replay(&self, _plugin: &Plugin, _transcript: &Transcript) -> Replay {
        Replay { difference: None, interrupted: true }
    }

    /// Refuses new calls and waits for running ones, at most `grace`.
    pub async fn shutdown(&self, _grace: std::time::Duration) {}
}
