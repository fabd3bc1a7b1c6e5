//! Puts a package before the counter of a development node: enrolled, published,
//! approved, rolled out and its billers admitted by the people that the node was
//! made with. A real registry's people decide for themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bytes::Bytes;
use guichet_domain::Moment;
use guichet_registry::admit::Admission;
use guichet_registry::register::{GrantTerms, Possession, Quota};
use guichet_registry::sign::SigningKey;
use guichet_registry::{PackageName, Version};
use serde_json::{Value, json};

use super::super::publish::BUNDLE;
use crate::cli::connection::Connection;
use crate::cli::exit::Failure;
use crate::cli::output::{Output, list, text};
use crate::cli::registry::{Given, package_path};
use crate::cli::requests;
use crate::dev::made_up_biller;
use crate::governance::credit_code;
use crate::language::Language;
use crate::ports::Ports;
use crate::workshop::PackageFolder;

/// As many releases a day as somebody can write.
const RELEASES_PER_DAY: u32 = 100_000;

/// A development node, as the people who decide there.
pub(super) struct Counter {
    client: Connection,
    people: BTreeMap<&'static str, Connection>,
}

impl Counter {
    /// The node of this data folder.
    pub(super) fn open(data: &Path, language: Language) -> Result<Self, Failure> {
        let open = |name: Option<&str>| {
            let asked = requests::Connection {
                as_person: name.map(str::to_owned),
                ..requests::Connection::default()
            };
            Connection::open(&asked, data, language)
        };
        let mut people = BTreeMap::new();
        for name in ["anna", "ben", "rita", "rolf", "mona", "bela", "bert"] {
            people.insert(name, open(Some(name))?);
        }
        Ok(Self {
            client: open(None)?,
            people,
        })
    }

    /// Serves the folder under a version of its own; which one.
    pub(super) async fn serve(
        &self,
        folder: &PackageFolder,
        admission: &Admission,
        given: &Given,
        output: Output,
    ) -> Result<String, Failure> {
        let package = admission.package();
        let key = SigningKey::development(package.publisher());
        self.enrol(admission, &key, output).await?;
        let version = self.next_version(package, admission.version()).await?;
        let bundle = Bytes::from(folder.pack_as(&version, &key)?.bytes);
        let path = format!("{}/releases/{version}", package_path(package));
        self.client.put_bytes(&path, BUNDLE, bundle).await?;
        let grants = self.grants(admission, given)?;
        let approve = format!("{path}/approve");
        let body = json!({"grants": grants});
        let first = self.person("rita").post(&approve, &[], &body).await?;
        if text(&first, "state") == "proposed" {
            self.person("rolf").post(&approve, &[], &json!({})).await?;
        }
        let stage = json!({"stage": "general"});
        let rollout = format!("{path}/rollout");
        self.person("mona").post(&rollout, &[], &stage).await?;
        self.admit_billers(admission).await?;
        Ok(format!("{package} {version}"))
    }

    /// An act of the administrators: by the second one too where it takes two.
    async fn administer(&self, act: &Value) -> Result<(), Failure> {
        let first = self.person("anna").post("/v1/acts", &[], act).await?;
        if text(&first, "state") == "proposed" {
            self.person("ben").post("/v1/acts", &[], act).await?;
        }
        Ok(())
    }

    fn person(&self, name: &str) -> &Connection {
        self.people.get(name).unwrap_or(&self.client)
    }

    /// The publisher and its development key, where they are not known yet.
    async fn enrol(
        &self,
        admission: &Admission,
        key: &SigningKey,
        output: Output,
    ) -> Result<(), Failure> {
        let publisher = admission.package().publisher();
        let all = self.person("anna").get("/v1/publishers").await?;
        let known = list(&all, "items")
            .iter()
            .find(|one| text(one, "name") == publisher.as_str());
        let quota = json!(Quota {
            releases_per_day: RELEASES_PER_DAY,
            ..Quota::default()
        });
        if known.is_none() {
            let act = json!({
                "act": "publisher-enrolled",
                "publisher": publisher,
                "names": admission.manifest.publisher,
                "credit_code": credit_code(publisher.as_str()),
                "quota": quota,
            });
            self.administer(&act).await?;
        } else if known.is_some_and(|one| {
            one["quota"]["releases_per_day"].as_u64() < Some(u64::from(RELEASES_PER_DAY))
        }) {
            let act = json!({"act": "quota-set", "publisher": publisher, "quota": quota});
            self.administer(&act).await?;
        }
        let public = key.public().to_string();
        let keys = known.map_or(&[][..], |one| list(one, "keys"));
        if !keys.iter().any(|one| text(one, "key") == public) {
            let label = output.language.pick("开发密钥", "development");
            let act = json!({
                "act": "key-enrolled",
                "publisher": publisher,
                "key": public,
                "label": label,
                "proof": Possession::prove(publisher, key).to_string(),
            });
            self.administer(&act).await?;
        }
        Ok(())
    }

