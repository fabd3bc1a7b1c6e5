//! Compiles what was let in as a node does: in the limited child process of the
//! host's own program, then loaded by the sandbox.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Result;
use guichet_domain::Digest;
use guichet_sandbox::keyring::Secret;
use guichet_sandbox::{CompileError, Compiler, LoadError, Sandbox, Settings};

/// Compiled code is thrown away after so many, so that no disk fills up.
const PER_FOLDER: u32 = 250;

/// What became of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Compiled {
    /// It can be called.
    Loaded,
    /// The compiler or the linker refused it with a reason.
    Refused(String),
    /// The child was stopped by one of its limits, or crashed.
    Stopped,
}

/// One worker's compiler.
pub struct Workshop {
    program: PathBuf,
    runtime: tokio::runtime::Runtime,
    bench: Option<Bench>,
}

struct Bench {
    sandbox: Sandbox,
    left: u32,
    /// Removed with everything in it when the bench is cleared.
    _folder: tempfile::TempDir,
}

impl Workshop {
    /// A workshop with nothing in it yet.
    pub fn new(program: &Path) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        Ok(Self {
            program: program.to_owned(),
            runtime,
            bench: None,
        })
    }

    /// Compiles and loads a component; how it ended and how long it took.
    pub fn compile(&mut self, digest: Digest, component: &[u8]) -> Result<(Compiled, Duration)> {
        let guard = self.runtime.enter();
        let mut bench = match self.bench.take().filter(|bench| bench.left > 0) {
            Some(bench) => bench,
            None => clean_bench(&self.program)?,
        };
        drop(guard);
        bench.left -= 1;
        let begun = Instant::now();
        let loaded = self.runtime.block_on(bench.sandbox.load(digest, component));
        let took = begun.elapsed();
        self.bench = Some(bench);
        let compiled = match loaded {
            Ok(_) => Compiled::Loaded,
            Err(LoadError::Compile(CompileError::Stopped(_))) => Compiled::Stopped,
            Err(
                error @ (LoadError::Compile(CompileError::Component(_)) | LoadError::Contract(_)),
            ) => Compiled::Refused(error.to_string()),
            Err(error) => return Err(error.into()),
        };
        Ok((compiled, took))
    }
}

fn clean_bench(program: &Path) -> Result<Bench> {
    let folder = tempfile::tempdir()?;
    let compiler = Compiler::Child {
        program: program.to_owned(),
        arguments: vec![OsString::from("compile-component")],
    };
    let key = Secret::new([7; 32]);
    let settings = Settings::new(folder.path().join("code"), key, compiler);
    Ok(Bench {
        sandbox: Sandbox::start(settings)?,
        left: PER_FOLDER,
        _folder: folder,
    })
}
