//! The packages' secrets and keys, sealed under the installation's key. The
//! registry's log names each value that counts by a digest over its algorithm and
//! sealed bytes.

use guichet_domain::{Digest, Moment};
use guichet_registry::sign::sha256_parts;

use super::{Statement, Store, StoreError};
use crate::seal::Place;

const VALUE: Place = Place {
    table: "package_secrets",
    column: "sealed_value",
};

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
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Key => "key",
        }
    }
}

impl Store {
    /// Keeps secrets and keys of packages beside those that are there; their
    /// digests. Which of several counts, the log says.
    pub async fn put_package_secrets(
        &self,
        secrets: &[PackageSecret],
        now: Moment,
    ) -> Result<Vec<Digest>, StoreError> {
        let mut statements = Vec::with_capacity(secrets.len());
        let mut digests = Vec::with_capacity(secrets.len());
        for secret in secrets {
            let owner = owner(&secret.package, secret.kind, &secret.name);
            let sealed = self.vault().seal_secret(VALUE, &owner, &secret.value)?;
            let digest = digest(&secret.algorithm, &sealed);
            digests.push(digest);
            statements.push(Statement::new(
                "insert into package_secrets (package, kind, name, algorithm, digest, \
                 sealed_value, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
                vec![
                    secret.package.as_str().into(),
                    secret.kind.as_str().into(),
                    secret.name.as_str().into(),
                    secret.algorithm.as_str().into(),
                    digest.to_string().into(),
                    sealed.into(),
                    now.into(),
                ],
            ));
        }
        self.write(statements).await?;
        Ok(digests)
    }

    /// Forgets a secret's other values.
    pub async fn keep_one_secret(
        &self,
        secret: &PackageSecret,
        kept: Digest,
    ) -> Result<(), StoreError> {
        let forget = Statement::new(
            "delete from package_secrets \
             where package = $1 and kind = $2 and name = $3 and digest <> $4",
            vec![
                secret.package.as_str().into(),
                secret.kind.as_str().into(),
                secret.name.as_str().into(),
                kept.to_string().into(),
            ],
        );
        self.write(vec![forget]).await.map(drop)
    }

    /// The secrets and keys of a package that count.
    pub async fn package_secrets(
        &self,
        package: &str,
        counts: impl Fn(SecretKind, &str, Digest) -> bool,
    ) -> Result<Vec<PackageSecret>, StoreError> {
        let rows = self
            .fetch(
                "select kind, name, algorithm, sealed_value from package_secrets \
                 where package = $1 order by kind, name, digest",
                &[package.into()],
            )
            .await?;
        let mut secrets = Vec::with_capacity(rows.len());
        for row in &rows {
            let kind = match row.text(0)? {
                "secret" => SecretKind::Secret,
                "key" => SecretKind::Key,
                _ => return Err(StoreError::Shape(0)),
            };
            let (name, algorithm, sealed) = (row.text(1)?, row.text(2)?, row.bytes(3)?);
            if !counts(kind, name, digest(algorithm, sealed)) {
                continue;
            }
            let owner = owner(package, kind, name);
            secrets.push(PackageSecret {
                package: package.to_owned(),
                kind,
                name: name.to_owned(),
                algorithm: algorithm.to_owned(),
                value: self.vault().open_secret(VALUE, &owner, sealed)?,
            });
        }
        Ok(secrets)
    }
}

fn owner(package: &str, kind: SecretKind, name: &str) -> String {
    format!("{package}/{}/{name}", kind.as_str())
}

fn digest(algorithm: &str, sealed: &[u8]) -> Digest {
    sha256_parts(&[algorithm.as_bytes(), b"\n", sealed])
}
