//! Settings of the sandbox, given once at start.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::keyring::Secret;
use crate::limits::Limits;

/// How components become machine code.
#[derive(Debug, Clone)]
pub enum Compiler {
    /// In a limited child process: the command with two more arguments, the
    /// component's file and the file to write. That command calls
    /// [`crate::compile_main`].
    Child {
        /// The program, usually the host's own executable.
        program: PathBuf,
        /// Its leading arguments, for example `compile-component`.
        arguments: Vec<OsString>,
    },
    /// In this process, without limits: for tests and benches of trusted code.
    InThisProcess,
}

/// Settings of the sandbox.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Private folder of compiled code; made with mode 0700 where it is missing.
    pub code_folder: PathBuf,
    /// Seals compiled code (HMAC-SHA256): 32 random bytes that outlive the node.
    pub seal_key: Secret,
    /// How components become machine code.
    pub compiler: Compiler,
    /// Compilations that run at once.
    pub compilations: u32,
    /// Calls that run at once on this node.
    pub calls: u32,
    /// How long a call waits for one of these places.
    pub wait_ms: u32,
    /// The most that any binding is given; sizes the pool.
    pub ceiling: Limits,
    /// Egress.
    pub egress: EgressSettings,
}

impl Settings {
    /// Usual values: two compilations and 256 calls at once.
    #[must_use]
    pub fn new(code_folder: PathBuf, seal_key: Secret, compiler: Compiler) -> Self {
        Self {
            code_folder,
            seal_key,
            compiler,
            compilations: 2,
            calls: 256,
            wait_ms: 2_000,
            ceiling: Limits::ceiling(),
            egress: EgressSettings::default(),
        }
    }
}

/// Settings of outgoing HTTP.
#[derive(Debug, Clone)]
pub struct EgressSettings {
    /// From the name to a connection, TLS included.
    pub connect_ms: u32,
    /// Idle connections kept for each origin and network.
    pub idle_per_origin: usize,
    /// Origins with idle connections.
    pub idle_origins: usize,
    /// How long a connection may idle. Shorter than what servers usually allow,
    /// so that few requests meet a connection that is being closed.
    pub idle_ms: u32,
    /// How long a connection may live, so that a changed address is noticed.
    pub life_ms: u32,
    /// Header fields of an answer.
    pub headers: usize,
    /// Bytes of an answer's head.
    pub head_bytes: usize,
    /// Further trusted roots (DER), beside the web's own.
    pub extra_roots: Vec<Vec<u8>>,
}

impl Default for EgressSettings {
    fn default() -> Self {
        Self {
            connect_ms: 3_000,
            idle_per_origin: 64,
            idle_origins: 4_096,
            idle_ms: 10_000,
            life_ms: 60_000,
            headers: 64,
            head_bytes: 32 << 10,
            extra_roots: Vec::new(),
        }
    }
}
