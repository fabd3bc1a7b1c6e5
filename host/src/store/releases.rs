//! Admitted releases, the packages' secrets and keys, and the version of the
//! catalogue that nodes poll.

use guichet_domain::Moment;

use super::{Row, Statement, Store, StoreError};
use crate::seal::Place;

const VALUE: Place = Place {
    table: "package_secrets",
    column: "sealed_value",
};

/// A release as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRelease {
    /// `publisher/name`.
    pub package: String,
    /// Semantic version.
    pub version: String,
    /// The bundle's digest.
    pub digest: String,
    /// Where the bundle lies, relative to the data folder.
    pub bundle_path: String,
    /// The registry's word for where it stands: `general`, `yanked` …
    pub state: String,
    /// The registry's own record of the admission, as JSON.
    pub record: String,
    /// When it was admitted.
    pub admitted_at: Moment,
}

/// A secret or key that belongs to a package.
#[derive(Clone, PartialEq, Eq)]
pub struct PackageSecret {
    /// `publisher/name`.
    pub package: String,
    /// Secret or key.
    pub kind: SecretKind,
    /// The name in the manifest.
    pub name: String,
    /// A key's algorithm; empty for secrets.
    pub algorithm: String,
    /// The value.
    pub value: Vec<u8>,
}

impl std::fmt::Debug for PackageSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PackageSecret({} {})", self.package, self.name)
    }
}

/// What a secret is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// Put into requests by the host.
    Secret,
    /// Used through `keys`.
    Key,
}

impl SecretKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Key => "key",
        }
    }
}

const NEW_VERSION: &str =
    "update catalogue_version set version = version + 1 where only_row = 1 returning version";

impl Store {
    /// Keeps a release and raises the catalogue's version in one transaction.
    pub async fn put_release(&self, release: &StoredRelease) -> Result<(), StoreError> {
        let statement = Statement::new(
            "insert into releases (package, version, digest, bundle_path, state, record, \
             admitted_at) values ($1, $2, $3, $4, $5, $6, $7) \
             on conflict (package, version) do update set state = excluded.state, \
             record = excluded.record",
            vec![
                release.package.as_str().into(),
                release.version.as_str().into(),
                release.digest.as_str().into(),
                release.bundle_path.as_str().into(),
                release.state.as_str().into(),
                release.record.as_str().into(),
                release.admitted_at.into(),
            ],
        );
        self.write(vec![statement, Statement::new(NEW_VERSION, Vec::new())])
            .await
            .map(drop)
    }

    /// All releases, in the order of package and admission.
    pub async fn releases(&self) -> Result<Vec<StoredRelease>, StoreError> {
        let rows = self
            .fetch(
                "select package, version, digest, bundle_path, state, record, admitted_at \
                 from releases order by package, admitted_at, version",
                &[],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// The catalogue's version; changes whenever a release does.
    pub async fn catalogue_version(&self) -> Result<u64, StoreError> {
        let rows = self
            .fetch(
                "select version from catalogue_version where only_row = 1",
                &[],
            )
            .await?;
        let version = rows.first().map_or(Ok(0), |row| row.int(0))?;
        u64::try_from(version).map_err(|_| StoreError::Shape(0))
    }

    /// Raises the catalogue's version, after a change that is no release.
    pub async fn raise_catalogue_version(&self) -> Result<(), StoreError> {
        self.write(vec![Statement::new(NEW_VERSION, Vec::new())])
            .await
            .map(drop)
    }

    /// Sets secrets and keys of packages, sealed under the installation's key.
    pub async fn put_package_secrets(
        &self,
        secrets: &[PackageSecret],
        now: Moment,
    ) -> Result<(), StoreError> {
        let mut statements = Vec::with_capacity(secrets.len());
        for secret in secrets {
            let owner = format!(
                "{}/{}/{}",
                secret.package,
                secret.kind.as_str(),
                secret.name
            );
            let sealed = self.vault().seal_secret(VALUE, &owner, &secret.value)?;
            statements.push(Statement::new(
                "insert into package_secrets (package, kind, name, algorithm, sealed_value, \
                 updated_at) values ($1, $2, $3, $4, $5, $6) \
                 on conflict (package, kind, name) do update set \
                 algorithm = excluded.algorithm, sealed_value = excluded.sealed_value, \
                 updated_at = excluded.updated_at",
                vec![
                    secret.package.as_str().into(),
                    secret.kind.as_str().into(),
                    secret.name.as_str().into(),
                    secret.algorithm.as_str().into(),
                    sealed.into(),
                    now.into(),
                ],
            ));
        }
        self.write(statements).await.map(drop)
    }

    /// The secrets and keys of a package.
    pub async fn package_secrets(&self, package: &str) -> Result<Vec<PackageSecret>, StoreError> {
        let rows = self
            .fetch(
                "select kind, name, algorithm, sealed_value from package_secrets \
                 where package = $1 order by kind, name",
                &[package.into()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let kind = match row.text(0)? {
                    "secret" => SecretKind::Secret,
                    "key" => SecretKind::Key,
                    _ => return Err(StoreError::Shape(0)),
                };
                let owner = format!("{package}/{}/{}", kind.as_str(), row.text(1)?);
                Ok(PackageSecret {
                    package: package.to_owned(),
                    kind,
                    name: row.text(1)?.to_owned(),
                    algorithm: row.text(2)?.to_owned(),
                    value: self.vault().open_secret(VALUE, &owner, row.bytes(3)?)?,
                })
            })
            .collect()
    }
}

fn read(row: &Row) -> Result<StoredRelease, StoreError> {
    Ok(StoredRelease {
        package: row.text(0)?.to_owned(),
        version: row.text(1)?.to_owned(),
        digest: row.text(2)?.to_owned(),
        bundle_path: row.text(3)?.to_owned(),
        state: row.text(4)?.to_owned(),
        record: row.text(5)?.to_owned(),
        admitted_at: row.moment(6)?,
    })
}
