//! What is admitted already, as far as later bundles are compared with it.

use std::collections::HashMap;

use guichet_domain::Digest;
use guichet_domain::id::{BillerId, ServiceCode};

use super::{Admission, AdmissionError, AdmissionPolicy, admit};
use crate::finding::Rule;
use crate::inspect::ComponentFacts;
use crate::names::PackageName;
use crate::texts::Texts;

/// Components, service codes and billers that are taken.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    components: HashMap<Digest, ComponentFacts>,
    services: HashMap<ServiceCode, PackageName>,
    /// By biller, the package that named it first, and how.
    billers: HashMap<BillerId, (PackageName, Texts)>,
}

impl Shelf {
    /// Facts about an admitted component.
    #[must_use]
    pub fn component(&self, digest: Digest) -> Option<&ComponentFacts> {
        self.components.get(&digest)
    }

    /// The package that a service code belongs to.
    #[must_use]
    pub fn owner(&self, code: &ServiceCode) -> Option<&PackageName> {
        self.services.get(code)
    }

    /// The names that another package has given the biller.
    pub(super) fn biller_of_others(&self, id: &BillerId, own: &PackageName) -> Option<&Texts> {
        let (package, names) = self.billers.get(id)?;
        (package != own).then_some(names)
    }

    /// Remembers a component whose package is not at hand, as a publisher's
    /// machine does: packages may then name it by its digest.
    pub fn add_component(&mut self, facts: ComponentFacts) {
        self.components.insert(facts.digest, facts);
    }

    /// Remembers an admitted release.
    pub fn add(&mut self, admission: &Admission) {
        self.components
            .insert(admission.component.digest, admission.component.clone());
        for service in &admission.services {
            self.services
                .insert(service.code.clone(), admission.package().clone());
            let biller = &service.biller;
            let named = || (admission.package().clone(), biller.names.clone());
            let (package, names) = self.billers.entry(biller.id.clone()).or_insert_with(named);
            if package == admission.package() {
                names.clone_from(&biller.names);
            }
        }
    }

    /// Admits several bundles, those with code of their own before those that
    /// use it, and remembers them. The results stand in the order given.
    pub fn admit_all(
        &mut self,
        bundles: &[impl AsRef<[u8]>],
        policy: &AdmissionPolicy,
    ) -> Vec<Result<Admission, AdmissionError>> {
        let mut first = Vec::with_capacity(bundles.len());
        for bundle in bundles {
            first.push(self.admit_one(bundle.as_ref(), policy));
        }
        let again = first
            .into_iter()
            .zip(bundles)
            .map(|(result, bundle)| match result {
                Err(error) if waits_for_code(&error) => self.admit_one(bundle.as_ref(), policy),
                settled => settled,
            });
        again.collect()
    }

    fn admit_one(
        &mut self,
        bundle: &[u8],
        policy: &AdmissionPolicy,
    ) -> Result<Admission, AdmissionError> {
        let admission = admit(bundle, policy, self)?;
        self.add(&admission);
        Ok(admission)
    }
}

fn waits_for_code(error: &AdmissionError) -> bool {
    error
        .findings
        .iter()
        .any(|finding| finding.rule == Rule::ComponentUnknown)
}
