//! All checks of the entry door, run on the publisher's machine: the folder is
//! packed as `build` packs it and admitted as a registry would. What only a
//! registry knows (enrolled keys, codes that others have taken) is not checked.

use guichet_registry::admit::{Admission, AdmissionPolicy, admit};
use guichet_registry::bundle::{Bundle, BundleLimits};
use guichet_registry::finding::{Finding, Rule};
use guichet_registry::manifest::MANIFEST_FILE;
use guichet_registry::scenario;

use super::{Components, PackageFolder, WorkshopError};

/// What the checks gave.
#[derive(Debug)]
pub struct Checked {
    /// Everything that is wrong.
    pub findings: Vec<Finding>,
    /// What would be admitted; there may be findings about its scenarios.
    pub admission: Option<Admission>,
    /// The bundle that was checked.
    pub bundle: Vec<u8>,
}

/// Checks a package's folder.
pub fn check(folder: &PackageFolder, known: &Components) -> Result<Checked, WorkshopError> {
    let packed = folder.pack(None)?;
    let policy = AdmissionPolicy::development();
    Ok(match admit(&packed.bytes, &policy, known.shelf()) {
        Ok(admission) => Checked {
            findings: scenario_findings(&admission, &packed.bytes)?,
            admission: Some(admission),
            bundle: packed.bytes,
        },
        Err(error) => Checked {
            findings: error
                .findings
                .into_iter()
                .map(|finding| helped(finding, known))
                .collect(),
            admission: None,
            bundle: packed.bytes,
        },
    })
}

/// Scenarios are read when a release is certified; their mistakes are told here
/// already.
fn scenario_findings(admission: &Admission, bundle: &[u8]) -> Result<Vec<Finding>, WorkshopError> {
    let bundle = Bundle::read(bundle, BundleLimits::default())?;
    let (_, findings) = scenario::read_all(&bundle, &admission.manifest, &admission.services);
    Ok(findings)
}

/// On a publisher's machine the mend of an unknown component is another one than
/// at a registry: the program must know it.
fn helped(mut finding: Finding, known: &Components) -> Finding {
    if finding.rule == Rule::ComponentUnknown && finding.file == MANIFEST_FILE {
        let all: Vec<String> = known
            .all()
            .map(|(stem, digest)| format!("{stem} = {digest}"))
            .collect();
        finding.mend = if all.is_empty() {
            "no components are known here: name the folder of installed packages with --packages"
                .to_owned()
        } else {
            format!(
                "write one that is known here ({}), or name another folder with --packages",
                all.join(", ")
            )
        };
    }
    finding
}
