//! Keys and secrets of packages: sealed in the database, named in the log.

use guichet_domain::Digest;
use guichet_registry::PackageName;
use guichet_registry::register::{Act, Actor, SecretAct};

use super::{Governance, GovernanceError};
use crate::plugins::operator::log_name;
use crate::store::PackageSecret;

impl Governance {
    /// Sets keys and secrets of a package; nodes use the old values until the log
    /// names the new ones.
    pub async fn set_secrets(
        &self,
        by: &Actor,
        package: &PackageName,
        secrets: &[PackageSecret],
    ) -> Result<(), GovernanceError> {
        if secrets.is_empty() {
            return Ok(());
        }
        let now = self.ports.now();
        let digests = self.store.put_package_secrets(secrets, now).await?;
        let set = |(secret, sealed): (&PackageSecret, &Digest)| {
            Act::from(SecretAct::Set {
                package: package.clone(),
                name: log_name(secret.kind, &secret.name),
                sealed: *sealed,
            })
        };
        let acts = secrets.iter().zip(&digests).map(set).collect();
        self.log.enter(by, acts).await?;
        for (secret, digest) in secrets.iter().zip(digests) {
            self.store.keep_one_secret(secret, digest).await?;
        }
        Ok(())
    }
}
