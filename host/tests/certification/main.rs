//! Certification end to end: real plugins whose scenarios were recorded from
//! the simulated city pass; plugins that would pay twice, lose a payment or
//! make something up do not, each for its own reason.

mod careless;
mod careless_status;
mod city;
mod good;
mod guest;
mod package;
mod recording;

use std::sync::OnceLock;

use guichet::certification::{Candidate, Certifier};
use guichet_registry::bundle::{Bundle, BundleLimits};
use guichet_registry::certification::Report;
use guichet_sandbox::keyring::Secret;
use guichet_sandbox::{Compiler, Sandbox, Settings};
use package::Admitted;

/// A certifier over a fresh sandbox. Compiled code is kept for the whole run of
/// a test program, as it is trusted here.
pub fn certifier() -> Certifier {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().unwrap());
    let settings = Settings::new(
        folder.path().join("code"),
        Secret::new(vec![7; 32]),
        Compiler::InThisProcess,
    );
    Certifier::new(Sandbox::start(settings).unwrap())
}

/// Certifies an admitted package.
pub async fn certify(certifier: &Certifier, admitted: &Admitted) -> Report {
    let bundle = Bundle::read(&admitted.bundle, BundleLimits::default()).unwrap();
    let candidate = Candidate::new(&admitted.admission, &bundle, &admitted.component);
    certifier.certify(&candidate).await.unwrap()
}
