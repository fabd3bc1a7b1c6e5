//! Certification: plays a release's scenarios to it in the production sandbox,
//! breaks every exchange in every way a network can, and reports what the
//! plugin said and what the host would have believed. Stores nothing, admits
//! nothing, and decides nothing about a release but whether it passes.

mod candidate;
mod drill;
mod errand;
mod error;
mod examine;
mod expectation;
mod judge;
mod player;
mod record;
mod shown;
mod stage;

use std::ffi::OsString;
use std::path::Path;

use guichet_registry::certification::{Depth, Report};
use guichet_registry::scenario::Scenario;
use guichet_sandbox::keyring::Secret;
use guichet_sandbox::{Compiler, Sandbox, Settings};

pub use candidate::Candidate;
pub use error::CertificationError;
use player::Player;

/// Certifies releases. Cheap to clone.
#[derive(Clone)]
pub struct Certifier {
    sandbox: Sandbox,
}

/// Where a scenario is recorded from: a test system of the biller's.
pub type Origins = std::collections::BTreeMap<
    guichet_domain::id::EndpointName,
    guichet_registry::binding::EndpointBinding,
>;

impl Certifier {
    /// Over a sandbox that runs already.
    #[must_use]
    pub const fn new(sandbox: Sandbox) -> Self {
        Self { sandbox }
    }

    /// With a sandbox of its own that keeps compiled code in `folder` and
    /// compiles in a limited child process of this program, as a node does.
    pub fn local(folder: &Path) -> Result<Self, CertificationError> {
        let program = std::env::current_exe().map_err(CertificationError::Program)?;
        let compiler = Compiler::Child {
            program,
            arguments: vec![OsString::from("compile-component")],
        };
        let mut key = vec![0; 32];
        aws_lc_rs::rand::fill(&mut key)
            .map_err(|_| CertificationError::Program(std::io::Error::other("no randomness")))?;
        let settings = Settings::new(folder.to_owned(), Secret::new(key), compiler);
        Ok(Self::new(Sandbox::start(settings)?))
    }

    /// Plays the scenarios as they were recorded, without faults: quick, for
    /// `guichet plugin test`. Such a report certifies nothing.
    pub async fn rehearse(&self, candidate: &Candidate<'_>) -> Result<Report, CertificationError> {
        self.report(candidate, Depth::Baseline).await
    }

    /// Plays the scenarios and the whole drill. What is wrong with the release
    /// stands in the report; an error means that nothing was found out.
    pub async fn certify(&self, candidate: &Candidate<'_>) -> Result<Report, CertificationError> {
        self.report(candidate, Depth::Drill).await
    }

    /// Runs a draft's calls live against `origins` and gives the scenario with
    /// the exchanges that took place. The draft says service, inputs, payment,
    /// keys and credentials; its exchanges are thrown away. Without a payment
    /// in the draft nothing is paid.
    pub async fn record(
        &self,
        candidate: &Candidate<'_>,
        draft: &Scenario,
        origins: &Origins,
    ) -> Result<Scenario, CertificationError> {
        let plugin = self.load(candidate).await?;
        let player = Player::new(&self.sandbox, &plugin, candidate.admission, draft)?;
        record::record(&player, draft, origins).await
    }

    async fn load(
        &self,
        candidate: &Candidate<'_>,
    ) -> Result<guichet_sandbox::Plugin, CertificationError> {
        let digest = candidate.admission.component.digest;
        Ok(self.sandbox.load(digest, candidate.component).await?)
    }

    async fn report(
        &self,
        candidate: &Candidate<'_>,
        depth: Depth,
    ) -> Result<Report, CertificationError> {
        let plugin = self.load(candidate).await?;
        examine::examine(&self.sandbox, &plugin, candidate, depth).await
    }
}
