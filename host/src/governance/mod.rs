//! What people decide about publishers, billers and releases: the use cases
//! around the register. Whether an act is lawful is the register's matter; what
//! an approved release does at the counter is `plugins`'.

mod billers;
mod error;
mod installation;
mod people;
mod releases;
mod review;
mod secrets;
mod watch;

use guichet_registry::register::{Act, Actor, PersonAct, ProposalAct, Register};

pub use billers::{Application, Authorisation, Settlement};
pub use error::GovernanceError;
pub use installation::{Installed, credit_code};
pub use review::{Reviewed, Waiting};
pub use watch::watch;

use crate::log::{Entered, Log};
use crate::objects::Objects;
use crate::ports::Ports;
use crate::store::Store;

/// The use cases around the register. Cheap to clone.
#[derive(Clone)]
pub struct Governance {
    log: Log,
    store: Store,
    objects: Objects,
    ports: Ports,
}

impl Governance {
    /// Over these.
    #[must_use]
    pub const fn new(log: Log, store: Store, objects: Objects, ports: Ports) -> Self {
        Self {
            log,
            store,
            objects,
            ports,
        }
    }

    /// The log that everything is written down in.
    #[must_use]
    pub const fn log(&self) -> &Log {
        &self.log
    }

    /// Where bundles, reports and day files are kept.
    #[must_use]
    pub const fn objects(&self) -> &Objects {
        &self.objects
    }

    /// Looks at the register.
    pub fn read<T>(&self, look: impl FnOnce(&Register) -> T) -> T {
        self.log.read(look)
    }

    /// Now, by the clock of this node.
    #[must_use]
    pub fn now(&self) -> guichet_domain::Moment {
        self.ports.now()
    }

    /// Enters one act: it takes effect, or waits for a second person. Whatever
    /// people enter passes here, and with it the check of what they grant.
    pub async fn enter(&self, by: &Actor, act: impl Into<Act>) -> Result<Entered, GovernanceError> {
        let act = act.into();
        self.check_granted(by, &act).await?;
        let removed = match &act {
            Act::Person(PersonAct::Removed { person }) => Some(person.clone()),
            _ => None,
        };
        let entered = self.log.enter(by, vec![act]).await?[0];
        // Who is removed and comes back later begins without the old token.
        if let (Some(person), Entered::Done(_)) = (removed, entered) {
            self.store.forget_person_tokens(&person).await?;
        }
        Ok(entered)
    }

    /// A second person agrees to what a first one has proposed.
    pub async fn agree(&self, by: &Actor, proposal: u64) -> Result<Entered, GovernanceError> {
        self.enter(by, ProposalAct::Agreed { proposal }).await
    }
}
