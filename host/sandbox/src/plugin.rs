//! A loaded component: its code, what it exports and imports. Code from the
//! folder is mapped at once and checked against its seal before its first call.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use guichet_domain::Digest;
use wasmtime::component::{Component, InstancePre, Linker};

use crate::call::CallError;
use crate::code::{self, CodeFolder};
use crate::contract::{bill_payment, credential, inquiry};
use crate::kind::Kind;
use crate::state::CallState;

/// A loaded component. Cheap to clone.
#[derive(Clone)]
pub struct Plugin {
    inner: Arc<Inner>,
}

struct Inner {
    digest: Digest,
    component: Component,
    linker: Arc<Linker<CallState>>,
    seal: Seal,
    ready: OnceLock<Result<Ready, String>>,
}

/// Whether the code was checked already.
pub(crate) enum Seal {
    /// Checked while it was loaded.
    Checked,
    /// To be checked before the first call.
    Unchecked {
        folder: Arc<CodeFolder>,
        file: PathBuf,
    },
}

/// What is found out once, before the first call.
pub(crate) struct Ready {
    pub(crate) instance: InstancePre<CallState>,
    pub(crate) bill_payment: Option<bill_payment::GuestIndices>,
    pub(crate) inquiry: Option<inquiry::GuestIndices>,
    pub(crate) credential: Option<credential::GuestIndices>,
}

impl Plugin {
    pub(crate) fn new(
        digest: Digest,
        component: Component,
        linker: Arc<Linker<CallState>>,
        seal: Seal,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                digest,
                component,
                linker,
                seal,
                ready: OnceLock::new(),
            }),
        }
    }

    /// The component's digest.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.inner.digest
    }

    /// The service kinds that the component really exports.
    #[must_use]
    pub fn kinds(&self) -> Vec<Kind> {
        let exports = self.exports();
        Kind::ALL
            .into_iter()
            .filter(|kind| {
                let name = format!("guichet:service/{kind}@{}", crate::contract::VERSION);
                exports.contains(&name)
            })
            .collect()
    }

    /// Names of everything that the component exports.
    #[must_use]
    pub fn exports(&self) -> Vec<String> {
        let component = &self.inner.component;
        let exports = component.component_type();
        exports
            .exports(component.engine())
            .map(|(name, _)| name.to_owned())
            .collect()
    }

    /// Names of everything that the component imports.
    #[must_use]
    pub fn imports(&self) -> Vec<String> {
        let component = &self.inner.component;
        let imports = component.component_type();
        imports
            .imports(component.engine())
            .map(|(name, _)| name.to_owned())
            .collect()
    }

    /// The component ready to be called; prepared at the first question.
    pub(crate) fn ready(&self) -> Result<&Ready, CallError> {
        let ready = self.inner.ready.get_or_init(|| self.inner.prepare());
        ready
            .as_ref()
            .map_err(|reason| CallError::Code(reason.clone()))
    }
}

impl Inner {
    fn prepare(&self) -> Result<Ready, String> {
        if let Seal::Unchecked { folder, file } = &self.seal {
            folder
                .check_seal(self.digest, file)
                .map_err(|error| error.to_string())?;
        }
        let instance = self
            .linker
            .instantiate_pre(&self.component)
            .map_err(|error| code::explain(&error))?;
        Ok(Ready {
            bill_payment: bill_payment::GuestIndices::new(&instance).ok(),
            inquiry: inquiry::GuestIndices::new(&instance).ok(),
            credential: credential::GuestIndices::new(&instance).ok(),
            instance,
        })
    }
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Plugin({})", self.inner.digest)
    }
}
