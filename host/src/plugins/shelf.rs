//! What this node serves: read from the store, admitted again from the bundles
//! themselves (so that an altered bundle serves nobody), swapped as a whole.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use guichet_domain::Digest;
use guichet_domain::id::ServiceCode;
use guichet_registry::Service;
use guichet_registry::admit::{self, Admission, AdmissionPolicy};
use guichet_registry::binding::OperatorBinding;
use guichet_registry::catalogue::{self, Catalogue};
use guichet_registry::shared::Shared;
use guichet_registry::taxonomy::Taxonomy;

use super::operator;
use super::release::Release;
use super::{Plugins, PluginsError};
use crate::store::{PackageSecret, StoredBinding, StoredRelease};

/// The operator binds all services of a release alike.
const ALL_SERVICES: &str = "*";

/// Releases and services at one version of the catalogue.
pub struct Shelf {
    version: u64,
    catalogue: Catalogue,
    admissions: BTreeMap<Digest, Arc<Admission>>,
    admitted: admit::Shelf,
    releases: BTreeMap<Digest, Arc<Release>>,
}

impl Default for Shelf {
    /// Nothing is served.
    fn default() -> Self {
        Self {
            version: 0,
            catalogue: Catalogue::build([], [], [], Taxonomy::embedded()),
            admissions: BTreeMap::new(),
            admitted: admit::Shelf::default(),
            releases: BTreeMap::new(),
        }
    }
}

/// A service with the release that serves it.
#[derive(Clone)]
pub struct Entry {
    service: Shared<Service>,
    admission: Arc<Admission>,
    release: Option<Arc<Release>>,
}

impl Entry {
    /// The catalogue entry.
    #[must_use]
    pub const fn service(&self) -> &Shared<Service> {
        &self.service
    }

    /// The release as it was admitted.
    #[must_use]
    pub fn admission(&self) -> &Admission {
        &self.admission
    }

    /// The release as it runs; none until the operator has bound it.
    pub(super) const fn release(&self) -> Option<&Arc<Release>> {
        self.release.as_ref()
    }
}

impl Shelf {
    /// The version of the catalogue.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// A service.
    #[must_use]
    pub fn entry(&self, code: &ServiceCode) -> Option<Entry> {
        let found = self.catalogue.get(code.as_str())?;
        Some(Entry {
            service: found.service.clone(),
            admission: self.admissions.get(&found.release)?.clone(),
            release: self.releases.get(&found.release).cloned(),
        })
    }

    /// The searchable index.
    #[must_use]
    pub const fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// All admitted releases.
    pub fn admissions(&self) -> impl Iterator<Item = &Arc<Admission>> {
        self.admissions.values()
    }
}

impl Plugins {
    /// Admits bundles and keeps them; each is answered for itself.
    pub async fn admit(
        &self,
        bundles: Vec<Vec<u8>>,
    ) -> Result<Vec<Result<Arc<Admission>, PluginsError>>, PluginsError> {
        let mut known = self.shelf().admitted.clone();
        let bundles = Arc::new(bundles);
        let read = bundles.clone();
        let results = tokio::task::spawn_blocking(move || {
            known.admit_all(&read, &AdmissionPolicy::development())
        });
        let results = results.await.map_err(|_| PluginsError::Interrupted)?;
        let published = self.0.store.releases().await?;
        let mut answers = Vec::with_capacity(results.len());
        for (result, bytes) in results.into_iter().zip(bundles.iter()) {
            let answer = match result {
                Ok(admission) => self.keep(admission, bytes, &published).await,
                Err(error) => Err(error.into()),
            };
            answers.push(answer);
        }
        self.refresh().await?;
        Ok(answers)
    }

    async fn keep(
        &self,
        admission: Admission,
        bytes: &[u8],
        published: &[StoredRelease],
    ) -> Result<Arc<Admission>, PluginsError> {
        let package = admission.package().to_string();
        let version = admission.version().to_string();
        let digest = admission.release.to_string();
        let same = published
            .iter()
            .find(|one| one.package == package && one.version == version);
        match same {
            Some(stored) if stored.digest != digest => {
                return Err(PluginsError::Published(format!("{package} {version}")));
            }
            Some(_) => return Ok(Arc::new(admission)),
            None => {}
        }
        let name = format!("{}.guichet", admission.release.hex());
        write_whole(&self.0.folder.join(&name), bytes)
            .map_err(|error| PluginsError::Bundle(name.clone(), error))?;
        let record = serde_json::json!({"approval": admission.approval}).to_string();
        let release = StoredRelease {
            package,
            version,
            digest,
            bundle_path: name,
            state: "general".to_owned(),
            record,
            admitted_at: self.0.ports.now(),
        };
        self.0.store.put_release(&release).await?;
        Ok(Arc::new(admission))
    }

    /// Says where a release's endpoints lead, and gives keys and secrets.
    pub async fn set_operator(
        &self,
        release: Digest,
        operator: &OperatorBinding,
        secrets: &[PackageSecret],
    ) -> Result<(), PluginsError> {
        let now = self.0.ports.now();
        self.0.store.put_package_secrets(secrets, now).await?;
        let body = serde_json::to_string(operator).map_err(crate::store::StoreError::from)?;
        let binding = StoredBinding {
            release: release.to_string(),
            service: ALL_SERVICES.to_owned(),
            body,
            updated_at: now,
        };
        Ok(self.0.store.put_binding(&binding).await?)
    }

