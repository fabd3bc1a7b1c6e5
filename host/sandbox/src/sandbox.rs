//! The sandbox as the host sees it: start, load, call, replay, shut down. How a
//! call runs stands in `run`.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest;
use guichet_domain::Digest;
use tokio::sync::{Semaphore, watch};
use wasmtime::Engine;
use wasmtime::component::{HasSelf, Linker};

use crate::code::{CodeFolder, explain, write_private};
use crate::compile::{self, CompileError};
use crate::contract::Everything;
use crate::egress::Egress;
use crate::engine::{self, Ticker};
use crate::plugin::{Plugin, Seal};
use crate::settings::Settings;
use crate::state::CallState;

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
    /// The ticker's thread cannot start.
    #[error("the ticker cannot start: {0}")]
    Ticker(std::io::Error),
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
pub struct Sandbox {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) settings: Settings,
    pub(crate) engine: Engine,
    pub(crate) linker: Arc<Linker<CallState>>,
    pub(crate) egress: Arc<Egress>,
    pub(crate) places: Semaphore,
    pub(crate) stopping: watch::Sender<Stopping>,
    code: Arc<CodeFolder>,
    compilations: Semaphore,
    _ticker: Ticker,
}

/// For calls that were stopped.
const LAST_GRACE: Duration = Duration::from_secs(1);

/// How far a shutdown has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stopping {
    No,
    /// New calls are refused.
    Draining,
    /// Running calls are stopped.
    Now,
}

impl Sandbox {
    /// Starts engine, pool and ticker.
    pub fn start(settings: Settings) -> Result<Self, StartError> {
        let engine = engine::calling(&settings).map_err(|error| engine_error(&error))?;
        let mut linker = Linker::new(&engine);
        Everything::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state)
            .map_err(|error| engine_error(&error))?;
        let code = CodeFolder::open(&settings.code_folder, &settings.seal_key, &engine).map_err(
            |error| StartError::Folder(settings.code_folder.display().to_string(), error),
        )?;
        let egress = Egress::new(settings.egress.clone()).map_err(StartError::Roots)?;
        let ticker = Ticker::start(&engine).map_err(StartError::Ticker)?;
        let inner = Inner {
            linker: Arc::new(linker),
            egress: Arc::new(egress),
            places: Semaphore::new(settings.calls as usize),
            stopping: watch::channel(Stopping::No).0,
            code: Arc::new(code),
            compilations: Semaphore::new(settings.compilations.max(1) as usize),
            _ticker: ticker,
            engine,
            settings,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Loads a component, compiling it where no compiled code is kept. Compiled
    /// code whose seal is broken is thrown away and made anew.
    pub async fn load(&self, digest: Digest, component: &[u8]) -> Result<Plugin, LoadError> {
        let actual = digest_of(component);
        if actual != digest {
            return Err(LoadError::Digest {
                expected: digest,
                actual,
            });
        }
        let path = self.inner.code.path(digest);
        if path.exists() {
            match self.inner.code.check_seal(digest, &path) {
                Ok(()) => return self.plugin(digest, &path, Seal::Checked),
                Err(error) => {
                    tracing::warn!(%digest, %error, "compiled code is made anew");
                    self.inner.code.forget(digest);
                }
            }
        }
        let path = self.compile(digest, component).await?;
        self.plugin(digest, &path, Seal::Checked)
    }

    /// Maps compiled code that is kept already, in a tenth of a millisecond; its
    /// seal is checked before its first call.
    pub fn load_precompiled(&self, digest: Digest) -> Result<Plugin, LoadError> {
        let file = self.inner.code.path(digest);
        if !file.exists() {
            return Err(LoadError::NotCompiled(digest));
        }
        let seal = Seal::Unchecked {
            folder: Arc::clone(&self.inner.code),
            file: file.clone(),
        };
        self.plugin(digest, &file, seal)
    }

    /// Refuses new calls, waits for the running ones at most `grace`, then stops
    /// them.
    pub async fn shutdown(&self, grace: Duration) {
        self.inner.stopping.send_replace(Stopping::Draining);
        let all = self.inner.settings.calls;
        let drained = self.inner.places.acquire_many(all);
        if tokio::time::timeout(grace, drained).await.is_err() {
            self.inner.stopping.send_replace(Stopping::Now);
            // A stopped call ends at its guest's next tick.
            let ended = self.inner.places.acquire_many(all);
            if tokio::time::timeout(LAST_GRACE, ended).await.is_err() {
                tracing::warn!("calls are still running after the node was stopped");
            }
        }
    }

    fn plugin(&self, digest: Digest, path: &Path, seal: Seal) -> Result<Plugin, LoadError> {
        let component = self.inner.code.map(&self.inner.engine, path)?;
        let checked = matches!(seal, Seal::Checked);
        let plugin = Plugin::new(digest, component, Arc::clone(&self.inner.linker), seal);
        if checked {
            plugin
                .ready()
                .map_err(|error| LoadError::Contract(error.to_string()))?;
        }
        Ok(plugin)
    }

    async fn compile(
        &self,
        digest: Digest,
        component: &[u8],
    ) -> Result<std::path::PathBuf, LoadError> {
        let _place = self
            .inner
            .compilations
            .acquire()
            .await
            .map_err(std::io::Error::other)?;
        let folder = &self.inner.code;
        let input = folder.scratch(digest, "wasm")?;
        let output = folder.scratch(digest, "part")?;
        write_private(&input, component)?;
        let compiled = compile::run(&self.inner.settings.compiler, &input, &output).await;
        let adopted = compiled
            .map_err(LoadError::from)
            .and_then(|()| folder.adopt(digest, &output));
        // Whatever became of it, the scratch files are not needed any more.
        let _ = std::fs::remove_file(&input);
        let _ = std::fs::remove_file(&output);
        adopted
    }
}

/// The SHA-256 digest that names these bytes.
#[must_use]
pub fn digest_of(bytes: &[u8]) -> Digest {
    let digest = digest::digest(&digest::SHA256, bytes);
    let mut array = [0; 32];
    array.copy_from_slice(digest.as_ref());
    Digest::from_bytes(array)
}

/// An engine of its own with exactly the settings that calls run under, but
/// without a ticker: what benches compare a call with. Nothing here uses it.
pub fn bare_engine(settings: &Settings) -> Result<Engine, StartError> {
    engine::calling(settings).map_err(|error| engine_error(&error))
}

fn engine_error(error: &wasmtime::Error) -> StartError {
    StartError::Engine(explain(error))
}