    /// `1.0.0-dev.3`, after the last one that the node knows.
    async fn next_version(&self, package: &PackageName, own: &Version) -> Result<Version, Failure> {
        let known = match self.client.get(&package_path(package)).await {
            Ok(known) => known,
            Err(Failure::Refused(problem)) if problem["status"] == 404 => Value::Null,
            Err(failure) => return Err(failure),
        };
        let versions = list(&known, "items").iter().map(|one| text(one, "version"));
        next(own, versions).ok_or_else(|| {
            Failure::Usage(format!(
                "{own}: a version with a suffix of its own cannot be tried; leave the suffix out"
            ))
        })
    }

    /// What was said, and for endpoints of which nothing was said, the city.
    fn grants(&self, admission: &Admission, given: &Given) -> Result<Vec<GrantTerms>, Failure> {
        if admission.services.is_empty() {
            return Ok(Vec::new());
        }
        let mut terms = given.terms()?;
        for name in admission.manifest.endpoints.keys() {
            if !terms.binding.endpoints.contains_key(name) {
                let city = self.client.city_url().unwrap_or_default();
                let (name, bound) = crate::workshop::trial::origin(&format!("{name}={city}"))?;
                terms.binding.endpoints.insert(name, bound);
            }
        }
        Ok(vec![terms])
    }

    /// Admits the billers of its services that are not admitted for it yet.
    async fn admit_billers(&self, admission: &Admission) -> Result<(), Failure> {
        let all = self.person("bela").get("/v1/billers").await?;
        let own = admission.package();
        let mut wanted = BTreeMap::new();
        for service in &admission.services {
            let biller = &service.biller;
            let known = list(&all, "items")
                .iter()
                .find(|one| text(one, "biller") == biller.id.as_str());
            let packages = known.map_or(&[][..], |one| list(one, "packages"));
            let mut packages: BTreeSet<PackageName> = packages
                .iter()
                .filter_map(|name| name.as_str()?.parse().ok())
                .collect();
            if packages.insert(own.clone()) {
                wanted.insert(biller.id.clone(), (biller.names.clone(), packages));
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let now: Moment = Ports::system().now();
        let billers: Vec<_> = wanted
            .into_iter()
            .map(|(biller, (names, packages))| made_up_biller(biller, names, packages, now))
            .collect();
        let body = json!({"billers": billers});
        let entered = self.person("bela").post("/v1/billers", &[], &body).await?;
        if text(&entered, "state") == "proposed" {
            let path = format!("/v1/proposals/{}/agree", entered["position"]);
            self.person("bert").post(&path, &[], &json!({})).await?;
        }
        Ok(())
    }
}

/// The version after the last of those that are tried; none where the own one has
/// a suffix already.
fn next<'a>(own: &Version, known: impl Iterator<Item = &'a str>) -> Option<Version> {
    let start = format!("{own}-dev.");
    let last = known
        .filter_map(|version| version.strip_prefix(&start)?.parse::<u32>().ok())
        .max();
    let plain = !own.to_string().contains(['-', '+']);
    plain.then(|| format!("{start}{}", last.unwrap_or(0) + 1).parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_try_has_a_version_of_its_own() {
        let own: Version = "1.0.0".parse().unwrap();
        let after = |known: &[&str]| next(&own, known.iter().copied()).unwrap().to_string();
        assert_eq!(after(&[]), "1.0.0-dev.1");
        assert_eq!(
            after(&["1.0.0-dev.9", "1.0.0-dev.10", "2.0.0-dev.40"]),
            "1.0.0-dev.11"
        );
        let suffixed = "1.0.0-rc.1".parse().unwrap();
        assert_eq!(next(&suffixed, [].into_iter()), None);
    }
}