    /// Reads the catalogue again where its version has changed.
    pub async fn refresh(&self) -> Result<(), PluginsError> {
        let version = self.0.store.catalogue_version().await?;
        let shelf = self.shelf();
        if version != shelf.version || self.0.confirmed_us.load(Ordering::Relaxed) == 0 {
            let next = self.read(version, &shelf).await?;
            *self.0.shelf.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        }
        self.0
            .confirmed_us
            .store(self.0.ports.now().micros(), Ordering::Relaxed);
        Ok(())
    }

    async fn read(&self, version: u64, old: &Shelf) -> Result<Shelf, PluginsError> {
        let serving = serving(self.0.store.releases().await?);
        let mut bundles = Vec::with_capacity(serving.len());
        for release in &serving {
            let bytes = std::fs::read(self.0.folder.join(&release.bundle_path))
                .map_err(|error| PluginsError::Bundle(release.bundle_path.clone(), error))?;
            bundles.push(bytes);
        }
        let admitted = tokio::task::spawn_blocking(move || {
            let mut shelf = admit::Shelf::default();
            let results = shelf.admit_all(&bundles, &AdmissionPolicy::development());
            (shelf, results)
        });
        let (admitted, results) = admitted.await.map_err(|_| PluginsError::Interrupted)?;
        let mut admissions = BTreeMap::new();
        let mut entries = Vec::new();
        for (result, stored) in results.into_iter().zip(&serving) {
            match result {
                Ok(admission) if admission.release.to_string() == stored.digest => {
                    let updated_us = stored.admitted_at.micros();
                    entries.extend(catalogue::Entry::of(&admission, updated_us));
                    admissions.insert(admission.release, Arc::new(admission));
                }
                Ok(_) => tracing::error!(package = stored.package, "a bundle was altered"),
                Err(error) => tracing::error!(package = stored.package, %error, "a bundle is bad"),
            }
        }
        let code: HashMap<Digest, &[u8]> = admissions
            .values()
            .filter_map(|one| Some((one.component.digest, one.component_bytes.as_deref()?)))
            .collect();
        let mut releases = BTreeMap::new();
        for admission in admissions.values() {
            // A database that does not answer is no reason to serve less: the old
            // shelf stays until it does.
            let store = &self.0.store;
            let bindings = store.bindings_of(&admission.release.to_string()).await?;
            let package = admission.package().to_string();
            let secrets = store.package_secrets(&package).await?;
            match self
                .release(admission, &bindings, secrets, &code, old)
                .await
            {
                Ok(release) => drop(releases.insert(admission.release, release)),
                Err(why) => {
                    tracing::warn!(package, why, "a release is not bound and serves nobody");
                }
            }
        }
        let catalogue = Catalogue::build(entries, [], [], Taxonomy::embedded());
        Ok(Shelf {
            version,
            catalogue,
            admissions,
            admitted,
            releases,
        })
    }

    /// The release as it runs; the old one where nothing about it has changed,
    /// so that bindings keep their figures and breakers.
    async fn release(
        &self,
        admission: &Admission,
        bindings: &[StoredBinding],
        secrets: Vec<PackageSecret>,
        code: &HashMap<Digest, &[u8]>,
        old: &Shelf,
    ) -> Result<Arc<Release>, String> {
        let text = |error: &dyn std::fmt::Display| error.to_string();
        let body = bindings
            .iter()
            .find(|binding| binding.service == ALL_SERVICES);
        let stored: OperatorBinding = match body {
            Some(binding) => serde_json::from_str(&binding.body).map_err(|error| text(&error))?,
            None => OperatorBinding::default(),
        };
        let operator = operator::complete(stored, &secrets);
        if let Some(same) = old.releases.get(&admission.release)
            && same.has_operator(&operator, &secrets)
        {
            return Ok(same.clone());
        }
        let keys = operator::keys(&admission.manifest, &secrets).map_err(|error| text(&error))?;
        let digest = admission.component.digest;
        let bytes = code.get(&digest).ok_or("its component is not here")?;
        let plugin = self
            .0
            .sandbox
            .load(digest, bytes)
            .await
            .map_err(|error| text(&error))?;
        Ok(Arc::new(Release::new(
            admission,
            plugin,
            operator,
            (keys, secrets),
        )))
    }
}

/// The newest release of every package that may serve.
fn serving(all: Vec<StoredRelease>) -> Vec<StoredRelease> {
    let mut newest: BTreeMap<String, StoredRelease> = BTreeMap::new();
    for release in all.into_iter().filter(|release| release.state == "general") {
        newest.insert(release.package.clone(), release);
    }
    newest.into_values().collect()
}

/// Writes beside and renames, so that no half bundle is ever read.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let half = path.with_extension("part");
    std::fs::write(&half, bytes)?;
    std::fs::File::open(&half)?.sync_all()?;
    std::fs::rename(half, path)
}
