//! Plays a package's scenarios on the publisher's machine, with and without
//! faults, and records new ones. The playing itself is certification's; here a
//! folder becomes a candidate, and a private place for compiled code is kept.

use std::net::{IpAddr, ToSocketAddrs as _};
use std::path::{Path, PathBuf};

use guichet_domain::id::EndpointName;
use guichet_registry::admit::Admission;
use guichet_registry::binding::EndpointBinding;
use guichet_registry::bundle::{Bundle, BundleLimits};
use guichet_registry::certification::{Depth, Report};
use guichet_registry::finding::Finding;
use guichet_registry::manifest::Origin;
use guichet_registry::scenario;

use super::check::{Checked, check};
use super::{Components, PackageFolder, WorkshopError};
use crate::certification::{Candidate, Certifier, Origins};

/// A package that passed the checks, ready to be played with.
#[derive(Debug)]
pub struct Trial {
    admission: Admission,
    bundle: Vec<u8>,
    component: Vec<u8>,
}

/// A folder as a trial, or what is wrong with it.
#[derive(Debug)]
pub enum Prepared {
    /// It can be tried.
    Ready(Box<Trial>),
    /// It would not be admitted.
    Refused(Vec<Finding>),
}

/// Checks a folder and makes it a trial.
pub fn prepare(folder: &PackageFolder, known: &Components) -> Result<Prepared, WorkshopError> {
    let Checked {
        findings,
        admission,
        bundle,
    } = check(folder, known)?;
    let Some(admission) = admission else {
        return Ok(Prepared::Refused(findings));
    };
    let component = match &admission.component_bytes {
        Some(bytes) => bytes.clone(),
        None => known
            .bytes_of(admission.component.digest)
            .map(<[u8]>::to_vec)
            .unwrap_or_default(),
    };
    Ok(Prepared::Ready(Box::new(Trial {
        admission,
        bundle,
        component,
    })))
}

impl Trial {
    /// What would be admitted.
    #[must_use]
    pub const fn admission(&self) -> &Admission {
        &self.admission
    }

    /// Plays the scenarios: as they are, or with every fault.
    pub async fn play(&self, depth: Depth) -> Result<Report, WorkshopError> {
        let place = Place::new()?;
        let certifier = Certifier::local(&place.0)?;
        let bundle = Bundle::read(&self.bundle, BundleLimits::default())?;
        let candidate = Candidate::new(&self.admission, &bundle, &self.component);
        Ok(match depth {
            Depth::Baseline => certifier.rehearse(&candidate).await?,
            Depth::Drill => certifier.certify(&candidate).await?,
        })
    }

    /// Carries out a draft's calls against test systems and writes the scenario
    /// with the exchanges that took place into the draft's file.
    pub async fn record(&self, draft: &Path, origins: &Origins) -> Result<usize, WorkshopError> {
        let bytes = std::fs::read(draft).map_err(WorkshopError::file(draft))?;
        let file = draft.display().to_string();
        let told = |finding: Finding| WorkshopError::Scenario(finding.to_string());
        let read = scenario::read_text(&file, &bytes).map_err(told)?;
        let place = Place::new()?;
        let certifier = Certifier::local(&place.0)?;
        let bundle = Bundle::read(&self.bundle, BundleLimits::default())?;
        let candidate = Candidate::new(&self.admission, &bundle, &self.component);
        let recorded = certifier.record(&candidate, &read, origins).await?;
        std::fs::write(draft, scenario::write(&recorded)).map_err(WorkshopError::file(draft))?;
        Ok(recorded.exchanges.len())
    }
}

/// A test system as a person writes it, `biller=https://test.example.com`. Its
/// name may lead to an address of the publisher's own network.
pub fn origin(written: &str) -> Result<(EndpointName, EndpointBinding), WorkshopError> {
    let wrong = |problem: &str| WorkshopError::Name(format!("--endpoint {written}: {problem}"));
    let (name, origin) = written
        .split_once('=')
        .ok_or_else(|| wrong("write NAME=ORIGIN, such as biller=https://test.example.com"))?;
    let name = EndpointName::new(name).map_err(|error| wrong(&error.to_string()))?;
    let parsed: Origin = origin.parse().map_err(|error| wrong(&format!("{error}")))?;
    let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    let usual_port = if origin.starts_with("https") { 443 } else { 80 };
    let addresses: Vec<IpAddr> = if rest
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok())
    {
        rest.to_socket_addrs()
    } else {
        (rest, usual_port).to_socket_addrs()
    }
    .map_err(|error| wrong(&format!("its name leads nowhere: {error}")))?
    .map(|address| address.ip())
    .collect();
    Ok((
        name,
        EndpointBinding {
            origin: parsed,
            private: addresses.into_iter().filter(is_own_network).collect(),
            credentials: Vec::new(),
        },
    ))
}

fn is_own_network(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// A folder for compiled code that goes away with the trial.
struct Place(PathBuf);

impl Place {
    fn new() -> Result<Self, WorkshopError> {
        let mut random = [0; 8];
        aws_lc_rs::rand::fill(&mut random).expect("the system's random source answers");
        let name = format!("guichet-trial-{:016x}", u64::from_be_bytes(random));
        let path = std::env::temp_dir().join(name);
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path).map_err(WorkshopError::file(&path))?;
        Ok(Self(path))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What is left behind in a temporary folder harms nobody.
        let _left = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_system_may_be_on_this_machine() {
        let (name, bound) = origin("biller=http://127.0.0.1:8080").unwrap();
        assert_eq!(name.as_str(), "biller");
        assert_eq!(bound.private.len(), 1);
        for wrong in [
            "biller",
            "Biller=http://127.0.0.1",
            "biller=ftp://x",
            "biller=http://",
        ] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }
}
